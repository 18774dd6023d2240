// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation

/// The programs under test, beside the test bundle in the build directory.
enum Programs {
    static let directory: String = {
        if let given = ProcessInfo.processInfo.environment["TASKIQ_BIN_DIR"] { return given }
        // The bundle's executable is the test process itself, or an argument of the helper that runs it.
        let candidates = [CommandLine.arguments[0]] + CommandLine.arguments.filter { $0.hasSuffix(".xctest") }
        for candidate in candidates {
            let folder = URL(fileURLWithPath: candidate).deletingLastPathComponent().path
            if FileManager.default.isExecutableFile(atPath: folder + "/taskiq") { return folder }
        }
        return URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path
    }()

    static var taskiq: String { directory + "/taskiq" }
    static var scheduler: String { directory + "/taskiq-scheduler" }
    /// Built from `Examples/HelloTasks` into the same directory; `./scripts/test` does that first.
    static var helloTasks: String { directory + "/HelloTasks" }
}

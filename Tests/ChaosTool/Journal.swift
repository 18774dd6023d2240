// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Taskiq

/// A file of lines that any number of processes append to.
///
/// A line is one write to the kernel, whole and unbuffered: whatever happens to the process afterwards, SIGKILL
/// included, the line is there. (Only a power cut could take it, and nobody cuts the power here.)
final class Journal: Sendable {
    private let descriptor: Int32

    init(path: String) throws {
        descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ChaosFailure("cannot write \(path): \(String(cString: strerror(errno)))") }
    }

    deinit { close(descriptor) }

    /// The journal that the environment names, for workers.
    static func ofThisProcess(suffix: String = "") throws -> Journal {
        try Journal(path: ProcessInfo.processInfo.environment[variable].map { $0 + suffix } ?? "/dev/null")
    }

    /// What the name of the file ends with that has the starts of poison alone.
    static let poison = ".poison"

    static let variable = "TASKIQ_CHAOS_JOURNAL"

    /// Writes a line: the kind, the words, and the time in milliseconds since the machine started.
    func write(_ kind: String, _ words: any CustomStringConvertible...) {
        let line = ([kind] + words.map(\.description) + ["\(Uptime.milliseconds)"]).joined(separator: " ") + "\n"
        var bytes = Array(line.utf8)
        // A disk that is full would make what was accepted look as if it was not.
        guard Foundation.write(descriptor, &bytes, bytes.count) == bytes.count else { abort() }
    }
}

/// What keeps a run from being one.
struct ChaosFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// `scheduler` of a user's program: becomes the stock daemon, which reads the program's schedules from its workers.
struct SchedulerExecCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scheduler",
        abstract: "Runs taskiq-scheduler with these arguments."
    )

    @Argument(parsing: .captureForPassthrough, help: "The daemon's arguments.")
    var arguments: [String] = []

    func run() throws {
        let beside = Executables.beside(try Executables.current(), named: "taskiq-scheduler")
        let program = beside ?? "taskiq-scheduler"
        var vector: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
        vector.append(nil)
        execvp(program, vector)
        throw CommandExit(
            .notFound,
            "taskiq-scheduler was not found beside this program nor in PATH: \(String(cString: strerror(errno)))"
        )
    }
}

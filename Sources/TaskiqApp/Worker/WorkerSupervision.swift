// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import ServiceLifecycle
import Taskiq
import UnixSignals

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The part that every `worker` command has in common.
package enum WorkerSupervision {
    /// Supervises worker processes until SIGTERM or SIGINT.
    ///
    /// - Parameters:
    ///   - executable: the program; it must have the commands of a `TaskiqApplication`.
    ///   - address: where the hub is.
    ///   - options: how the workers work.
    ///   - logging: how much is logged.
    ///   - extraArguments: more arguments of the worker processes.
    /// - Throws: `CommandExit` when the program cannot be run.
    package static func run(
        executable: String,
        address: String,
        options: WorkerOptions,
        logging: LoggingOptions,
        extraArguments: [String]
    ) async throws {
        var arguments = ["worker-process", "--broker", address, "--supervisor", "\(getpid())"]
        arguments += options.arguments + extraArguments
        if let level = logging.logLevel { arguments += ["--log-level", level] }
        let logger = Logger(label: "taskiq.supervisor")
        let supervisor = WorkerSupervisor(
            executable: executable,
            arguments: arguments,
            count: options.workers,
            stopTimeout: options.waitTasksTimeout.duration + .seconds(6),
            logger: logger
        )
        let group = ServiceGroup(
            services: [supervisor],
            gracefulShutdownSignals: [.sigterm, .sigint],
            cancellationSignals: [.sigquit],
            logger: logger
        )
        try await group.run()
    }
}

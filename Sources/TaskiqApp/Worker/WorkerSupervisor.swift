// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

package import Logging
import ServiceLifecycle
import Subprocess
import SystemPackage
import Taskiq

/// Runs worker processes, starts a new one for each that ends, and stops them all when it is asked to.
package struct WorkerSupervisor: Service {
    private let executable: String
    private let arguments: [String]
    private let count: Int
    private let stopTimeout: Duration
    private let logger: Logger

    /// - Parameters:
    ///   - executable: the path of the program whose worker processes are run.
    ///   - arguments: their arguments.
    ///   - count: how many run at a time.
    ///   - stopTimeout: how long a process may take to stop before it is killed.
    ///   - logger: what is logged to.
    package init(executable: String, arguments: [String], count: Int, stopTimeout: Duration, logger: Logger) {
        self.executable = executable
        self.arguments = arguments
        self.count = count
        self.stopTimeout = stopTimeout
        self.logger = logger
    }

    package func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await withThrowingDiscardingTaskGroup { group in
                for number in 1...max(1, count) {
                    group.addTask { try await keepRunning(number) }
                }
            }
        }
    }

    /// Starts one worker process after the other; one that ends at once is not started again at once.
    private func keepRunning(_ number: Int) async throws {
        var pause = Duration.milliseconds(100)
        while !Task.isCancelled {
            let began = ContinuousClock.now
            let outcome = try await runOnce(number)
            if Task.isCancelled { return }
            let lived = ContinuousClock.now - began
            pause = lived > .seconds(10) ? .milliseconds(100) : min(pause * 2, .seconds(10))
            logger.warning(
                "a worker process ended; a new one is started",
                metadata: [
                    "taskiq.worker": "\(number)", "outcome": "\(outcome)", "pause": "\(pause.formattedShortly)",
                ]
            )
            try? await Task.sleep(for: pause)
        }
    }

    private func runOnce(_ number: Int) async throws -> String {
        var options = PlatformOptions()
        // When this task is cancelled: SIGTERM, then time to end, then SIGKILL.
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: stopTimeout)]
        do {
            let result = try await Subprocess.run(
                .path(FilePath(executable)),
                arguments: Arguments(arguments),
                platformOptions: options,
                input: .none,
                output: .currentStandardOutput,
                error: .currentStandardError
            ) { execution in
                logger.debug(
                    "a worker process runs",
                    metadata: ["taskiq.worker": "\(number)", "pid": "\(execution.processIdentifier)"]
                )
            }
            return "\(result.terminationStatus)"
        } catch is CancellationError {
            return "stopped"
        } catch {
            guard Task.isCancelled else {
                throw CommandExit(.problem, "cannot run \(executable): \(error)")
            }
            return "stopped"
        }
    }
}

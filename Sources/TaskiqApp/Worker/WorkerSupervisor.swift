// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

package import Logging
import ServiceLifecycle
import Subprocess
import SystemPackage
import Taskiq

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Runs worker processes, starts a new one for each that ends, and stops them all when it is asked to.
///
/// One that the hub has drained is not replaced; when all were drained, the supervisor ends.
package struct WorkerSupervisor: Service {
    private let executable: String
    private let arguments: [String]
    private let count: Int
    private let stopTimeout: Duration
    private let exporter: (any WorkerMetricsExporter)?
    private let logger: Logger

    /// - Parameters:
    ///   - executable: the path of the program whose worker processes are run.
    ///   - arguments: their arguments.
    ///   - count: how many run at a time.
    ///   - stopTimeout: how long a process may take to stop before it is killed.
    ///   - exporter: what the processes report their metrics to.
    ///   - logger: what is logged to.
    package init(
        executable: String,
        arguments: [String],
        count: Int,
        stopTimeout: Duration,
        exporter: (any WorkerMetricsExporter)? = nil,
        logger: Logger
    ) {
        self.executable = executable
        self.arguments = arguments
        self.count = count
        self.stopTimeout = stopTimeout
        self.exporter = exporter
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
            if case .drained = outcome {
                logger.notice(
                    "a worker process was drained by the hub; no other is started in its place",
                    metadata: ["taskiq.worker": "\(number)"]
                )
                return
            }
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

    private enum Outcome: CustomStringConvertible {
        case drained
        case ended(String)

        var description: String {
            switch self {
            case .drained: "drained"
            case .ended(let how): how
            }
        }
    }

    private func runOnce(_ number: Int) async throws -> Outcome {
        var options = PlatformOptions()
        // When this task is cancelled: SIGTERM, then time to end, then SIGKILL.
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: stopTimeout)]
        do {
            let result = try await Subprocess.run(
                .path(FilePath(executable)),
                arguments: Arguments(arguments),
                platformOptions: options,
                input: .fileDescriptor(try standardInput(), closeAfterSpawningProcess: true),
                output: .currentStandardOutput,
                error: .currentStandardError
            ) { execution in
                logger.debug(
                    "a worker process runs",
                    metadata: ["taskiq.worker": "\(number)", "pid": "\(execution.processIdentifier)"]
                )
            }
            if case .exited(WorkerProcess.drainedStatus) = result.terminationStatus { return .drained }
            return .ended("\(result.terminationStatus)")
        } catch is CancellationError {
            return .ended("stopped")
        } catch {
            guard Task.isCancelled else {
                throw CommandExit(.problem, "cannot run \(executable): \(error)")
            }
            return .ended("stopped")
        }
    }

    /// The connection to the metrics, if there are any; else nothing to read.
    private func standardInput() throws -> FileDescriptor {
        do {
            if let exporter { return FileDescriptor(rawValue: try exporter.connectWorker()) }
        } catch {
            // Tasks matter more than that they are counted.
            logger.warning("a worker process runs without metrics", metadata: ["error.message": "\(error)"])
        }
        return FileDescriptor(rawValue: try nothing())
    }

    private func nothing() throws -> Int32 {
        let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandExit(.problem, "cannot open /dev/null: \(String(cString: strerror(errno)))")
        }
        return descriptor
    }
}

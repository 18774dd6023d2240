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
    ///   - metrics: what serves the processes' metrics, if that is asked for.
    ///   - metricsOptions: where it does.
    /// - Throws: `CommandExit` when the program cannot be run, or its metrics cannot be served.
    package static func run(
        executable: String,
        address: String,
        options: WorkerOptions,
        logging: LoggingOptions,
        extraArguments: [String],
        metrics: (any WorkerMetrics)?,
        metricsOptions: MetricsOptions
    ) async throws {
        var arguments = ["worker-process", "--broker", address, "--supervisor", "\(getpid())"]
        arguments += options.arguments + extraArguments
        if let level = logging.logLevel { arguments += ["--log-level", level] }
        let logger = Logger(label: "taskiq.supervisor")
        let exporter = try metricsOptions.metricsAddress.map { address in
            arguments.append("--report-metrics")
            return try startServing(metrics, at: address, logger: logger)
        }
        let supervisor = WorkerSupervisor(
            executable: executable,
            arguments: arguments,
            count: options.workers,
            stopTimeout: options.waitTasksTimeout.duration + .seconds(6),
            exporter: exporter,
            logger: logger
        )
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                // Stopped in the reverse order: the metrics can be read while the processes end.
                services: (exporter.map { [.init(service: $0)] } ?? []) + [
                    // It ends by itself when the hub has drained all of its processes.
                    .init(service: supervisor, successTerminationBehavior: .gracefullyShutdownGroup)
                ],
                gracefulShutdownSignals: [.sigterm, .sigint],
                cancellationSignals: [.sigquit],
                logger: logger
            )
        )
        try await group.run()
    }

    private static func startServing(
        _ metrics: (any WorkerMetrics)?,
        at address: MetricsAddress,
        logger: Logger
    ) throws -> any WorkerMetricsExporter {
        guard let metrics else {
            throw CommandExit(
                .usage,
                "this program has no metrics for --metrics-address to serve: import TaskiqPrometheus and declare "
                    + "static let metrics: (any WorkerMetrics)? = PrometheusMetrics()"
            )
        }
        do {
            return try metrics.startServing(host: address.host, port: address.port, logger: logger)
        } catch let error as TaskiqError {
            let code: CommandExit.Code = error.code == .conflict ? .conflict : .problem
            throw CommandExit(code, "\(error): give another address with --metrics-address")
        }
    }
}

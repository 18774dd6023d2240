// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import CoreMetrics
public import Logging
public import ServiceLifecycle
public import Taskiq
public import TaskiqApp

/// Metrics of a program's workers for Prometheus, counted in each process and served by their supervisor.
///
/// One line in the program, and `worker --metrics-address 127.0.0.1:9000` serves them at `/metrics`:
///
///     @main
///     struct MyApp: TaskiqApplication {
///         static let metrics: (any WorkerMetrics)? = PrometheusMetrics()
///
/// The tasks are counted by `PrometheusMiddleware`. Whatever else the program counts through swift-metrics is served, too,
/// because the registry is bootstrapped as its backend; such a program must not bootstrap another one.
public final class PrometheusMetrics: WorkerMetrics {
    /// The metrics of this process.
    public let registry: PrometheusRegistry
    private let interval: Duration

    /// Makes metrics.
    ///
    /// - Parameters:
    ///   - registry: the metrics of this process.
    ///   - interval: how often a process reports what has changed; what a killed one had not reported yet is lost.
    public init(registry: PrometheusRegistry = PrometheusRegistry(), interval: Duration = .seconds(1)) {
        self.registry = registry
        self.interval = interval
    }

    /// Counts tasks under the names that Python uses.
    public var middlewares: [any TaskiqMiddleware] { [PrometheusMiddleware()] }

    /// Makes the registry the backend of swift-metrics in this process, and reports to the supervisor what it counts.
    public func startReporting(to descriptor: Int32, logger: Logger) -> any Service {
        // A second bootstrap would end the process.
        if MetricsSystem.factory is NOOPMetricsHandler {
            MetricsSystem.bootstrap(registry)
        } else {
            logger.warning("the program has set another metrics backend up; nothing is reported to the supervisor")
        }
        return SnapshotReporter(descriptor: descriptor, registry: registry, interval: interval, logger: logger)
    }

    /// Listens, and serves what worker processes report.
    public func startServing(host: String, port: UInt16, logger: Logger) throws -> any WorkerMetricsExporter {
        try PrometheusExporter(host: host, port: port, logger: logger)
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Logging
public import ServiceLifecycle
public import Taskiq

/// Metrics of a program's worker processes, which report to their supervisor, which alone serves them.
///
/// `PrometheusMetrics`, in the module `TaskiqPrometheus`, is one; a program that declares none links none.
public protocol WorkerMetrics: Sendable {
    /// What counts tasks; the standard `TaskiqApplication.makeBroker` gives it to the broker, outermost.
    var middlewares: [any TaskiqMiddleware] { get }

    /// Begins to count in a worker process, before its broker is made.
    ///
    /// - Parameters:
    ///   - descriptor: a connected stream socket to the supervisor, which the service owns from now on.
    ///   - logger: what is logged to.
    /// - Returns: what reports to the supervisor until graceful shutdown; it goes on waiting when the supervisor is gone.
    func startReporting(to descriptor: Int32, logger: Logger) -> any Service

    /// Begins to listen in a supervisor, before its worker processes are started.
    ///
    /// - Parameters:
    ///   - host: a name or a number of this machine.
    ///   - port: a port; 0 lets the system choose one.
    ///   - logger: what is logged to.
    /// - Returns: what gathers the worker processes' metrics and serves them.
    /// - Throws: `TaskiqError` with `conflict` when somebody else listens there, with another code when nobody can.
    func startServing(host: String, port: UInt16, logger: Logger) throws -> any WorkerMetricsExporter
}

/// Gathers the metrics of worker processes and serves them, until graceful shutdown.
public protocol WorkerMetricsExporter: Service {
    /// Makes a connection for one more worker process.
    ///
    /// What the process has reported until its end stays in the totals, so that they never fall.
    ///
    /// - Returns: the process's end of the connection, a stream socket that the caller owns.
    /// - Throws: `TaskiqError` when the system has no more descriptors.
    func connectWorker() throws -> Int32
}

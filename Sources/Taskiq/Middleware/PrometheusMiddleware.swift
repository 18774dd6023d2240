// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import CoreMetrics
import Synchronization

/// Counts what a worker's tasks do, under the names that Python taskiq's Prometheus middleware uses.
///
/// | metric | kind | counts |
/// | --- | --- | --- |
/// | `received_tasks_total` | counter | tasks about to run |
/// | `found_errors_total` | counter | tasks that ended with an error |
/// | `success_tasks_total` | counter | tasks that ended without one |
/// | `saved_results_total` | counter | results on their way to the broker, or stored |
/// | `execution_time` | timer | how long tasks took |
///
/// Each has one dimension, `task_name`. They are made through swift-metrics, so they go to whatever backend the program
/// has bootstrapped; `TaskiqPrometheus` has one that worker processes share.
public final class PrometheusMiddleware: TaskiqMiddleware {
    private let factory: (any MetricsFactory)?
    private let limit: Int
    /// Metric objects are made once: making one is a search in the backend, and some backends never let go of one.
    private let metrics = Mutex<[TaskName: TaskMetrics]>([:])

    /// The name under which tasks are counted once there are too many names.
    static let overflow: TaskName = "(other)"

    /// Makes a middleware.
    ///
    /// - Parameter factory: where the metrics are made; when not given, the backend that is bootstrapped when the first
    ///   task comes.
    public convenience init(factory: (any MetricsFactory)? = nil) {
        self.init(factory: factory, limit: 10_000)
    }

    /// - Parameters:
    ///   - factory: where the metrics are made.
    ///   - limit: how many task names have metrics of their own. Only tasks that are registered get as far as the hooks,
    ///     whatever names are sent; the limit is for programs that register, or rename, without end.
    init(factory: (any MetricsFactory)?, limit: Int) {
        self.factory = factory
        self.limit = limit
    }

    /// Counts the task as received.
    public func preExecute(_ message: inout TaskiqMessage, context: Context) async throws {
        metrics(of: message.taskName).received.increment()
    }

    /// Counts how the task ended, and how long it took.
    public func postExecute(_ message: TaskiqMessage, result: inout StoredResult, context: Context) async throws {
        let metrics = metrics(of: message.taskName)
        (result.isError ? metrics.errors : metrics.successes).increment()
        metrics.executionTime.recordNanoseconds(Self.nanoseconds(of: result.executionTime))
    }

    /// Counts the result as saved.
    public func postSave(_ message: TaskiqMessage, result: StoredResult) async {
        metrics(of: message.taskName).saved.increment()
    }

    private func metrics(of name: TaskName) -> TaskMetrics {
        metrics.withLock { metrics in
            if let known = metrics[name] { return known }
            let name = metrics.count < limit ? name : Self.overflow
            if let known = metrics[name] { return known }
            let made = TaskMetrics(name, factory: factory ?? MetricsSystem.factory)
            metrics[name] = made
            return made
        }
    }

    /// A time in nanoseconds; one that is out of range counts as the nearest that is not.
    private static func nanoseconds(of duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0 else { return 0 }
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isTooLarge) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflow || isTooLarge ? .max : max(0, sum)
    }
}

/// The metrics of one task.
///
/// All are made when the first message comes, so that those that are still at zero are seen as such: a counter that first
/// appears with the value 1 never shows an increase.
private struct TaskMetrics: Sendable {
    let received: Counter
    let errors: Counter
    let successes: Counter
    let saved: Counter
    let executionTime: Timer

    init(_ name: TaskName, factory: any MetricsFactory) {
        let dimensions = [("task_name", name.rawValue)]
        received = Counter(label: "received_tasks_total", dimensions: dimensions, factory: factory)
        errors = Counter(label: "found_errors_total", dimensions: dimensions, factory: factory)
        successes = Counter(label: "success_tasks_total", dimensions: dimensions, factory: factory)
        saved = Counter(label: "saved_results_total", dimensions: dimensions, factory: factory)
        executionTime = Timer(
            label: "execution_time",
            dimensions: dimensions,
            preferredDisplayUnit: .seconds,
            factory: factory
        )
    }
}

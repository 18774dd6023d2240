// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import CoreMetrics
public import Logging
import Synchronization

/// Metrics in memory, ready to be told to Prometheus: a backend of swift-metrics.
///
/// Counters become counters, meters and gauges become gauges, timers and recorders become histograms. Counting takes no
/// lock. The first to use a name decides what it is: a metric of another kind under the same name counts for nobody, as
/// do those past the limit, and the log says so once.
public final class PrometheusRegistry: MetricsFactory {
    /// How a registry works.
    public struct Configuration: Sendable {
        /// The upper bounds of histograms' buckets, ascending and finite; seconds for timers.
        public var buckets: [Double]
        /// Bounds for some histograms, by their label in swift-metrics.
        public var bucketsByLabel: [String: [Double]]
        /// What metrics are about, by their label in swift-metrics.
        public var help: [String: String]
        /// How many combinations of a name and its dimensions are kept; 10,000 when not said.
        public var maxSeries: Int

        /// Makes a configuration.
        ///
        /// - Parameters:
        ///   - buckets: the upper bounds of histograms' buckets; what is not finite or there twice is left out.
        ///   - bucketsByLabel: bounds for some histograms, by their label in swift-metrics.
        ///   - help: what metrics are about, by their label; those of `PrometheusMiddleware` are known.
        ///   - maxSeries: how many combinations of a name and its dimensions are kept.
        public init(
            buckets: [Double] = Self.standardBuckets,
            bucketsByLabel: [String: [Double]] = [:],
            help: [String: String] = [:],
            maxSeries: Int = 10_000
        ) {
            self.buckets = buckets
            self.bucketsByLabel = bucketsByLabel
            self.help = help
            self.maxSeries = maxSeries
        }

        /// The buckets of Python's `prometheus_client`, from 5 ms to 10 s.
        public static let standardBuckets = [
            0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
        ]

        func bounds(of label: String) -> [Double] {
            Set(bucketsByLabel[label] ?? buckets).filter(\.isFinite).sorted()
        }

        func help(for label: String) -> String? {
            help[label] ?? Self.standardHelp[label]
        }

        /// Python's words.
        private static let standardHelp = [
            "received_tasks_total": "Number of received tasks",
            "found_errors_total": "Number of found errors",
            "success_tasks_total": "Number of successfully executed tasks",
            "saved_results_total": "Number of saved results in result backend",
            "execution_time": "Time of function execution",
        ]
    }

    fileprivate enum Cell {
        case counter(CounterCell)
        case gauge(GaugeCell)
        case histogram(HistogramCell)

        var value: MetricsSnapshot.Value {
            switch self {
            case .counter(let cell): .number(cell.value)
            case .gauge(let cell): .number(cell.value)
            case .histogram(let cell): .histogram(cell.value)
            }
        }

        var handler: AnyObject {
            switch self {
            case .counter(let cell): cell
            case .gauge(let cell): cell
            case .histogram(let cell): cell
            }
        }
    }

    fileprivate struct Family {
        let kind: MetricsSnapshot.Kind
        let help: String?
        var cells: [MetricLabels: Cell] = [:]
    }

    fileprivate struct State {
        var families: [String: Family] = [:]
        /// Which family writes lines of a name.
        var owners: [String: String] = [:]
        var seriesCount = 0
        var complaints: Set<String> = []
    }

    private let configuration: Configuration
    private let logger: Logger
    private let state = Mutex(State())

    /// Makes a registry.
    ///
    /// - Parameters:
    ///   - configuration: how it works.
    ///   - logger: what is told about metrics that cannot be kept.
    public init(configuration: Configuration = Configuration(), logger: Logger = Logger(label: "taskiq.metrics")) {
        self.configuration = configuration
        self.logger = logger
    }

    /// The values of this moment.
    public var snapshot: MetricsSnapshot {
        state.withLock { state in
            MetricsSnapshot(
                families: state.families.mapValues { family in
                    MetricsSnapshot.Family(
                        kind: family.kind,
                        help: family.help,
                        series: family.cells.mapValues(\.value)
                    )
                }
            )
        }
    }

    // MARK: What swift-metrics asks for

    /// Makes a counter, or finds the one that is there.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(label, dimensions)
    }

    /// Makes a counter, or finds the one that is there.
    public func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        counter(label, dimensions)
    }

    /// Makes a gauge, or finds the one that is there.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions)
    }

    /// Makes a histogram if it is to aggregate, else a gauge, or finds the one that is there.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate ? histogram(label, dimensions) : gauge(label, dimensions)
    }

    /// Makes a histogram of seconds, or finds the one that is there.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions)
    }

    /// Lets a counter go.
    public func destroyCounter(_ handler: any CounterHandler) {
        if let cell = handler as? CounterCell { remove(cell, cell.key) }
    }

    /// Lets a counter go.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        if let cell = handler as? CounterCell { remove(cell, cell.key) }
    }

    /// Lets a gauge go.
    public func destroyMeter(_ handler: any MeterHandler) {
        if let cell = handler as? GaugeCell { remove(cell, cell.key) }
    }

    /// Lets a histogram or a gauge go.
    public func destroyRecorder(_ handler: any RecorderHandler) {
        if let cell = handler as? GaugeCell { remove(cell, cell.key) }
        if let cell = handler as? HistogramCell { remove(cell, cell.key) }
    }

    /// Lets a histogram go.
    public func destroyTimer(_ handler: any TimerHandler) {
        if let cell = handler as? HistogramCell { remove(cell, cell.key) }
    }

    // MARK: Cells

    private func counter(_ label: String, _ dimensions: [(String, String)]) -> CounterCell {
        let key = SeriesKey(family: MetricName.metric(label, .counter), labels: MetricLabels(dimensions))
        let cell = cell(key, .counter, label) { .counter(CounterCell(key)) }
        guard case .counter(let counter)? = cell else { return CounterCell(key) }
        return counter
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeCell {
        let key = SeriesKey(family: MetricName.metric(label, .gauge), labels: MetricLabels(dimensions))
        let cell = cell(key, .gauge, label) { .gauge(GaugeCell(key)) }
        guard case .gauge(let gauge)? = cell else { return GaugeCell(key) }
        return gauge
    }

    private func histogram(_ label: String, _ dimensions: [(String, String)]) -> HistogramCell {
        let key = SeriesKey(family: MetricName.metric(label, .histogram), labels: MetricLabels(dimensions))
        let bounds = configuration.bounds(of: label)
        let cell = cell(key, .histogram, label) { .histogram(HistogramCell(key, bounds: bounds)) }
        guard case .histogram(let histogram)? = cell else { return HistogramCell(key, bounds: bounds) }
        return histogram
    }

    /// The cell of a series; nil when it cannot be kept.
    private func cell(
        _ key: SeriesKey,
        _ kind: MetricsSnapshot.Kind,
        _ label: String,
        make: () -> Cell
    ) -> Cell? {
        let (cell, complaint): (Cell?, String?) = state.withLock { state in
            if state.families[key.family]?.kind == kind, let known = state.families[key.family]?.cells[key.labels] {
                return (known, nil)
            }
            if let complaint = state.obstacle(to: key.family, kind, limit: configuration.maxSeries) {
                return (nil, state.complaints.insert(complaint).inserted ? complaint : nil)
            }
            let made = make()
            for line in MetricName.lines(key.family, kind) { state.owners[line] = key.family }
            state.families[key.family, default: Family(kind: kind, help: configuration.help(for: label))]
                .cells[key.labels] = made
            state.seriesCount += 1
            return (made, nil)
        }
        if let complaint {
            logger.warning("\(complaint)", metadata: ["metric": "\(key.family)", "kind": "\(kind.rawValue)"])
        }
        return cell
    }

    private func remove(_ handler: AnyObject, _ key: SeriesKey) {
        state.withLock { state in
            // Another may have come in its place, and one past the limit was never there.
            guard let family = state.families[key.family], family.cells[key.labels]?.handler === handler else { return }
            state.seriesCount -= 1
            if family.cells.count == 1 {
                state.families[key.family] = nil
                for line in MetricName.lines(key.family, family.kind) { state.owners[line] = nil }
            } else {
                state.families[key.family]?.cells[key.labels] = nil
            }
        }
    }
}

extension PrometheusRegistry.State {
    /// Why a series cannot be kept.
    ///
    /// The text is the whole complaint, without the metric's name, so that a hostile number of names is told of once.
    func obstacle(to family: String, _ kind: MetricsSnapshot.Kind, limit: Int) -> String? {
        if seriesCount >= limit { return "there are too many metrics; more are not counted" }
        let isTaken = MetricName.lines(family, kind).contains { line in
            guard let owner = owners[line] else { return false }
            return owner != family || families[owner]?.kind != kind
        }
        return isTaken ? "a metric's name is taken by one of another kind; it is not counted" : nil
    }
}

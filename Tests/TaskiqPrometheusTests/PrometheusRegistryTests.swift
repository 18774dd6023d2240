// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import CoreMetrics
import Testing

@testable import TaskiqPrometheus

/// The backend of swift-metrics: what becomes of what a program counts.
@Suite struct PrometheusRegistryTests {
    private let registry = PrometheusRegistry(configuration: .init(buckets: [0.1, 1]))

    private func value(_ name: String, _ labels: [(String, String)] = []) -> MetricsSnapshot.Value? {
        registry.snapshot.families[name]?.series[MetricLabels(labels)]
    }

    @Test(arguments: [
        ("requests", "requests_total"), ("requests_total", "requests_total"),
        ("taskiq.tasks.sent", "taskiq_tasks_sent_total"),
        ("9lives", "_9lives_total"), ("a:b", "a:b_total"), ("", "__total"), ("größe", "gr__e_total"),
        ("a b\n", "a_b__total"),
    ])
    func namesAreMadeAllowed(label: String, name: String) {
        Counter(label: label, factory: registry).increment()
        #expect(value(name) == .number(1))
    }

    @Test(arguments: [
        ("queue", "queue"), ("le", "le_"), ("__name__", "x__name__"), ("a.b:c", "a_b_c"), ("1", "_1"), ("", "_"),
    ])
    func labelsAreMadeAllowed(dimension: String, label: String) {
        #expect(MetricLabels([(dimension, "x")]).labels.map(\.name) == [label])
    }

    @Test func theOrderOfDimensionsDoesNotMatter() {
        Counter(label: "c", dimensions: [("a", "1"), ("b", "2")], factory: registry).increment()
        Counter(label: "c", dimensions: [("b", "2"), ("a", "1"), ("a", "3")], factory: registry).increment(by: 2)
        #expect(value("c_total", [("a", "1"), ("b", "2")]) == .number(3))
        #expect(registry.snapshot.seriesCount == 1)
    }

    @Test func countersOnlyRise() {
        let counter = Counter(label: "c", factory: registry)
        let fractions = FloatingPointCounter(label: "c", factory: registry)
        counter.increment(by: 3)
        counter.increment(by: -2)
        fractions.increment(by: 0.25)
        fractions.increment(by: -1.0)
        fractions.increment(by: Double.nan)
        fractions.increment(by: Double.infinity)
        #expect(value("c_total") == .number(3.25))
        counter.reset()
        #expect(value("c_total") == .number(0))
    }

    @Test func gaugesRiseAndFall() {
        let meter = Meter(label: "m", factory: registry)
        meter.set(5)
        meter.increment(by: 2.5)
        meter.decrement()
        meter.increment(by: Double.nan)
        #expect(value("m") == .number(6.5))
        Gauge(label: "g", factory: registry).record(-1.5)
        #expect(value("g") == .number(-1.5))
    }

    @Test func observationsAreCountedBySize() {
        let recorder = Recorder(label: "r", factory: registry)
        for size in [-1, 0.1, 0.1000001, 1, 2, .nan, .infinity, -.infinity] { recorder.record(size) }
        #expect(value("r") == .histogram(HistogramValue(bounds: [0.1, 1], counts: [2, 2, 1], sum: 2.2000001)))
        let timer = Timer(label: "t", factory: registry)
        timer.recordNanoseconds(100_000_000)
        timer.recordNanoseconds(-5)
        timer.recordNanoseconds(.max)
        #expect(
            value("t")
                == .histogram(HistogramValue(bounds: [0.1, 1], counts: [2, 0, 1], sum: 0.1 + 9223372036.854775807))
        )
    }

    @Test func bucketsCanBeSet() {
        let registry = PrometheusRegistry(
            configuration: .init(bucketsByLabel: ["sizes": [100, 10, 10, .infinity, .nan], "none": []])
        )
        Recorder(label: "sizes", factory: registry).record(11)
        Recorder(label: "none", factory: registry).record(11)
        Recorder(label: "standard", factory: registry).record(11)
        let families = registry.snapshot.families
        #expect(
            families["sizes"]?.series.values.first
                == .histogram(HistogramValue(bounds: [10, 100], counts: [0, 1], sum: 11))
        )
        #expect(families["none"]?.series.values.first == .histogram(HistogramValue(bounds: [], counts: [1], sum: 11)))
        guard case .histogram(let standard)? = families["standard"]?.series.values.first else {
            Issue.record("no histogram")
            return
        }
        #expect(standard.bounds == [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10])
    }

    @Test func theFirstDecidesWhatANameIs() {
        let counter = Counter(label: "x", factory: registry)
        let meter = Meter(label: "x_total", factory: registry)
        counter.increment()
        meter.set(99)
        #expect(value("x_total") == .number(1))
        // The lines of a histogram have names, too.
        Timer(label: "t", factory: registry).recordNanoseconds(1)
        Meter(label: "t_count", factory: registry).set(99)
        Meter(label: "u_sum", factory: registry).set(1)
        Timer(label: "u", factory: registry).recordNanoseconds(1)
        #expect(Set(registry.snapshot.families.keys) == ["x_total", "t", "u_sum"])
    }

    @Test func thereIsALimit() {
        let registry = PrometheusRegistry(configuration: .init(maxSeries: 3))
        let counters = (0..<10).map { Counter(label: "c", dimensions: [("n", "\($0)")], factory: registry) }
        for counter in counters { counter.increment() }
        #expect(registry.snapshot.seriesCount == 3)
        // One that is let go makes room; one that was never kept does not.
        counters[9].destroy()
        counters[0].destroy()
        Counter(label: "c", dimensions: [("n", "new")], factory: registry).increment()
        Counter(label: "c", dimensions: [("n", "newer")], factory: registry).increment()
        let kept = registry.snapshot.families["c_total"]?.series.keys.map { $0.labels[0].value }
        #expect(kept?.sorted() == ["1", "2", "new"])
    }

    @Test func whatIsLetGoIsGone() {
        let (counter, meter) = (Counter(label: "a", factory: registry), Meter(label: "b", factory: registry))
        let (timer, recorder) = (Timer(label: "c", factory: registry), Recorder(label: "d", factory: registry))
        let fractions = FloatingPointCounter(label: "e", factory: registry)
        #expect(registry.snapshot.seriesCount == 5)
        counter.destroy()
        counter.destroy()
        meter.destroy()
        timer.destroy()
        recorder.destroy()
        fractions.destroy()
        #expect(registry.snapshot == MetricsSnapshot())
        // The name is free again, for any kind.
        Meter(label: "c", factory: registry).set(1)
        #expect(value("c") == .number(1))
    }

    @Test func nothingIsLostBetweenThreads() async {
        let registry = registry
        await withTaskGroup { group in
            for task in 0..<8 {
                group.addTask {
                    let counter = Counter(label: "c", factory: registry)
                    let timer = Timer(label: "t", factory: registry)
                    for number in 0..<2000 {
                        counter.increment()
                        timer.recordNanoseconds(number.isMultiple(of: 2) ? 0 : 500_000_000)
                        if number.isMultiple(of: 500) {
                            Meter(label: "m", dimensions: [("t", "\(task)"), ("n", "\(number)")], factory: registry)
                                .set(1)
                            _ = registry.snapshot
                        }
                    }
                }
            }
        }
        #expect(value("c_total") == .number(16000))
        #expect(value("t") == .histogram(HistogramValue(bounds: [0.1, 1], counts: [8000, 8000, 0], sum: 4000)))
        #expect(registry.snapshot.families["m"]?.series.count == 32)
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import CoreMetrics

/// Where a series is in its registry, so that it can be let go.
struct SeriesKey: Hashable, Sendable {
    var family: String
    var labels: MetricLabels
}

/// A number that only rises.
final class CounterCell: CounterHandler, FloatingPointCounterHandler {
    let key: SeriesKey
    private let number = AtomicDouble()

    init(_ key: SeriesKey) {
        self.key = key
    }

    var value: Double { number.value }

    func increment(by amount: Int64) {
        increment(by: Double(amount))
    }

    /// What is no increase is left out: a counter that falls looks like a restart, and NaN would stay for ever.
    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        number.add(amount)
    }

    func reset() {
        number.set(0)
    }
}

/// A number that rises and falls.
final class GaugeCell: MeterHandler, RecorderHandler {
    let key: SeriesKey
    private let number = AtomicDouble()

    init(_ key: SeriesKey) {
        self.key = key
    }

    var value: Double { number.value }

    func set(_ value: Int64) { number.set(Double(value)) }
    func set(_ value: Double) { number.set(value) }
    func record(_ value: Int64) { number.set(Double(value)) }
    func record(_ value: Double) { number.set(value) }

    func increment(by amount: Double) {
        guard amount.isFinite else { return }
        number.add(amount)
    }

    func decrement(by amount: Double) {
        increment(by: -amount)
    }
}

/// How many observations there were, and how large they were.
final class HistogramCell: RecorderHandler, TimerHandler {
    let key: SeriesKey
    private let bounds: [Double]
    private let counts: AtomicCounts
    private let sum = AtomicDouble()

    init(_ key: SeriesKey, bounds: [Double]) {
        self.key = key
        self.bounds = bounds
        // One more for what is above the last bound.
        counts = AtomicCounts(count: bounds.count + 1)
    }

    /// The counts are read one after the other while others raise them; their total is taken from themselves, so they
    /// always agree with it, and the sum is at most a few observations off.
    var value: HistogramValue {
        HistogramValue(bounds: bounds, counts: counts.values, sum: sum.value)
    }

    func record(_ value: Int64) {
        record(Double(value))
    }

    /// What is not a finite number is left out: one such would spoil the sum for ever.
    func record(_ value: Double) {
        guard value.isFinite else { return }
        counts.raise(HistogramValue.index(of: value, in: bounds))
        sum.add(value)
    }

    /// Times are told in seconds, Prometheus' unit.
    func recordNanoseconds(_ duration: Int64) {
        record(Double(max(0, duration)) / 1e9)
    }
}

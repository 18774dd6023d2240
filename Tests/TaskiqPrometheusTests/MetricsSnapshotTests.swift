// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import CoreMetrics
import Foundation
import TestSupport
import Testing

@testable import TaskiqPrometheus

/// Snapshots: added to each other, sent to another process, written as text.
@Suite struct MetricsSnapshotTests {
    private func snapshot(
        _ kind: MetricsSnapshot.Kind,
        _ name: String,
        help: String? = nil,
        _ series: [String: MetricsSnapshot.Value]
    ) -> MetricsSnapshot {
        let series = Dictionary(uniqueKeysWithValues: series.map { (MetricLabels([("l", $0.key)]), $0.value) })
        return MetricsSnapshot(families: [name: .init(kind: kind, help: help, series: series)])
    }

    private func histogram(_ bounds: [Double], _ counts: [UInt64], _ sum: Double) -> MetricsSnapshot.Value {
        .histogram(HistogramValue(bounds: bounds, counts: counts, sum: sum))
    }

    @Test(arguments: [MetricsSnapshot.Kind.counter, .gauge])
    func numbersAreSummed(kind: MetricsSnapshot.Kind) {
        var total = snapshot(kind, "n", ["a": .number(1), "b": .number(2)])
        total.merge(snapshot(kind, "n", ["b": .number(3), "c": .number(4)]))
        #expect(total == snapshot(kind, "n", ["a": .number(1), "b": .number(5), "c": .number(4)]))
    }

    @Test func histogramsAreSummed() {
        var total = snapshot(.histogram, "h", ["a": histogram([1, 2], [1, 2, 3], 9)])
        total.merge(snapshot(.histogram, "h", ["a": histogram([1, 2], [10, 20, 30], 90)]))
        #expect(total == snapshot(.histogram, "h", ["a": histogram([1, 2], [11, 22, 33], 99)]))
    }

    @Test func bucketsOfOtherBoundsAreCountedWhereTheyFit() {
        var total = snapshot(.histogram, "h", ["a": histogram([1, 5, 10], [1, 1, 1, 1], 10)])
        total.merge(snapshot(.histogram, "h", ["a": histogram([0.5, 1, 3, 20], [1, 2, 4, 8, 16], 100)]))
        #expect(total == snapshot(.histogram, "h", ["a": histogram([1, 5, 10], [4, 5, 1, 25], 110)]))
    }

    @Test func whatIsOfAnotherKindIsLeftOut() {
        var total = snapshot(.counter, "n", ["a": .number(1)])
        total.merge(snapshot(.gauge, "n", ["a": .number(5), "b": .number(5)]))
        #expect(total == snapshot(.counter, "n", ["a": .number(1)]))
    }

    @Test func thereIsALimitForWhatIsNew() {
        var total = snapshot(.counter, "n", ["a": .number(1)])
        total.merge(snapshot(.counter, "n", ["a": .number(1), "b": .number(1), "c": .number(1)]), limit: 2)
        total.merge(snapshot(.counter, "z", ["a": .number(1)]), limit: 2)
        #expect(total == snapshot(.counter, "n", ["a": .number(2), "b": .number(1)]))
    }

    // MARK: Between processes

    @Test func aSnapshotIsReadAsItWasWritten() throws {
        var whole = snapshot(
            .counter,
            "c_total",
            help: "a\n\"b\" \\",
            ["": .number(1e300), "\u{1F600}\n\"": .number(0.1)]
        )
        whole.merge(
            snapshot(
                .gauge,
                "g",
                [
                    "a": .number(.infinity), "b": .number(-.infinity), "c": .number(-0.0),
                    "d": .number(.leastNonzeroMagnitude),
                ]
            )
        )
        whole.merge(
            snapshot(.histogram, "h", ["a": histogram([0.1, 7], [1, .max, 3], -2), "b": histogram([], [4], 0)])
        )
        #expect(try MetricsSnapshot(decoding: whole.encoded()) == whole)
        let empty = try MetricsSnapshot(decoding: MetricsSnapshot().encoded())
        #expect(empty == MetricsSnapshot())
        let odd = snapshot(.gauge, "g", ["a": .number(.nan)])
        guard
            case .number(let number)? = try MetricsSnapshot(decoding: odd.encoded()).families["g"]?.series.values.first
        else {
            Issue.record("no number")
            return
        }
        #expect(number.isNaN)
    }

    @Test(arguments: [
        "", "{", "[]", "{}", #"{"version":2,"families":[]}"#, #"{"version":1}"#,
        #"{"version":1,"families":[{"name":"a","kind":"counter","series":[{"labels":["a"]}]}]}"#,
    ])
    func whatIsNoSnapshotIsRefused(text: String) {
        #expect(throws: (any Error).self) { try MetricsSnapshot(decoding: Array(text.utf8)) }
    }

    @Test func whatIsNotKnownIsLeftOut() throws {
        let text = """
            {"version":1,"later":true,"families":[
              {"name":"s","kind":"summary","series":[{"labels":[],"value":"1"}]},
              {"name":"bad name","kind":"gauge","series":[{"labels":["bad name","x"],"value":"2"},{"labels":["a"],"value":"3"},
                {"labels":[],"value":"many"}]},
              {"name":"h","kind":"histogram","series":[{"labels":[],"value":"1","bounds":[2,1],"counts":[0,0,0]},
                {"labels":["a","b"],"value":"1","bounds":[1,2],"counts":[0]},{"labels":["a","c"],"value":"1"}]}]}
            """
        let read = try MetricsSnapshot(decoding: Array(text.utf8))
        #expect(read.families["s"] == nil)
        #expect(read.families["bad_name"]?.series == [MetricLabels([("bad_name", "x")]): .number(2)])
        #expect(read.families["h"]?.series.isEmpty == true)
    }

    /// Whatever bytes arrive, reading them ends, with a snapshot or an error.
    @Test func damagedSnapshotsHarmNothing() throws {
        var whole = snapshot(.counter, "c_total", help: "help", ["a": .number(1), "b": .number(2)])
        whole.merge(snapshot(.histogram, "h", ["a": histogram([0.1, 7], [1, 2, 3], 2)]))
        let bytes = try whole.encoded()
        var random = SeededGenerator(seed: 11)
        let count = ProcessInfo.processInfo.environment["TASKIQ_FUZZ_INPUTS"].flatMap { Int($0) } ?? 2000
        for _ in 0..<count {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<damaged.count, using: &random)
                if random.chance(30) {
                    damaged.remove(at: index)
                } else {
                    damaged[index] = .random(in: 0...255, using: &random)
                }
            }
            _ = (try? MetricsSnapshot(decoding: damaged))?.text
        }
    }

    // MARK: Text

    /// Python's own text, all of it, from the same values.
    @Test func theTextIsPythons() throws {
        struct File: Decodable { var prometheus_text: [String] }
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/golden/middlewares.json")
        let golden = try JSONDecoder().decode(File.self, from: Data(contentsOf: file)).prometheus_text
        let registry = PrometheusRegistry()
        for (name, task) in [
            ("received_tasks_total", "add"), ("received_tasks_total", "fail"), ("success_tasks_total", "add"),
            ("saved_results_total", "add"), ("saved_results_total", "fail"), ("found_errors_total", "fail"),
        ] {
            registry.makeCounter(label: name, dimensions: [("task_name", "golden.tasks:\(task)")]).increment(by: 1)
        }
        for task in ["add", "fail"] {
            registry.makeTimer(label: "execution_time", dimensions: [("task_name", "golden.tasks:\(task)")])
                .recordNanoseconds(0)
        }
        // Families and lines come in another order in Python, which has none.
        #expect(registry.snapshot.text.split(separator: "\n").map(String.init).sorted() == golden.sorted())
    }

    @Test func theTextIsEscapedAndInOrder() {
        var whole = snapshot(.gauge, "b", ["\\ \"quoted\"\nnext": .number(.nan), "a": .number(-.infinity)])
        whole.merge(snapshot(.counter, "a_total", help: "one\ntwo \\ \"three\"", ["x": .number(1e16)]))
        whole.merge(snapshot(.histogram, "c", ["x": histogram([0.5, 100], [1, 0, 2], 7.25)]))
        whole.merge(
            MetricsSnapshot(families: ["d": .init(kind: .gauge, help: nil, series: [MetricLabels([]): .number(3)])])
        )
        #expect(
            whole.text == #"""
                # HELP a_total one\ntwo \\ "three"
                # TYPE a_total counter
                a_total{l="x"} 1e+16
                # TYPE b gauge
                b{l="\\ \"quoted\"\nnext"} NaN
                b{l="a"} -Inf
                # TYPE c histogram
                c_bucket{le="0.5",l="x"} 1.0
                c_bucket{le="100.0",l="x"} 1.0
                c_bucket{le="+Inf",l="x"} 3.0
                c_sum{l="x"} 7.25
                c_count{l="x"} 3.0
                # TYPE d gauge
                d 3.0

                """#
        )
    }
}

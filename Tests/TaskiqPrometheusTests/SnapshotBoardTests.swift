// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TestSupport
import Testing

@testable import TaskiqPrometheus

/// What is told of worker processes that come and go.
@Suite struct SnapshotBoardTests {
    private func report(counted: Double, gauged: Double = 0, label: String = "") -> MetricsSnapshot {
        let labels = MetricLabels([("l", label)])
        let histogram = HistogramValue(bounds: [1], counts: [UInt64(counted), 0], sum: counted)
        return MetricsSnapshot(families: [
            "c_total": .init(kind: .counter, help: nil, series: [labels: .number(counted)]),
            "g": .init(kind: .gauge, help: nil, series: [labels: .number(gauged)]),
            "h": .init(kind: .histogram, help: nil, series: [labels: .histogram(histogram)]),
        ])
    }

    private func total(_ board: SnapshotBoard) -> (counted: Double?, gauged: Double?, observed: UInt64?) {
        let values = board.total.families.mapValues { $0.series.values.first }
        var result: (counted: Double?, gauged: Double?, observed: UInt64?) = (nil, nil, nil)
        if case .number(let number)?? = values["c_total"] { result.counted = number }
        if case .number(let number)?? = values["g"] { result.gauged = number }
        if case .histogram(let histogram)?? = values["h"] { result.observed = histogram.count }
        return result
    }

    @Test func aReplacementCountsOnFromWhereTheFirstHasEnded() {
        var board = SnapshotBoard()
        board.report(report(counted: 5, gauged: 2), from: 1)
        board.report(report(counted: 7, gauged: 3), from: 2)
        #expect(total(board) == (12, 5, 12))
        board.end(1)
        // The gauge of a process that is gone is gone with it.
        #expect(total(board) == (12, 3, 12))
        board.report(report(counted: 1, gauged: 4), from: 1)
        #expect(total(board) == (13, 7, 13))
        board.end(1)
        board.end(2)
        #expect(total(board) == (13, nil, 13))
    }

    @Test func theEndOfOneThatNeverReportedChangesNothing() {
        var board = SnapshotBoard()
        board.report(report(counted: 5), from: 1)
        board.end(2)
        board.end(1)
        board.end(1)
        #expect(total(board).counted == 5)
    }

    @Test func whatIsKeptOfEndedProcessesIsBounded() {
        var board = SnapshotBoard(maxSeries: 10)
        for process in 0..<100 {
            board.report(report(counted: 1, label: "pid-\(process)"), from: 1)
            board.end(1)
        }
        #expect(board.total.seriesCount == 10)
    }

    /// Processes report, are killed, and start anew at zero, in any order.
    @Test(arguments: 0..<20)
    func totalsNeverFall(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var board = SnapshotBoard()
        var counts: [Int32: Double] = [:]
        var (sum, last) = (0.0, 0.0)
        for _ in 0..<500 {
            let process = Int32.random(in: 0..<4, using: &random)
            if random.chance(15) {
                board.end(process)
                counts[process] = nil
            } else {
                let amount = Double(Int.random(in: 0..<5, using: &random))
                counts[process, default: 0] += amount
                sum += amount
                board.report(report(counted: counts[process] ?? 0), from: process)
            }
            let (counted, _, observed) = total(board)
            #expect((counted ?? 0) >= last)
            #expect((counted ?? 0) == sum)
            #expect(Double(observed ?? 0) == sum)
            last = counted ?? 0
        }
    }
}

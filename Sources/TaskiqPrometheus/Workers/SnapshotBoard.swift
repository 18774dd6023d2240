// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What worker processes have reported last, and what those had counted that are gone.
struct SnapshotBoard {
    private var running: [Int32: MetricsSnapshot] = [:]
    private var ended = MetricsSnapshot()
    private let maxSeries: Int

    /// - Parameter maxSeries: how many series of ended processes are kept: were there a label in them that is another in
    ///   each process, they would grow with every restart.
    init(maxSeries: Int = 50_000) {
        self.maxSeries = maxSeries
    }

    /// Takes a process's report in the place of its last one.
    mutating func report(_ snapshot: MetricsSnapshot, from process: Int32) {
        running[process] = snapshot
    }

    /// Keeps what an ended process had counted, so that totals do not fall; a gauge of it has no meaning any more.
    mutating func end(_ process: Int32) {
        guard let last = running.removeValue(forKey: process) else { return }
        ended.merge(last.withoutGauges, limit: maxSeries)
    }

    /// All together.
    var total: MetricsSnapshot {
        var total = ended
        for (_, snapshot) in running.sorted(by: { $0.key < $1.key }) { total.merge(snapshot) }
        return total
    }
}

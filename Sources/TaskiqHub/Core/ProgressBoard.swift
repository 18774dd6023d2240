// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron
import TaskiqHubProtocol

/// How far tasks are, as they said last: in memory alone, and of a bounded number of tasks.
struct ProgressBoard {
    private struct Entry {
        var report: ProgressReport
        var stamp: Int64
        var expiresAt: Timestamp
    }

    private let maximumCount: Int
    private let maximumSize: Int
    private var entries: [String: Entry] = [:]
    /// Whose report came when; the oldest stamp in use is not below `oldest`.
    private var tasks: [Int64: String] = [:]
    private var oldest: Int64 = 0
    private var next: Int64 = 0
    private var size = 0

    /// Makes an empty board.
    ///
    /// - Parameters:
    ///   - maximumCount: of how many tasks it keeps reports.
    ///   - maximumSize: how many bytes they may have together.
    init(maximumCount: Int, maximumSize: Int) {
        self.maximumCount = max(0, maximumCount)
        self.maximumSize = max(0, maximumSize)
    }

    var count: Int { entries.count }

    subscript(taskID: String) -> ProgressReport? { entries[taskID]?.report }

    /// Keeps a report in place of the last one; those that are oldest make room.
    mutating func put(_ report: ProgressReport, for taskID: String, until expiresAt: Timestamp) {
        remove(taskID)
        entries[taskID] = Entry(report: report, stamp: next, expiresAt: expiresAt)
        tasks[next] = taskID
        next += 1
        size += report.size
        while entries.count > maximumCount || size > maximumSize {
            if let task = tasks[oldest] { remove(task) }
            oldest += 1
        }
    }

    /// Drops those whose time is over, but for tasks that are not.
    mutating func forget(expiredBefore instant: Timestamp, isLive: (String) -> Bool) {
        for (taskID, entry) in entries where entry.expiresAt < instant && !isLive(taskID) { remove(taskID) }
    }

    mutating func remove(_ taskID: String) {
        guard let entry = entries.removeValue(forKey: taskID) else { return }
        tasks[entry.stamp] = nil
        size -= entry.report.size
    }

    /// The task is over: its report is kept as long as its result.
    mutating func keep(_ taskID: String, until expiresAt: Timestamp) {
        entries[taskID]?.expiresAt = expiresAt
    }
}

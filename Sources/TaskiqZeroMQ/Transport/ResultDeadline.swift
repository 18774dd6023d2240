// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import HeapModule
import Taskiq

/// Until when somebody waits for a result.
struct ResultDeadline: Sendable, Comparable {
    let timeout: Duration
    let taskID: TaskID
    let token: UInt64
    /// In uptime milliseconds.
    let instant: Int64

    init(timeout: Duration, taskID: TaskID, token: UInt64) {
        self.timeout = timeout
        self.taskID = taskID
        self.token = token
        instant = Uptime.milliseconds(after: timeout)
    }

    static func < (left: ResultDeadline, right: ResultDeadline) -> Bool {
        (left.instant, left.token) < (right.instant, right.token)
    }
}

/// The deadlines of all who wait.
///
/// The connection's thread looks after them: a timer of its own would cost each wait more than all the rest of it.
struct ResultDeadlines {
    private var heap = Heap<ResultDeadline>()
    private var mostAnswered = 1024

    /// When the first of them is over.
    var next: Int64? { heap.min?.instant }

    /// Adds a deadline; those of waits that were answered are dropped when there are many.
    ///
    /// - Parameters:
    ///   - deadline: the deadline.
    ///   - live: picks out those that somebody still waits with.
    mutating func add(_ deadline: ResultDeadline, live: ([ResultDeadline]) -> [ResultDeadline]) {
        if heap.count >= mostAnswered {
            heap = Heap(live(heap.unordered))
            mostAnswered = max(1024, heap.count * 2)
        }
        heap.insert(deadline)
    }

    /// Takes one out that is over.
    mutating func takeLate(at now: Int64) -> ResultDeadline? {
        guard let first = heap.min, first.instant <= now else { return nil }
        return heap.removeMin()
    }
}

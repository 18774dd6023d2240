// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron

/// The undecided slots of a schedule up to an instant: the newest ones each, those before them as one span.
///
/// After months of downtime a schedule may have millions of slots. The span keeps the work and the rows bounded.
struct DueSlots {
    /// The slots before the newest ones.
    struct Span: Equatable {
        let first: Timestamp
        let last: Timestamp
        /// How many slots the span has; at least 1.
        let count: Int
        /// False if there are more than `count`: nobody counts for ever.
        let isCountExact: Bool
    }

    /// More slots than this are not counted one by one.
    static let countingLimit = 100_000

    let older: Span?
    /// In ascending order; never empty.
    let newest: [Timestamp]
    /// The first slot after the horizon.
    let following: Timestamp?

    /// Finds the slots from one that is due up to a horizon.
    ///
    /// - Parameters:
    ///   - schedule: the schedule.
    ///   - first: its oldest undecided slot.
    ///   - horizon: the instant up to which slots are due; not before `first`.
    ///   - limit: how many slots are listed one by one, at least 1.
    init(of schedule: Schedule, from first: Timestamp, through horizon: Timestamp, limit: Int) {
        var slots = [first]
        var following = schedule.slot(after: first)
        while let slot = following, slot <= horizon, slots.count <= limit {
            slots.append(slot)
            following = schedule.slot(after: slot)
        }
        guard slots.count > limit else {
            self.init(older: nil, newest: slots, following: following)
            return
        }
        self.init(manySlotsOf: schedule, from: first, through: horizon, limit: limit)
    }

    private init(older: Span?, newest: [Timestamp], following: Timestamp?) {
        self.older = older
        self.newest = newest
        self.following = following
    }

    /// Looks back from the horizon over spans that double, until enough slots lie in one of them.
    private init(manySlotsOf schedule: Schedule, from first: Timestamp, through horizon: Timestamp, limit: Int) {
        let lowest = first - .milliseconds(1)
        var lookBack = Duration.seconds(1)
        while true {
            let start = max(horizon - lookBack, lowest)
            var tail = Tail(capacity: limit + 1)
            var following = schedule.slot(after: start)
            while let slot = following, slot <= horizon {
                tail.append(slot)
                following = schedule.slot(after: slot)
            }
            let slots = tail.elements
            if slots.count > limit {
                let count = schedule.countSlots(from: first, through: slots[0], limit: Self.countingLimit)
                self.init(
                    older: Span(first: first, last: slots[0], count: count.found, isCountExact: count.isExact),
                    newest: Array(slots.dropFirst()),
                    following: following
                )
                return
            }
            if start == lowest {
                self.init(older: nil, newest: slots.isEmpty ? [first] : slots, following: following)
                return
            }
            lookBack *= 2
        }
    }
}

extension DueSlots {
    /// The last elements of a long row of them.
    private struct Tail {
        private var storage: [Timestamp] = []
        private var oldest = 0
        private let capacity: Int

        init(capacity: Int) {
            self.capacity = capacity
        }

        mutating func append(_ element: Timestamp) {
            if storage.count < capacity {
                storage.append(element)
            } else {
                storage[oldest] = element
                oldest = (oldest + 1) % capacity
            }
        }

        var elements: [Timestamp] { Array(storage[oldest...] + storage[..<oldest]) }
    }
}

extension Schedule {
    /// The first slot after an instant; nil also at the end of time, where the next one can no longer be told apart.
    func slot(after instant: Timestamp) -> Timestamp? {
        guard let slot = next(after: instant), slot > instant else { return nil }
        return slot
    }

    /// Counts slots, the first and the last included.
    fileprivate func countSlots(
        from first: Timestamp,
        through last: Timestamp,
        limit: Int
    ) -> (found: Int, isExact: Bool) {
        if case .interval(let interval, _) = trigger {
            return (Int((last - first).inMilliseconds / interval.inMilliseconds) + 1, true)
        }
        var count = 1
        var current = slot(after: first)
        while let slot = current, slot <= last {
            guard count < limit else { return (count, false) }
            count += 1
            current = self.slot(after: slot)
        }
        return (count, true)
    }
}

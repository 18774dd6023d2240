// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import HeapModule
package import Taskiq
package import TaskiqCron

/// What is due when: a value without clock, input or output, that proposes decisions and never makes them.
///
/// Whoever owns it gives it the schedules (``update(_:states:now:)``), asks what is due (``due(at:)``), hands the answer
/// to the ledger, and reports whether the ledger took it (``confirm(_:)``) or not (``retry(_:)``). Only a confirmed plan
/// moves a cursor; everything else stays due.
///
/// The cost of a slot is logarithmic in the number of schedules, and waiting costs nothing.
package struct Planner: Sendable {
    /// The sizes of things.
    package struct Limits: Sendable {
        /// How many decisions, and how many schedules, one request has at most.
        package var decisionsPerRequest = 512
        /// How many slots of one schedule get a row of their own in one catch-up; those before share one.
        package var rowsPerSchedule = 1000
        /// How late a slot may fire at most.
        package var window = Duration.seconds(3600)

        /// The usual sizes.
        package init() {}
    }

    struct HeapEntry: Comparable, Sendable {
        let instant: Timestamp
        let generation: UInt64
        let id: ScheduleID

        static func < (left: Self, right: Self) -> Bool {
            (left.instant, left.generation) < (right.instant, right.generation)
        }
    }

    let limits: Limits
    let catchUp: CatchUp
    /// The versions in force.
    var running: [ScheduleID: PlannedSchedule] = [:]
    /// The running versions by next slot.
    ///
    /// Entries of another generation than the running one are void; the first entry never is.
    var heap = Heap<HeapEntry>()
    /// Versions that were removed or replaced while slots of theirs were due; in the order in which that happened.
    var closing: [PlannedSchedule] = []
    /// Versions that are new to the ledger; may hold some that are not any more.
    var unrecorded: [ScheduleID] = []
    var outstanding: FirePlan?
    private var counter: UInt64 = 0

    /// Makes a planner without schedules.
    ///
    /// - Parameters:
    ///   - formatter: turns messages into bytes.
    ///   - limits: the sizes of things.
    package init(formatter: any TaskiqFormatter = JSONFormatter(), limits: Limits = Limits()) {
        self.limits = limits
        catchUp = CatchUp(formatter: formatter, limits: limits)
    }

    /// How many schedules are in force.
    package var scheduleCount: Int { running.count }

    /// When to ask again what is due, if nothing changes before; ``Timestamp/earliest`` for at once, nil for never.
    package var nextWake: Timestamp? {
        if !closing.isEmpty || !unrecorded.isEmpty { return .earliest }
        return heap.min?.instant
    }

    /// The next slot of a schedule that is in force.
    package func nextSlot(of id: ScheduleID) -> Timestamp? {
        running[id]?.next
    }

    /// How many entries the heap holds, void ones among them.
    var waitingCount: Int { heap.count }

    mutating func makeNumber() -> UInt64 {
        counter += 1
        return counter
    }

    mutating func enqueue(_ schedule: PlannedSchedule) {
        guard let next = schedule.next else { return }
        heap.insert(HeapEntry(instant: next, generation: schedule.generation, id: schedule.id))
    }

    func isCurrent(_ entry: HeapEntry) -> Bool {
        running[entry.id]?.generation == entry.generation
    }

    /// Keeps the first entry a valid one, and void entries fewer than valid ones.
    mutating func dropVoidEntries() {
        if heap.count > 2 * running.count + 64 {
            heap = Heap(heap.unordered.filter(isCurrent))
        }
        while let first = heap.min, !isCurrent(first) { heap.removeMin() }
    }
}

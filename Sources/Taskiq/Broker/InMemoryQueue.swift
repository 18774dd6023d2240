// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import DequeModule
import HeapModule
import TaskiqCron

/// What waits, what is out, and who may have it: the decisions of the transport in memory, without its lock and clock.
///
/// Times are durations since the transport was made.
struct InMemoryQueue {
    /// A message on its way through the queue; it keeps its number, and so its place, when it is given back.
    struct Entry {
        let number: UInt64
        var message: BrokerMessage
        var attempt = 1
        var isRedelivered = false
        let enqueuedAt: Timestamp
        /// Why it is to be cancelled; nil if it is not.
        var cancellationReason: String?
    }

    /// A message in somebody's hands.
    struct Delivery {
        var entry: Entry
        /// The way it took.
        let channel: DeliveryChannel
        /// Whose credit it takes; nil once its task has ended.
        var listener: UInt64?
        var isAcknowledged = false
    }

    private struct Listener {
        let channel: DeliveryChannel
        let credit: Int
        var held = 0
        var lastServed: UInt64 = 0
    }

    private enum Waiting {
        case message(Entry)
        /// A delivery whose task ended without acknowledging it.
        case held(UInt64)
    }

    /// What waits for its time; of equal times what came first is first.
    private struct Delayed: Comparable {
        let due: Duration
        let number: UInt64
        let waiting: Waiting

        func isMessage(of taskID: TaskID) -> Bool {
            if case .message(let entry) = waiting { entry.message.taskID == taskID } else { false }
        }

        static func == (left: Delayed, right: Delayed) -> Bool {
            (left.due, left.number) == (right.due, right.number)
        }

        static func < (left: Delayed, right: Delayed) -> Bool {
            (left.due, left.number) < (right.due, right.number)
        }
    }

    private var ready = [Deque<Entry>](repeating: [], count: 10)
    private var delayed = Heap<Delayed>()
    private var deliveries: [UInt64: Delivery] = [:]
    private var listeners: [UInt64: Listener] = [:]
    private var lastNumber: UInt64 = 0

    /// When the next of what waits for its time is due; nil when nothing does, or nobody listens.
    var nextDue: Duration? { listeners.isEmpty ? nil : delayed.min?.due }

    // MARK: Messages

    mutating func enqueue(_ message: BrokerMessage, after delay: Duration, now: Duration, at time: Timestamp) {
        let entry = Entry(number: takeNumber(), message: message, enqueuedAt: time)
        if delay > .zero {
            wait(.message(entry), until: now.saturatingSum(delay))
        } else {
            makeReady(entry)
        }
    }

    /// Moves what is due to what is ready.
    mutating func wake(at now: Duration) {
        while let next = delayed.min, next.due <= now {
            delayed.removeMin()
            switch next.waiting {
            case .message(let entry): makeReady(entry)
            case .held(let number):
                guard var entry = deliveries.removeValue(forKey: number)?.entry else { continue }
                entry.attempt += 1
                entry.isRedelivered = true
                makeReady(entry)
            }
        }
    }

    private mutating func takeNumber() -> UInt64 {
        lastNumber += 1
        return lastNumber
    }

    /// By its number and not at the end: what is given back was there before what waits.
    private mutating func makeReady(_ entry: Entry) {
        let priority = entry.message.priority
        var (low, high) = (0, ready[priority].count)
        while low < high {
            let middle = (low + high) / 2
            if ready[priority][middle].number < entry.number { low = middle + 1 } else { high = middle }
        }
        ready[priority].insert(entry, at: low)
    }

    private mutating func wait(_ waiting: Waiting, until due: Duration) {
        delayed.insert(Delayed(due: due, number: takeNumber(), waiting: waiting))
    }

    // MARK: Cancelling

    /// Where a task is that is to be cancelled.
    enum Place {
        /// It waited, and is taken out.
        case waiting
        /// It is with a listener, or on its way through its channel.
        case delivered(UInt64, DeliveryChannel)
        /// It has ended, and nobody will acknowledge it.
        case ended
    }

    /// Takes a task out that waits, or says who has it, and notes why, should it come back; nil when it is not here.
    mutating func cancel(_ taskID: TaskID, reason: String) -> Place? {
        for priority in ready.indices {
            guard let place = ready[priority].firstIndex(where: { $0.message.taskID == taskID }) else { continue }
            ready[priority].remove(at: place)
            return .waiting
        }
        let isDelayed = delayed.unordered.contains { $0.isMessage(of: taskID) }
        if isDelayed {
            delayed = Heap(delayed.unordered.filter { !$0.isMessage(of: taskID) })
            return .waiting
        }
        guard let (number, delivery) = deliveries.first(where: { $0.value.entry.message.taskID == taskID }) else {
            return nil
        }
        guard delivery.listener == nil else {
            if delivery.entry.cancellationReason == nil { deliveries[number]?.entry.cancellationReason = reason }
            return .delivered(number, delivery.channel)
        }
        deliveries[number] = nil
        return .ended
    }

    /// Why a delivery is to be cancelled; nil if it is not.
    func cancellationReason(_ number: UInt64) -> String? { deliveries[number]?.entry.cancellationReason }

    // MARK: Listeners

    mutating func listen(_ channel: DeliveryChannel, credit: Int) {
        listeners[takeNumber()] = Listener(channel: channel, credit: credit)
    }

    /// Forgets who listens; what is with them stays there until it is settled.
    mutating func stopListening() -> [DeliveryChannel] {
        defer { listeners = [:] }
        return listeners.values.map(\.channel)
    }

    /// Gives what is ready to those who have room for it, the most urgent first, to whoever has most room.
    ///
    /// - Returns: the deliveries by their numbers, each with the channel it goes through.
    mutating func dispatch() -> [(number: UInt64, entry: Entry, channel: DeliveryChannel)] {
        var assigned: [(UInt64, Entry, DeliveryChannel)] = []
        while let priority = ready.lastIndex(where: { !$0.isEmpty }), let id = roomiestListener,
            let entry = ready[priority].popFirst()
        {
            guard let channel = listeners[id]?.channel else { continue }
            let number = takeNumber()
            deliveries[number] = Delivery(entry: entry, channel: channel, listener: id)
            listeners[id]?.held += 1
            listeners[id]?.lastServed = number
            assigned.append((number, entry, channel))
        }
        return assigned
    }

    private var roomiestListener: UInt64? {
        listeners
            .filter { $0.value.held < $0.value.credit }
            .min { left, right in
                let rooms = (left.value.credit - left.value.held, right.value.credit - right.value.held)
                return rooms.0 != rooms.1 ? rooms.0 > rooms.1 : left.value.lastServed < right.value.lastServed
            }?
            .key
    }

    // MARK: Settling

    /// Notes that a delivery need not come again.
    ///
    /// - Returns: false when nobody holds it any more.
    mutating func acknowledge(_ number: UInt64) -> Bool {
        guard let delivery = deliveries[number] else { return false }
        if delivery.listener == nil {
            // Its task has ended: this was all that it was held for.
            deliveries[number] = nil
        } else {
            deliveries[number]?.isAcknowledged = true
        }
        return true
    }

    /// Ends a delivery; a second end of the same says nothing new.
    mutating func settle(
        _ number: UInt64,
        _ settlement: Settlement,
        heldFor limit: Duration,
        now: Duration,
        at time: Timestamp
    ) {
        guard let delivery = deliveries[number], let listener = delivery.listener else { return }
        listeners[listener]?.held -= 1
        if case .unacknowledged = settlement, !delivery.isAcknowledged {
            deliveries[number]?.listener = nil
            return wait(.held(number), until: now.saturatingSum(limit))
        }
        deliveries[number] = nil
        switch settlement {
        case .completed, .rejected, .unacknowledged: break
        case .requeued(let message, let delay): enqueue(message, after: delay, now: now, at: time)
        // Whoever acknowledges before the end has chosen to run it at most once.
        case .released: if !delivery.isAcknowledged { makeReady(delivery.entry) }
        }
    }
}

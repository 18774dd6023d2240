// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The operations that a client wants done, until the hub has answered.
///
/// Operations may be repeated, so each is sent again after every new greeting. A subscription stays after its answer:
/// it belongs to the session, and the next session has to be told of it.
struct PendingCalls {
    private struct Entry {
        var call: OperationCall
        var deadline: Int64
        var isSent = false
    }

    private var entries: [UInt64: Entry] = [:]
    private var subscription: (id: UInt64, call: OperationCall)?

    mutating func add(_ call: OperationCall, id: UInt64, deadline: Int64) {
        entries[id] = Entry(call: call, deadline: deadline)
        if call.operation == HubOperation.subscribeEvents.rawValue { subscription = (id, call) }
        if call.operation == HubOperation.unsubscribeEvents.rawValue { subscription = nil }
    }

    /// Takes one out; false when nobody waits for it.
    mutating func remove(_ id: UInt64) -> Bool {
        entries.removeValue(forKey: id) != nil
    }

    /// A session begins: everything is to be said in it, the subscription first.
    mutating func beginSession() -> [(id: UInt64, call: OperationCall)] {
        for id in entries.keys { entries[id]?.isSent = false }
        guard let subscription, entries[subscription.id] == nil else { return takeUnsent() }
        return [subscription] + takeUnsent()
    }

    /// What this session has not been told yet, in the order in which it was asked for.
    mutating func takeUnsent() -> [(id: UInt64, call: OperationCall)] {
        let unsent = entries.filter { !$0.value.isSent }.sorted { $0.key < $1.key }
        for (id, _) in unsent { entries[id]?.isSent = true }
        return unsent.map { ($0.key, $0.value.call) }
    }

    /// Takes out those whose time is over.
    mutating func takeLate(at now: Int64) -> [UInt64] {
        guard !entries.isEmpty else { return [] }
        let late = entries.filter { now >= $0.value.deadline }.keys.sorted()
        for id in late { entries[id] = nil }
        return late
    }

    mutating func takeAll() -> [UInt64] {
        defer { entries = [:] }
        return entries.keys.sorted()
    }
}

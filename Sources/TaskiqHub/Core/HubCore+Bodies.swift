// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqHubProtocol

// Bodies that are not in memory: all of those of an earlier life, and what does not fit.
extension HubCore {
    /// How many messages of a route are looked at for bodies that will be wanted soon.
    private static let mostAhead = 2048
    /// How many bytes such bodies may have.
    private static let mostBytesAhead = 4 * 1024 * 1024

    /// Has the body of a message read that a worker has room for.
    mutating func load(_ sequence: Int64, for identity: PeerIdentity) {
        // The room is kept for it, so that no more bodies are read than can be used.
        workers[identity]?.loading.insert(sequence)
        messages.update(sequence) { $0.state = .loading(for: identity) }
        guard let route = messages.look(at: sequence, { $0.route }) else { return }
        want(sequence)
        routes.noteLack(route)
    }

    /// Has a body read, unless it is being read.
    private mutating func want(_ sequence: Int64) {
        let largest = configuration.maximumBody
        let size = messages.update(sequence) { entry in
            defer { entry.isReading = true }
            return entry.isReading ? nil : entry.sizeToRead(largest)
        }
        guard let size = size ?? nil else { return }
        bytesBeingRead += size
        wantedBodies.append(sequence)
    }

    /// A body is there, or nobody waits for it any more.
    mutating func endReading(_ entry: MessageEntry) {
        if entry.isReading { bytesBeingRead -= entry.sizeToRead(configuration.maximumBody) }
    }

    /// Reads bodies before their turn comes, of routes whose workers had to wait for one.
    ///
    /// Without it each message would wait twice for the store: for its body, and then for its lease.
    mutating func readAhead() {
        var done: [RouteID] = []
        for route in routes.lacking {
            guard isServed(route) else {
                done.append(route)
                continue
            }
            let middle = routes.middleAhead(of: route)
            // Half of what is read ahead is left: nothing to do.
            if let middle, messages.look(at: middle, { $0.hasBody || $0.isReading }) ?? false { continue }
            let wanted = bodiesAhead(of: route)
            for sequence in wanted { want(sequence) }
            if middle == nil || wanted.isEmpty { done.append(route) }
        }
        routes.endLack(done)
    }

    /// The messages whose turn comes next and whose bodies are in the store alone.
    private mutating func bodiesAhead(of route: RouteID) -> [Int64] {
        var wanted: [Int64] = []
        var count = 0
        var room = Self.mostBytesAhead
        var memory = configuration.maximumCachedBodies + Self.mostBytesAhead - cachedBodyBytes - bytesBeingRead
        let largest = configuration.maximumBody
        routes.visitUpcoming(in: route, Self.mostAhead) { sequence in
            guard sequence < storedBelow else { return false }
            let lacks = messages.look(at: sequence) { entry in
                room -= entry.sizeToRead(largest)
                let lacks = entry.isReady && !entry.hasBody && !entry.isReading
                if lacks { memory -= entry.sizeToRead(largest) }
                return lacks
            }
            guard room >= 0, memory >= 0 else { return false }
            count += 1
            if lacks ?? false { wanted.append(sequence) }
            return true
        }
        routes.noteLookAhead(count, in: route)
        return wanted
    }

    /// Reads bodies back; those of messages that are still on their way to the store when they are there.
    mutating func readWantedBodies() {
        let stored = wantedBodies.filter { $0 < storedBelow }
        let coming = wantedBodies.filter { $0 >= storedBelow }
        wantedBodies = []
        if !stored.isEmpty { effects.append(.readBodies(stored)) }
        if !coming.isEmpty { afterCommit(.effect(.readBodies(coming))) }
    }

    /// Gives the room back that was kept for a message while its body was read.
    mutating func stopLoading(_ entry: MessageEntry) {
        guard case .loading(let identity) = entry.state else { return }
        workers[identity]?.loading.remove(entry.sequence)
        if workers[identity]?.suspect == entry.sequence { workers[identity]?.suspect = nil }
        mayDispatch = true
    }

    mutating func handle(_ bodies: [(sequence: Int64, body: StoredBody)]) {
        for (sequence, stored) in bodies {
            guard var entry = messages[sequence] else { continue }
            endReading(entry)
            messages.update(sequence) { $0.isReading = false }
            entry.isReading = false
            let body: [UInt8]
            switch stored {
            case .intact(let bytes): body = bytes
            case .damaged(let reason):
                // Whoever has it got a body that was right.
                if entry.leaseHolder == nil { quarantine(sequence, reason: reason) }
                continue
            }
            if !entry.hasBody { cachedBodyBytes += body.count }
            entry.body = body
            entry.hasBody = true
            messages[sequence] = entry
            if case .loading = entry.state {
                stopLoading(entry)
                queue(sequence)
            }
        }
    }
}

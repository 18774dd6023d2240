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
        let found = messages.update(sequence) { entry in
            entry.state = .loading(for: identity)
            defer { entry.isReading = true }
            return (entry.isReading, entry.route)
        }
        guard let (isReading, route) = found else { return }
        if !isReading { wantedBodies.append(sequence) }
        routes.noteLack(route)
    }

    /// Reads bodies before their turn comes, of routes whose workers had to wait for one.
    ///
    /// Without it each message would wait twice for the store: for its body, and then for its lease.
    mutating func readAhead() {
        var done: [RouteID] = []
        for route in routes.lacking {
            let middle = routes.upcoming(in: route, after: Self.mostAhead / 2)
            // Half of what is read ahead is left: nothing to do.
            if let middle, messages.look(at: middle, { $0.hasBody || $0.isReading }) ?? false { continue }
            let wanted = bodiesAhead(of: route)
            for sequence in wanted { messages.update(sequence) { $0.isReading = true } }
            wantedBodies += wanted
            if middle == nil || wanted.isEmpty { done.append(route) }
        }
        routes.endLack(done)
    }

    /// The messages whose turn comes next and whose bodies are in the store alone.
    private func bodiesAhead(of route: RouteID) -> [Int64] {
        var wanted: [Int64] = []
        var room = Self.mostBytesAhead
        var memory = configuration.maximumCachedBodies + Self.mostBytesAhead - cachedBodyBytes
        routes.visitUpcoming(in: route, Self.mostAhead) { sequence in
            guard sequence < storedBelow else { return false }
            let lacks = messages.look(at: sequence) { entry in
                room -= Int(entry.size)
                let lacks = entry.isReady && !entry.hasBody && !entry.isReading
                if lacks { memory -= Int(entry.size) }
                return lacks
            }
            guard room >= 0, memory >= 0 else { return false }
            if lacks ?? false { wanted.append(sequence) }
            return true
        }
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
            let body: [UInt8]
            switch stored {
            case .intact(let bytes): body = bytes
            case .damaged(let reason):
                quarantine(sequence, reason: reason)
                continue
            }
            if !entry.hasBody { cachedBodyBytes += body.count }
            entry.isReading = false
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

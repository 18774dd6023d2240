// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqHubProtocol

/// A route's number, as long as one of its messages lives.
struct RouteID: Hashable, Sendable {
    fileprivate var index: Int32
}

/// The routes of the messages that live: for each, what waits, and who could run it.
struct RouteTable {
    private struct Entry {
        var route: Route
        /// How many messages live.
        var count = 0
        var ready = ReadyQueue()
        var isListed = false
        var isLacking = false
        /// How many messages the last look ahead covered.
        var lookedAhead = 0
        /// The workers that serve it, as of some change of the workers.
        var servers: [PeerIdentity] = []
        var serversOf = -1
    }

    private var entries: [Entry] = []
    private var numbers: [Route: RouteID] = [:]
    private var free: [RouteID] = []
    private var idleCount = 0
    /// Routes that may have something ready.
    private(set) var waiting: [RouteID] = []
    /// Of those, the ones that nobody can run as things stand: a look at each of them at each delivery would be dear.
    private var parked: [RouteID] = []
    /// Routes whose turn came, and the body was not there: of those that come next some may be missing as well.
    private(set) var lacking: [RouteID] = []

    /// How many routes may be remembered that have no message.
    private static let maximumIdle = 1024
    /// How many routes are read ahead at a time.
    private static let maximumLacking = 16

    subscript(id: RouteID) -> Route { entries[Int(id.index)].route }

    /// How many messages of a route live.
    func count(of id: RouteID) -> Int { entries[Int(id.index)].count }

    /// The routes that have messages.
    var live: [RouteID] { numbers.values.filter { entries[Int($0.index)].count > 0 }.sorted { $0.index < $1.index } }

    /// Counts a message in.
    mutating func enter(_ route: Route) -> RouteID {
        let id: RouteID
        if let known = numbers[route] {
            id = known
            if entries[Int(id.index)].count == 0 { idleCount -= 1 }
        } else if let reused = free.popLast() {
            id = reused
            entries[Int(id.index)] = Entry(route: route)
            numbers[route] = id
        } else {
            id = RouteID(index: Int32(truncatingIfNeeded: entries.count))
            entries.append(Entry(route: route))
            numbers[route] = id
        }
        entries[Int(id.index)].count += 1
        return id
    }

    /// Counts a message out.
    mutating func leave(_ id: RouteID) {
        entries[Int(id.index)].count -= 1
        guard entries[Int(id.index)].count == 0 else { return }
        idleCount += 1
        if idleCount > Self.maximumIdle { forgetIdle() }
    }

    private mutating func forgetIdle() {
        for (route, id) in numbers where entries[Int(id.index)].count == 0 {
            numbers[route] = nil
            entries[Int(id.index)] = Entry(route: route)
            free.append(id)
        }
        // In an order that does not depend on that of a dictionary, so that a simulation can be replayed.
        free.sort { $0.index > $1.index }
        waiting.removeAll { entries[Int($0.index)].count == 0 }
        parked.removeAll { entries[Int($0.index)].count == 0 }
        lacking.removeAll { entries[Int($0.index)].count == 0 }
        idleCount = 0
    }

    // MARK: What waits

    mutating func insert(_ key: ReadyQueue.Key, in id: RouteID) {
        entries[Int(id.index)].ready.insert(key)
        guard !entries[Int(id.index)].isListed else { return }
        entries[Int(id.index)].isListed = true
        waiting.append(id)
    }

    mutating func remove(_ key: ReadyQueue.Key, from id: RouteID) {
        entries[Int(id.index)].ready.remove(key)
    }

    /// The message of a route whose turn it is; nil when nothing of it waits.
    mutating func next(in id: RouteID, oldest: Bool, where isValid: (Int64) -> Bool) -> ReadyQueue.Key? {
        oldest
            ? entries[Int(id.index)].ready.oldest(where: isValid)
            : entries[Int(id.index)].ready.first(where: isValid)
    }

    /// Takes routes off the list of which nothing waits.
    mutating func unlist(_ ids: [RouteID]) {
        guard !ids.isEmpty else { return }
        for id in ids { entries[Int(id.index)].isListed = false }
        waiting.removeAll { !entries[Int($0.index)].isListed }
    }

    /// Puts routes aside until something changes that could let them be run.
    mutating func park(_ ids: [RouteID]) {
        guard !ids.isEmpty else { return }
        parked += ids
        let aside = Set(ids)
        waiting.removeAll { aside.contains($0) }
    }

    /// Looks at all routes again: there are other workers, or a queue goes on.
    mutating func unpark() {
        guard !parked.isEmpty else { return }
        waiting += parked
        parked = []
    }

    // MARK: What is read ahead

    /// Notes that a body of a route was not there when its turn came.
    mutating func noteLack(_ id: RouteID) {
        guard !entries[Int(id.index)].isLacking, lacking.count < Self.maximumLacking else { return }
        entries[Int(id.index)].isLacking = true
        lacking.append(id)
    }

    /// Notes that routes have the bodies of what comes next.
    mutating func endLack(_ ids: [RouteID]) {
        guard !ids.isEmpty else { return }
        for id in ids {
            entries[Int(id.index)].isLacking = false
            entries[Int(id.index)].lookedAhead = 0
        }
        lacking.removeAll { !entries[Int($0.index)].isLacking }
    }

    /// The messages of a route in the order of their turns; see `ReadyQueue`.
    func visitUpcoming(in id: RouteID, _ count: Int, _ visit: (Int64) -> Bool) {
        entries[Int(id.index)].ready.visitUpcoming(count, visit)
    }

    /// The message in the middle of what the last look ahead covered; nil if there are not so many.
    func middleAhead(of id: RouteID) -> Int64? {
        entries[Int(id.index)].ready.upcoming(after: entries[Int(id.index)].lookedAhead / 2)
    }

    /// Notes how many messages a look ahead covered.
    mutating func noteLookAhead(_ count: Int, in id: RouteID) {
        entries[Int(id.index)].lookedAhead = count
    }

    // MARK: Who could run it

    /// The workers that serve a route.
    ///
    /// - Parameters:
    ///   - id: the route.
    ///   - version: how often the workers have changed.
    ///   - find: finds them when they have changed since the last call.
    /// - Returns: the workers, in the order of their sessions.
    mutating func servers(of id: RouteID, version: Int, find: (Route) -> [PeerIdentity]) -> [PeerIdentity] {
        if entries[Int(id.index)].serversOf != version {
            entries[Int(id.index)].serversOf = version
            entries[Int(id.index)].servers = find(entries[Int(id.index)].route)
        }
        return entries[Int(id.index)].servers
    }
}

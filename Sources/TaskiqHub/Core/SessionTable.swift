// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Sessions of peers: to ask for one property of a session costs no copy of all of it, as a dictionary's would.
struct SessionTable<Key: Hashable, Session> {
    private var places: [Key: Int] = [:]
    private var sessions: [Session?] = []
    /// Whose each session is; what is free keeps the key that it had.
    private var owners: [Key] = []
    private var free: [Int] = []

    /// As long as there are so few places, a look at each costs less than the hash of a key.
    private static var few: Int { 4 }

    var count: Int { places.count }

    var isEmpty: Bool { places.isEmpty }

    var keys: some Collection<Key> { places.keys }

    /// The sessions, in no particular order.
    var values: some Sequence<Session> { sessions.lazy.compactMap { $0 } }

    /// The sessions with their keys, in no particular order.
    var pairs: [(key: Key, value: Session)] {
        places.compactMap { key, place in sessions[place].map { (key, $0) } }
    }

    subscript(key: Key) -> Session? {
        _read {
            if let place = place(of: key) { yield sessions[place] } else { yield nil }
        }
        _modify {
            if let place = place(of: key) {
                yield &sessions[place]
                if sessions[place] == nil { release(place, of: key) }
            } else {
                var session: Session?
                yield &session
                if let session { insert(session, for: key) }
            }
        }
    }

    func contains(_ key: Key) -> Bool { place(of: key) != nil }

    private func place(of key: Key) -> Int? {
        guard owners.count <= Self.few else { return places[key] }
        for place in owners.indices where owners[place] == key && sessions[place] != nil { return place }
        return nil
    }

    /// Changes a session, or looks at it, where it lies; copies nothing.
    @discardableResult
    mutating func update<Value>(_ key: Key, _ body: (inout Session) -> Value) -> Value? {
        guard let place = place(of: key) else { return nil }
        return sessions[place].mutate(body)
    }

    mutating func removeValue(forKey key: Key) -> Session? {
        guard let place = place(of: key) else { return nil }
        let session = sessions[place].take()
        release(place, of: key)
        return session
    }

    private mutating func insert(_ session: Session, for key: Key) {
        if let place = free.popLast() {
            sessions[place] = session
            owners[place] = key
            places[key] = place
        } else {
            places[key] = sessions.count
            sessions.append(session)
            owners.append(key)
        }
    }

    private mutating func release(_ place: Int, of key: Key) {
        places[key] = nil
        free.append(place)
    }
}

extension SessionTable: Sendable where Key: Sendable, Session: Sendable {}

extension Optional {
    /// Changes the value, if there is one, without a copy of it.
    mutating func mutate<Value>(_ body: (inout Wrapped) -> Value) -> Value? {
        // Moved out and in, which copies no more than the bytes.
        guard var value = take() else { return nil }
        let result = body(&value)
        self = value
        return result
    }
}

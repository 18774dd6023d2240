// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Sessions of peers: to ask for one property of a session costs no copy of all of it, as a dictionary's would.
struct SessionTable<Key: Hashable, Session> {
    private var places: [Key: Int] = [:]
    private var sessions: [Session?] = []
    private var free: [Int] = []

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
            if let place = places[key] { yield sessions[place] } else { yield nil }
        }
        _modify {
            if let place = places[key] {
                yield &sessions[place]
                if sessions[place] == nil { release(place, of: key) }
            } else {
                var session: Session?
                yield &session
                if let session { insert(session, for: key) }
            }
        }
    }

    func contains(_ key: Key) -> Bool { places[key] != nil }

    /// Changes a session, or looks at it, where it lies; copies nothing.
    @discardableResult
    mutating func update<Value>(_ key: Key, _ body: (inout Session) -> Value) -> Value? {
        guard let place = places[key] else { return nil }
        return sessions[place].mutate(body)
    }

    mutating func removeValue(forKey key: Key) -> Session? {
        guard let place = places[key] else { return nil }
        let session = sessions[place].take()
        release(place, of: key)
        return session
    }

    private mutating func insert(_ session: Session, for key: Key) {
        if let place = free.popLast() {
            sessions[place] = session
            places[key] = place
        } else {
            places[key] = sessions.count
            sessions.append(session)
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

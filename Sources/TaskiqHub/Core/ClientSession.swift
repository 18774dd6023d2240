// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import DequeModule
import TaskiqHubProtocol

/// A client as the hub knows it.
struct ClientSession {
    let identity: PeerIdentity
    var session: UInt64
    var lastHeard: Int64
    var waits: Set<String> = []
    /// Its submissions of this session whose answer it may not have.
    private(set) var outstanding: Deque<(correlation: UInt64, key: PeerIdentity)> = []

    /// Of so many submissions a hub remembers that their client has not confirmed the answer; keys of others end with
    /// their time.
    private static let mostOutstanding = 65_536

    mutating func expectAnswer(to correlation: UInt64, _ key: PeerIdentity) {
        if outstanding.count >= Self.mostOutstanding { outstanding.removeFirst() }
        outstanding.append((correlation, key))
    }

    /// Takes the next submission out that is answered.
    mutating func nextAnswered(below limit: UInt64) -> PeerIdentity? {
        guard let first = outstanding.first, first.correlation < limit else { return nil }
        return outstanding.removeFirst().key
    }
}

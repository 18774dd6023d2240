// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import DequeModule
import TaskiqHubProtocol

/// A client as the hub knows it.
struct ClientSession {
    let identity: PeerIdentity
    var session: UInt64
    var lastHeard: Int64
    var waits: Set<TaskKey> = []
    /// Results that it waits for, and is sent when it has read what it was sent before.
    private var owed: Deque<String> = []
    /// Those of them that it still waits for.
    private var wanted: Set<TaskKey> = []
    private var sentBytes: Int64 = 0
    private var readBytes: Int64 = 0
    /// Its submissions of this session whose answer it may not have.
    private(set) var outstanding: Deque<(correlation: UInt64, key: PeerIdentity)> = []

    /// Of so many submissions a hub remembers that their client has not confirmed the answer; keys of others end with
    /// their time.
    private static let mostOutstanding = 65_536
    /// How many bytes of results a client is sent that it has not said to have read.
    private static let mostUnread: Int64 = 16 * 1024 * 1024
    /// How many results it is owed are looked up at a time.
    private static let mostAtATime = 32

    init(identity: PeerIdentity, session: UInt64, lastHeard: Int64) {
        self.identity = identity
        self.session = session
        self.lastHeard = lastHeard
    }

    mutating func expectAnswer(to correlation: UInt64, _ key: PeerIdentity) {
        if outstanding.count >= Self.mostOutstanding { outstanding.removeFirst() }
        outstanding.append((correlation, key))
    }

    /// Takes the next submission out that is answered.
    mutating func nextAnswered(below limit: UInt64) -> PeerIdentity? {
        guard let first = outstanding.first, first.correlation < limit else { return nil }
        return outstanding.removeFirst().key
    }

    /// Whether it has so much to read that it is sent no more.
    var isBehind: Bool { sentBytes - readBytes >= Self.mostUnread }

    /// Counts a result in that is about to be sent; while it is behind, the result is owed.
    mutating func mustWait(for taskID: String, size: Int) -> Bool {
        guard !isBehind else {
            owe(taskID)
            return true
        }
        sentBytes += Int64(size)
        return false
    }

    /// Remembers that it is to be sent a result that it waits for, and that is there.
    mutating func owe(_ taskID: String) {
        let task = TaskKey(taskID)
        if waits.contains(task), wanted.insert(task).inserted { owed.append(taskID) }
    }

    /// It has read so many bytes of results in this session.
    mutating func noteRead(_ bytes: Int64) {
        readBytes = max(readBytes, min(bytes, sentBytes))
    }

    /// Takes some of the results that it is owed, unless it is behind.
    mutating func takeOwed() -> [String] {
        guard !isBehind else { return [] }
        var taken: [String] = []
        while taken.count < Self.mostAtATime, let taskID = owed.popFirst() {
            if wanted.remove(TaskKey(taskID)) != nil { taken.append(taskID) }
        }
        return taken
    }

    /// Forgets a wait.
    ///
    /// - Returns: whether the hub knew of it.
    mutating func forgetWait(for task: TaskKey) -> Bool {
        wanted.remove(task)
        return waits.remove(task) != nil
    }
}

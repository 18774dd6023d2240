// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

/// Where it is kept which tasks are under way, so that none is sent twice.
///
/// The store that comes with the core lives in one process; an engine that all processes share can offer one for all.
public protocol UniqueKeyStore: Sendable {
    /// Claims a key for a task, unless another task holds it.
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - taskID: the task that is about to be sent; a task that holds the key already goes on holding it.
    ///   - period: for how long the key is held at most.
    /// - Returns: the task that holds the key now: this one, or the one that came first.
    /// - Throws: an error when the store cannot be asked; the task is then not sent.
    func claim(_ key: String, for taskID: TaskID, period: Duration) async throws -> TaskID

    /// Frees the key that a task holds; does nothing for a task that holds none.
    ///
    /// - Parameter taskID: the task.
    func release(_ taskID: TaskID) async
}

/// Keeps the keys in the memory of this process, and a bounded number of them.
///
/// When there are more, those that would end first are forgotten early: their tasks may then be sent again.
public final class InMemoryUniqueKeyStore: UniqueKeyStore {
    private struct Claim {
        let taskID: TaskID
        let end: Duration
    }

    private struct State {
        var claims: [String: Claim] = [:]
        var keys: [TaskID: String] = [:]
        /// The length of all keys.
        var bytes = 0

        mutating func remove(_ key: String) {
            guard let claim = claims.removeValue(forKey: key) else { return }
            keys[claim.taskID] = nil
            bytes -= key.utf8.count
        }

        mutating func insert(_ key: String, _ claim: Claim) {
            claims[key] = claim
            keys[claim.taskID] = key
            bytes += key.utf8.count
        }
    }

    private let state = Mutex(State())
    private let capacity: Int
    private let maxBytes: Int
    private let elapsed: @Sendable () -> Duration

    /// Makes an empty store.
    ///
    /// - Parameters:
    ///   - capacity: how many keys are kept at most.
    ///   - maxBytes: how long all keys together may be; a key is about as long as the arguments of its task.
    ///   - clock: what periods are measured by.
    public init<C: Clock<Duration>>(
        capacity: Int = 10_000,
        maxBytes: Int = 16_777_216,
        clock: C = ContinuousClock()
    ) {
        self.capacity = max(1, capacity)
        self.maxBytes = maxBytes
        let start = clock.now
        elapsed = { start.duration(to: clock.now) }
    }

    /// How many keys are kept, those included whose time is over and that are not forgotten yet.
    public var count: Int { state.withLock { $0.claims.count } }

    /// Claims a key for a task, unless another task holds it.
    ///
    /// - Throws: `TaskiqError` with code `invalidArguments` for a key that would push out too many others.
    public func claim(_ key: String, for taskID: TaskID, period: Duration) async throws -> TaskID {
        guard key.utf8.count <= maxBytes / 4 else {
            throw TaskiqError(
                .invalidArguments,
                "the arguments that make task \(taskID) unique have \(key.utf8.count) bytes, more than \(maxBytes / 4): "
                    + "say by UniqueIdentity which of them count"
            )
        }
        let now = elapsed()
        return state.withLock { state in
            if let claim = state.claims[key] {
                if claim.end > now { return claim.taskID }
                state.remove(key)
            }
            // One task holds one key: with other arguments it is another task, whatever its id.
            if let other = state.keys[taskID] { state.remove(other) }
            if state.claims.count >= capacity || state.bytes + key.utf8.count > maxBytes {
                makeRoom(for: key, &state, now)
            }
            state.insert(key, Claim(taskID: taskID, end: now + min(max(period, .zero), Self.longestPeriod)))
            return taskID
        }
    }

    /// Frees the key that a task holds.
    public func release(_ taskID: TaskID) async {
        state.withLock { state in
            if let key = state.keys[taskID] { state.remove(key) }
        }
    }

    /// Forgets what is over, and what would be over first; a quarter at least, so that this is not done for each claim.
    private func makeRoom(for key: String, _ state: inout State, _ now: Duration) {
        let (mostKeys, mostBytes) = (capacity - (capacity + 3) / 4, maxBytes - maxBytes / 4 - key.utf8.count)
        for (key, claim) in state.claims.sorted(by: { $0.value.end < $1.value.end }) {
            let fits = state.claims.count <= mostKeys && state.bytes <= mostBytes
            if fits, claim.end > now { break }
            state.remove(key)
        }
    }

    /// A thousand years; longer ones could overflow.
    private static let longestPeriod = Duration.seconds(31_556_952_000)
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import Taskiq

/// A clock that stands still until a test moves it.
///
/// What sleeps on it wakes when the test says so, in the order of the deadlines, so that a delay of a day takes no time:
///
/// ```swift
/// let clock = ManualClock()
/// let transport = InMemoryTransport(clock: clock)
/// …
/// try await clock.waitForSleepers()
/// clock.advance(by: .seconds(86_400))
/// ```
public final class ManualClock: Clock {
    /// A moment, as the time since the clock was made.
    public struct Instant: InstantProtocol {
        /// The time since the clock was made.
        public let offset: Duration

        /// Names a moment.
        ///
        /// - Parameter offset: the time since the clock was made.
        public init(offset: Duration) {
            self.offset = offset
        }

        /// The moment so much later, or the last there is.
        public func advanced(by duration: Duration) -> Instant { Instant(offset: offset.saturatingSum(duration)) }
        /// The time from this moment to another.
        public func duration(to other: Instant) -> Duration { other.offset - offset }
        /// By time.
        public static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct Sleeper {
        let id: UInt64
        let deadline: Instant
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct Watcher {
        let id: UInt64
        let count: Int
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Instant(offset: .zero)
        /// By deadline; of equal ones, who slept first.
        var sleepers: [Sleeper] = []
        var watchers: [Watcher] = []
        var lastID: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Makes a clock that shows zero.
    public init() {}

    /// What the clock shows.
    public var now: Instant { state.withLock { $0.now } }
    /// None: every deadline is kept exactly.
    public var minimumResolution: Duration { .zero }
    /// How many sleep on the clock now.
    public var sleeperCount: Int { state.withLock { $0.sleepers.count } }
    /// When the next of those that sleep will wake; nil when nobody sleeps.
    public var nextDeadline: Instant? { state.withLock { $0.sleepers.first?.deadline } }

    // MARK: Moving

    /// Moves the clock forward; who is to wake on the way wakes in the order of the deadlines.
    ///
    /// - Parameter duration: how far; less than nothing is nothing.
    public func advance(by duration: Duration) {
        // In one step, so that two who move the clock at a time move it by both durations.
        wake { $0.now.advanced(by: max(.zero, duration)) }
    }

    /// Moves the clock forward to a moment; one that is past leaves it where it is.
    ///
    /// - Parameter instant: the moment.
    public func advance(to instant: Instant) {
        wake { _ in instant }
    }

    /// Moves the clock to the next moment at which somebody wakes.
    ///
    /// - Returns: false when nobody sleeps; the clock stands still then.
    @discardableResult
    public func advanceToNextDeadline() -> Bool {
        wake { $0.sleepers.first?.deadline }
    }

    @discardableResult
    private func wake(until target: (State) -> Instant?) -> Bool {
        let awake = state.withLock { state -> ArraySlice<Sleeper>? in
            guard let target = target(state) else { return nil }
            state.now = max(state.now, target)
            let now = state.now
            let awake = state.sleepers.prefix { $0.deadline <= now }
            state.sleepers.removeFirst(awake.count)
            return awake
        }
        guard let awake else { return false }
        for sleeper in awake { sleeper.continuation.resume() }
        return true
    }

    // MARK: Waiting

    /// Sleeps until the clock is moved to a moment or past it.
    ///
    /// - Parameters:
    ///   - deadline: the moment.
    ///   - tolerance: of no meaning here.
    /// - Throws: `CancellationError`.
    public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        let id = takeID()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (isDue, watchers) = state.withLock { state -> (Bool, [Watcher]) in
                    guard deadline > state.now else { return (true, []) }
                    let index = state.sleepers.lastIndex { $0.deadline <= deadline }.map { $0 + 1 } ?? 0
                    state.sleepers.insert(Sleeper(id: id, deadline: deadline, continuation: continuation), at: index)
                    let count = state.sleepers.count
                    let satisfied = state.watchers.filter { $0.count <= count }
                    state.watchers.removeAll { $0.count <= count }
                    return (false, satisfied)
                }
                if isDue {
                    if Task.isCancelled {
                        continuation.resume(throwing: CancellationError())
                    } else {
                        continuation.resume()
                    }
                } else if Task.isCancelled {
                    // The handler may have run before there was a sleeper to wake.
                    cancelSleeper(id)
                }
                for watcher in watchers { watcher.continuation.resume() }
            }
        } onCancel: {
            cancelSleeper(id)
        }
    }

    /// Waits until so many sleep on the clock at a time, without moving it.
    ///
    /// - Parameter count: how many, at least.
    /// - Throws: `CancellationError`; give the test a time limit, so that it ends when they never come.
    public func waitForSleepers(_ count: Int = 1) async throws {
        let id = takeID()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isThere = state.withLock { state in
                    if state.sleepers.count >= count { return true }
                    state.watchers.append(Watcher(id: id, count: count, continuation: continuation))
                    return false
                }
                if isThere { continuation.resume() } else if Task.isCancelled { cancelWatcher(id) }
            }
        } onCancel: {
            cancelWatcher(id)
        }
    }

    private func takeID() -> UInt64 {
        state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
    }

    private func cancelSleeper(_ id: UInt64) {
        let sleeper = state.withLock { state in
            state.sleepers.firstIndex { $0.id == id }.map { state.sleepers.remove(at: $0) }
        }
        sleeper?.continuation.resume(throwing: CancellationError())
    }

    private func cancelWatcher(_ id: UInt64) {
        let watcher = state.withLock { state in
            state.watchers.firstIndex { $0.id == id }.map { state.watchers.remove(at: $0) }
        }
        watcher?.continuation.resume(throwing: CancellationError())
    }
}

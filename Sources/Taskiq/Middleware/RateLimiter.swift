// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

/// Decides when the next of its kind may go.
///
/// The one that comes with the core counts in one process; an engine that all processes share can offer one for all.
public protocol RateLimiter: Sendable {
    /// Asks for leave.
    ///
    /// - Parameters:
    ///   - key: what is limited, for example a task's name.
    ///   - limit: how often.
    ///   - patience: how long the caller is ready to wait where it is.
    /// - Returns: when it may go, or when it should ask again.
    /// - Throws: an error when nobody can say.
    func ask(_ key: String, limit: RateLimit, patience: Duration) async throws -> RateLimitAnswer
}

/// What a rate limiter says.
public enum RateLimitAnswer: Sendable, Hashable {
    /// Go after this time, which is within the patience; it is counted.
    case go(after: Duration)
    /// Ask again after this time; nothing is counted.
    case askAgain(after: Duration)
}

/// Counts in the memory of this process: a bucket of tokens for each key.
public final class InMemoryRateLimiter: RateLimiter {
    private struct Bucket {
        /// When the bucket will be full again, had nothing more been taken.
        var full: Duration
        /// When the last of those that were told to ask again will ask.
        var booked: Duration
    }

    private let buckets = Mutex<[String: Bucket]>([:])
    private let elapsed: @Sendable () -> Duration
    private let capacity: Int

    /// Makes a limiter whose buckets are full.
    ///
    /// - Parameters:
    ///   - capacity: how many keys are remembered at most.
    ///   - clock: what periods are measured by.
    public init<C: Clock<Duration>>(capacity: Int = 10_000, clock: C = ContinuousClock()) {
        self.capacity = max(1, capacity)
        let start = clock.now
        elapsed = { start.duration(to: clock.now) }
    }

    /// Takes a token, or says when there will be one.
    ///
    /// Those that are told to ask again are told different times, one interval apart, so that they do not all come back
    /// at once and are told to wait again.
    public func ask(_ key: String, limit: RateLimit, patience: Duration) async throws -> RateLimitAnswer {
        let now = elapsed()
        let interval = limit.interval
        return buckets.withLock { buckets in
            if buckets[key] == nil, buckets.count >= capacity { Self.makeRoom(&buckets, now, capacity) }
            var bucket = buckets[key] ?? Bucket(full: now, booked: now)
            defer { buckets[key] = bucket }
            let free = max(now, bucket.full) - interval * (limit.burst - 1)
            guard free - now > max(patience, .zero) else {
                bucket.full = max(now, bucket.full) + interval
                return .go(after: max(.zero, free - now))
            }
            let time = max(free, bucket.booked)
            bucket.booked = time + interval
            return .askAgain(after: time - now)
        }
    }

    /// Forgets buckets that are full, which is what a new one is; if there are none, the fullest.
    private static func makeRoom(_ buckets: inout [String: Bucket], _ now: Duration, _ capacity: Int) {
        let sorted = buckets.sorted { $0.value.full < $1.value.full }
        let full = sorted.prefix { $0.value.full <= now }.count
        for (key, _) in sorted.prefix(max(full, (capacity + 3) / 4)) { buckets[key] = nil }
    }
}

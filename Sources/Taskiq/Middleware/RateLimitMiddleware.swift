// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging

/// Runs tasks no more often than a limit allows, each task by its name.
///
/// The limit is the label `rate_limit` (`10/s`, `100/m`, `5/h`), else the one given for the task, else the default. A
/// task whose turn comes soon waits for it in the worker; any other is put back with a delay, so that it takes no other
/// task's place. That counts neither as an attempt nor as a retry.
///
/// By default the limit holds for each worker process: two processes run twice as many. A `RateLimiter` that several
/// processes share makes it one for all. On a transport that cannot delay, what is put back comes at once; a longer
/// `patience` then keeps it from going round.
public struct RateLimitMiddleware: TaskiqMiddleware {
    /// Where the limit is applied.
    public enum Side: Sendable, Hashable {
        /// Where tasks run.
        case worker
        /// Where tasks are sent: the sender waits, or gets an error when its turn is further away than the patience.
        case sender
    }

    private let defaultLimit: RateLimit?
    private let limits: [TaskName: RateLimit]
    private let side: Side
    private let patience: Duration
    private let limiter: any RateLimiter
    private let sleep: @Sendable (Duration) async throws -> Void

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - defaultLimit: the limit of each task that has none of its own; nil for none.
    ///   - limits: the limits of tasks that have one of their own.
    ///   - side: where the limit is applied.
    ///   - patience: how long a task is waited for where it is.
    ///   - limiter: what counts.
    ///   - clock: what waiting is measured by.
    public init(
        default defaultLimit: RateLimit? = nil,
        tasks limits: [TaskName: RateLimit] = [:],
        on side: Side = .worker,
        patience: Duration = .milliseconds(100),
        limiter: any RateLimiter = InMemoryRateLimiter(),
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.defaultLimit = defaultLimit
        self.limits = limits
        self.side = side
        self.patience = patience
        self.limiter = limiter
        sleep = { try await clock.sleep(for: $0.withinCentury) }
    }

    /// Makes the middleware with one limit for each task that has none by label.
    ///
    /// - Parameters:
    ///   - rate: how many times per period.
    ///   - period: the period.
    ///   - burst: how many may run at once after a pause.
    ///   - side: where the limit is applied.
    public init(rate: Int, per period: Duration, burst: Int = 1, on side: Side = .worker) {
        self.init(default: RateLimit(rate, per: period, burst: burst), on: side)
    }

    /// Waits for the task's turn, or puts its message back.
    public func preExecute(_ message: inout TaskiqMessage, context: Context) async throws {
        guard side == .worker, let limit = try limit(of: message) else { return }
        let answer: RateLimitAnswer
        do {
            answer = try await limiter.ask(message.taskName.rawValue, limit: limit, patience: patience)
        } catch {
            // To run it would break the limit, to fail it would lose it.
            context.logger.warning("a rate limit cannot be asked for", metadata: ["error.message": "\(error)"])
            try Self.putBack(message, after: .seconds(1), context)
        }
        switch answer {
        case .go(let delay):
            if delay > .zero { try await sleep(delay) }
        case .askAgain(let delay):
            context.logger.debug(
                "a task is over its rate limit and is put back",
                metadata: ["taskiq.delay": "\(delay.formattedShortly)"]
            )
            try Self.putBack(message, after: delay, context)
        }
    }

    /// Waits for the message's turn.
    public func preSend(_ message: inout TaskiqMessage) async throws {
        guard side == .sender, let limit = try limit(of: message) else { return }
        switch try await limiter.ask(message.taskName.rawValue, limit: limit, patience: patience) {
        case .go(let delay):
            if delay > .zero { try await sleep(delay) }
        case .askAgain(let delay):
            throw TaskiqError(
                .sendTask,
                "task \"\(message.taskName)\" is over its rate limit of \(limit.rate) per "
                    + "\(limit.period.formattedShortly); send it again in \(delay.formattedShortly)"
            )
        }
    }

    /// The delay that the message came with goes; what retries are computed from stays.
    private static func putBack(_ message: TaskiqMessage, after delay: Duration, _ context: Context) throws -> Never {
        let base = message.retries == 0 ? message.labels[.delay] : nil
        let isKnown = message.labels[.retryDelay] != nil
        // Transports count milliseconds: a delay that is cut off would end too early, and go round once more.
        let whole = Duration.milliseconds(delay.inMilliseconds)
        let delay = whole < delay ? whole + .milliseconds(1) : whole
        try context.retry(after: delay, labels: isKnown ? [] : base.map { [.label(.retryDelay, $0)] } ?? [])
    }

    private func limit(of message: TaskiqMessage) throws(TaskiqError) -> RateLimit? {
        guard let text = message.labels[.rateLimit] else { return limits[message.taskName] ?? defaultLimit }
        do {
            return try RateLimit(parsing: text)
        } catch {
            throw TaskiqError(error.code, "task \"\(message.taskName)\", label \"rate_limit\": \(error.message)")
        }
    }
}

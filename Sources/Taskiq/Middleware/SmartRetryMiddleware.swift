// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Runs failed tasks again after a delay.
///
/// Which tasks are retried, and how often, is decided as `SimpleRetryMiddleware` decides it. The delay before the first
/// retry is the message's label `delay`, else `defaultDelay`; with `useDelayExponent` it doubles with each retry (base,
/// 2·base, 4·base …) up to `maxDelayExponent`.
///
/// Python's middleware of this name grows the delay by its own factor each time (base, 2·base, 6·base …), since it
/// multiplies what it wrote into the label `delay` before. Here the delay is computed from the base alone: a base that
/// came with the message is kept in the label `_retry_delay`. The label `delay` holds the delay that this retry waits,
/// as Python writes it.
///
/// The delay is kept by the transport, so that it survives the worker. On a transport that cannot delay (PUB/SUB), the retry
/// comes at once; the waiting is not done in the worker, where it would take the place of other tasks.
public struct SmartRetryMiddleware: TaskiqMiddleware {
    /// Chance in the delay, so that tasks that failed together are not run again together.
    public struct Jitter: Sendable, Hashable {
        enum Kind: Sendable, Hashable {
            case none, upTo(Double), full, plusMinus(Double)
        }

        let kind: Kind

        /// None.
        public static let none = Jitter(kind: .none)
        /// Anything from nothing to the delay.
        public static let full = Jitter(kind: .full)
        /// Up to one second on top: Python's `use_jitter`.
        public static let upToOneSecond = Jitter(kind: .upTo(1))

        /// Something from nothing to a duration on top of the delay.
        public static func upTo(_ most: Duration) -> Jitter {
            Jitter(kind: .upTo(max(0, most.inSeconds)))
        }

        /// Up to a share of the delay more or less; a share lies between 0 and 1.
        public static func plusMinus(_ share: Double) -> Jitter {
            Jitter(kind: .plusMinus(share.isNaN ? 0 : min(max(0, share), 1)))
        }
    }

    private let rule: RetryRule
    private let defaultDelay: Double
    private let backOff: BackOff
    private let random: @Sendable () -> Double

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - defaultRetryCount: how often tasks without the label `max_retries` run at most, the first time included.
    ///   - defaultRetryLabel: whether tasks without the label `retry_on_error` are retried.
    ///   - noResultOnRetry: whether no result is stored for an attempt that is followed by another; see
    ///     `SimpleRetryMiddleware`.
    ///   - defaultDelay: the delay of tasks without the label `delay`.
    ///   - jitter: chance in the delay.
    ///   - useDelayExponent: whether the delay doubles with each retry.
    ///   - maxDelayExponent: the longest delay of one that doubles, before jitter.
    ///   - condition: the errors that tasks are retried for; `Broker.retry(_:on:)` says it for one task.
    public init(
        defaultRetryCount: Int = 3,
        defaultRetryLabel: Bool = false,
        noResultOnRetry: Bool = true,
        defaultDelay: Duration = .seconds(5),
        jitter: Jitter = .none,
        useDelayExponent: Bool = false,
        maxDelayExponent: Duration = .seconds(60),
        retryOn condition: RetryCondition = .anyError
    ) {
        self.init(
            rule: RetryRule(
                defaultRetryCount: defaultRetryCount,
                defaultRetryLabel: defaultRetryLabel,
                noResultOnRetry: noResultOnRetry,
                condition: condition
            ),
            defaultDelay: defaultDelay,
            backOff: BackOff(
                isExponential: useDelayExponent,
                limit: max(0, maxDelayExponent.inSeconds),
                jitter: jitter
            )
        ) { Double.random(in: 0..<1) }
    }

    init(rule: RetryRule, defaultDelay: Duration, backOff: BackOff, random: @escaping @Sendable () -> Double) {
        self.rule = rule
        self.defaultDelay = max(0, defaultDelay.inSeconds)
        self.backOff = backOff
        self.random = random
    }

    /// Puts the message of a failed task back, to be delivered after the delay.
    public func onError(
        _ error: any Error,
        message: TaskiqMessage,
        result: inout StoredResult,
        context: Context
    ) async throws {
        guard let number = rule.nextRetry(after: error, of: message, in: context) else { return }
        let own = Self.ownBase(of: message)
        let delay = backOff.delay(before: number, base: own ?? defaultDelay, random: random)
        try await rule.retry(number, after: delay, labels: own.map { [.label(.retryDelay, $0)] } ?? [], of: context)
    }

    /// The base that the message brought; the label `delay` of a retry is no base, but what that retry waited.
    private static func ownBase(of message: TaskiqMessage) -> Double? {
        let label = message.labels[.retryDelay] ?? (message.retries == 0 ? message.labels[.delay] : nil)
        guard let label, label >= 0, label.isFinite else { return nil }
        return label
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// How long to wait before a retry.
struct BackOff: Sendable {
    /// Whether the delay doubles with each retry.
    let isExponential: Bool
    /// The longest delay of one that doubles, in seconds.
    let limit: Double
    let jitter: SmartRetryMiddleware.Jitter

    /// The delay before a retry.
    ///
    /// - Parameters:
    ///   - retry: its number, from 1.
    ///   - base: the delay before the first one, in seconds.
    ///   - random: a number from 0 up to 1.
    /// - Returns: the delay.
    func delay(before retry: Int, base: Double, random: () -> Double) -> Duration {
        var seconds = base
        if isExponential {
            // Beyond a thousand doublings any limit is passed, and a power of two would no longer be finite.
            seconds = min(base * Double(sign: .plus, exponent: min(max(0, retry - 1), 1000), significand: 1), limit)
        }
        switch jitter.kind {
        case .none: break
        case .upTo(let most): seconds += random() * most
        case .full: seconds *= random()
        case .plusMinus(let share): seconds *= 1 + share * (2 * random() - 1)
        }
        return .seconds(min(max(0, seconds), Self.longest))
    }

    /// Labels come from outside: a delay that is none, or of more than thirty years, must not trap.
    static let longest = 1e9
}

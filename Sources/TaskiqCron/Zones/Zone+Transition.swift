// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension Zone {
    /// A change of a zone's offset.
    public struct Transition: Hashable, Sendable {
        /// The first instant with the new offset.
        public let timestamp: Timestamp
        /// The offset from UTC until then, in seconds.
        public let offsetBefore: Int
        /// The offset from UTC from then on, in seconds.
        public let offsetAfter: Int

        /// How far clocks are set forward, negative if they are set back.
        public var jump: Duration { .seconds(offsetAfter - offsetBefore) }
    }

    /// The first transition later than an instant.
    ///
    /// - Returns: The transition, or nil if the offset never changes again before the year 10000.
    public func transition(after timestamp: Timestamp) -> Transition? {
        let span = rules.span(at: Int(timestamp.secondsSinceEpoch))
        return transition(at: span.end)
    }

    /// The last transition that is not later than an instant.
    ///
    /// - Returns: The transition, or nil if the offset was the same at all earlier times.
    public func transition(atOrBefore timestamp: Timestamp) -> Transition? {
        let span = rules.span(at: Int(timestamp.secondsSinceEpoch))
        return transition(at: span.start)
    }

    private func transition(at seconds: Int) -> Transition? {
        let timestamp = Timestamp(secondsSinceEpoch: Int64(seconds))
        // Not the same if it lies outside the range of timestamps.
        guard timestamp.secondsSinceEpoch == Int64(seconds) else { return nil }
        return Transition(
            timestamp: timestamp,
            offsetBefore: rules.span(at: seconds - 1).offset,
            offsetAfter: rules.span(at: seconds).offset
        )
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The instants at which an expression fires in a zone, in ascending order.
///
/// The sequence is lazy and can be iterated any number of times; each iteration starts anew.
public struct CronOccurrences: LazySequenceProtocol, IteratorProtocol, Sendable {
    private let expression: CronExpression
    private let zone: Zone
    private let policy: TransitionPolicy
    private let end: Timestamp
    private var last: Timestamp?

    init(expression: CronExpression, zone: Zone, policy: TransitionPolicy, last: Timestamp, end: Timestamp) {
        self.expression = expression
        self.zone = zone
        self.policy = policy
        self.last = last
        self.end = end
    }

    /// The next instant, or nil at the end of the sequence.
    public mutating func next() -> Timestamp? {
        guard let last else { return nil }
        let next = expression.next(after: last, in: zone, policy: policy)
        self.last = next.flatMap { $0 < end ? $0 : nil }
        return self.last
    }
}

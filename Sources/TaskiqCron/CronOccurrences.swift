// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The instants at which an expression fires in a zone, in ascending order.
///
/// The sequence is lazy and can be iterated any number of times; each iteration starts anew.
public struct CronOccurrences: LazySequenceProtocol, IteratorProtocol, Sendable {
    private let expression: CronExpression
    private let zone: Zone
    private var last: Timestamp?

    init(expression: CronExpression, zone: Zone, last: Timestamp) {
        self.expression = expression
        self.zone = zone
        self.last = last
    }

    /// The next instant, or nil after the year 2199.
    public mutating func next() -> Timestamp? {
        guard let last else { return nil }
        self.last = expression.next(after: last, in: zone)
        return self.last
    }
}

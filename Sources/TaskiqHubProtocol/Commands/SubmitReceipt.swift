// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A submission's message is stored.
public struct SubmitReceipt: Sendable, Hashable {
    /// Which submission, as its client numbered it.
    public var correlation: UInt64
    /// The message's number.
    public var sequence: Int64
    /// Whether it was stored before, and this was a repetition.
    public var isDuplicate: Bool

    /// Makes a receipt.
    ///
    /// - Parameters:
    ///   - correlation: which submission, as its client numbered it.
    ///   - sequence: the message's number.
    ///   - isDuplicate: whether this was a repetition.
    public init(correlation: UInt64, sequence: Int64, isDuplicate: Bool) {
        self.correlation = correlation
        self.sequence = sequence
        self.isDuplicate = isDuplicate
    }
}

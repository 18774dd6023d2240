// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Changes that are made together or not at all.
public struct StoreGroup: Sendable {
    /// Which group of this life of the hub it is, from 1.
    public var number: Int64
    /// The changes, in order.
    public var operations: [StoreOperation]

    /// Makes a group.
    ///
    /// - Parameters:
    ///   - number: which group of this life of the hub it is.
    ///   - operations: the changes, in order.
    public init(number: Int64, operations: [StoreOperation]) {
        self.number = number
        self.operations = operations
    }
}

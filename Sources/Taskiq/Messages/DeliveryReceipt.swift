// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// How a transport is told what became of a delivery.
public protocol DeliveryReceipt: Sendable {
    /// A worker begins with the delivery, before it reads the message: what ends its process from now on may be its doing.
    func taken()

    /// The task begins now.
    func started()

    /// The message need not be delivered again, whatever becomes of it; returns when the broker has stored that.
    ///
    /// - Throws: `TaskiqError` when the broker no longer holds the delivery, or cannot acknowledge.
    func acknowledge() async throws

    /// The delivery is over. Returns at once: the transport repeats it until the broker has stored it.
    ///
    /// - Parameter settlement: what became of it.
    func settle(_ settlement: Settlement)
}

extension DeliveryReceipt {
    /// Nothing is noted.
    public func taken() {}
}

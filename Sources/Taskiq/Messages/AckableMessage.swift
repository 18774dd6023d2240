// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A message in a worker's hands, with the receipt by which its transport is told what became of it.
public struct AckableMessage: Sendable {
    /// The encoded message.
    public let data: [UInt8]
    /// What the transport knows of this delivery.
    public let info: DeliveryInfo
    /// Tells the transport what became of it.
    public let receipt: any DeliveryReceipt

    /// Makes a delivered message.
    ///
    /// - Parameters:
    ///   - data: the encoded message.
    ///   - info: what the transport knows of this delivery.
    ///   - receipt: tells the transport what became of it.
    public init(data: [UInt8], info: DeliveryInfo, receipt: any DeliveryReceipt) {
        self.data = data
        self.info = info
        self.receipt = receipt
    }
}

/// How a transport is told what became of a delivery.
public protocol DeliveryReceipt: Sendable {
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

/// What became of a delivery.
public enum Settlement: Sendable {
    /// The task ran to its end, well or not; the result is stored together with the acknowledgement.
    ///
    /// Nil when there is nothing to store, or another result backend has stored it.
    case completed(StoredResult?)
    /// The task asked to be run again, with this message, not before the delay has passed.
    case requeued(BrokerMessage, after: Duration)
    /// The task, or the worker, refused the message for good: it goes to the dead letters.
    case rejected(reason: String, StoredResult?)
    /// The task was never started; somebody else may have it.
    case released
}

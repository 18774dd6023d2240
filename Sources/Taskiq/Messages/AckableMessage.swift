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
    /// Why it is not to be run; nil if it is.
    var cancellationReason: String?

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

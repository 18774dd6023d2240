// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqCron

/// A message on its way to a worker.
public struct TaskDelivery: Sendable, Hashable {
    /// The delivery.
    public var lease: LeaseKey
    /// The queue it came from.
    public var queue: String
    /// When the hub accepted it.
    public var enqueuedAt: Timestamp
    /// Whether an earlier delivery was started and did not end.
    public var isRedelivered: Bool
    /// Whether nobody but the worker that has it now may run it.
    public var isFenced = false
    /// The encoded message.
    public var body: [UInt8]

    /// Makes a delivery.
    ///
    /// - Parameters:
    ///   - lease: the delivery.
    ///   - queue: the queue it came from.
    ///   - enqueuedAt: when the hub accepted it.
    ///   - isRedelivered: whether an earlier delivery was started and did not end.
    ///   - body: the encoded message.
    public init(lease: LeaseKey, queue: String, enqueuedAt: Timestamp, isRedelivered: Bool, body: [UInt8]) {
        self.lease = lease
        self.queue = queue
        self.enqueuedAt = enqueuedAt
        self.isRedelivered = isRedelivered
        self.body = body
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqCron

/// What a transport knows of one delivery of a message.
public struct DeliveryInfo: Sendable, Hashable {
    /// Which delivery of the message this is, from 1.
    public var attempt: Int
    /// Whether an earlier delivery was started and did not end.
    public var isRedelivered: Bool
    /// The queue it came from.
    public var queue: String
    /// The message's identity, where the transport knows it without reading the message.
    public var taskID: TaskID?
    /// When the broker accepted the message; nil where the transport does not say.
    public var enqueuedAt: Timestamp?

    /// Makes the description of a delivery.
    ///
    /// - Parameters:
    ///   - attempt: which delivery this is, from 1.
    ///   - isRedelivered: whether an earlier one was started and did not end.
    ///   - queue: the queue it came from.
    ///   - taskID: the message's identity, where the transport knows it without reading the message.
    ///   - enqueuedAt: when the broker accepted the message.
    public init(
        attempt: Int = 1,
        isRedelivered: Bool = false,
        queue: String = BrokerMessage.defaultQueue,
        taskID: TaskID? = nil,
        enqueuedAt: Timestamp? = nil
    ) {
        self.attempt = attempt
        self.isRedelivered = isRedelivered
        self.queue = queue
        self.taskID = taskID
        self.enqueuedAt = enqueuedAt
    }
}

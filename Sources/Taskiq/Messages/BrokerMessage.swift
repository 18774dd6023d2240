// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What a transport is given to deliver: the encoded message, and what it needs to know without decoding it.
public struct BrokerMessage: Sendable {
    /// The message's identity.
    public var taskID: TaskID
    /// Which task is called.
    public var taskName: TaskName
    /// The encoded message; transports pass it on as it is.
    public var message: [UInt8]
    /// The labels, for routing, priority and delay.
    public var labels: Labels

    /// Makes a message for a transport.
    ///
    /// - Parameters:
    ///   - taskID: the message's identity.
    ///   - taskName: which task is called.
    ///   - message: the encoded message.
    ///   - labels: the labels, for routing, priority and delay.
    public init(taskID: TaskID, taskName: TaskName, message: [UInt8], labels: Labels) {
        self.taskID = taskID
        self.taskName = taskName
        self.message = message
        self.labels = labels
    }
}

extension BrokerMessage {
    /// The queue of messages that name none.
    public static let defaultQueue = "default"

    /// The queue it goes to: label `queue_name`, else `default`.
    public var queue: String { labels[.queueName] ?? Self.defaultQueue }

    /// Priority 0 to 9: label `priority`, moved into the range.
    public var priority: Int { min(max(labels[.priority] ?? 0, 0), 9) }

    /// How long it waits before it may start: label `delay`, in seconds; nil for no wait.
    public var delay: Duration? { duration(.delay) }

    /// How long after its sending it may start: label `expires`, in seconds; nil for ever.
    public var expires: Duration? { duration(.expires) }

    private func duration(_ label: Label<Double>) -> Duration? {
        guard let seconds = labels[label], seconds > 0, seconds.isFinite else { return nil }
        return .milliseconds(Int64(min(seconds * 1000, 9e15)))
    }
}

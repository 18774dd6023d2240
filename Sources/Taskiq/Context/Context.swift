// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Logging

/// What a running task may know and ask.
public struct Context: Sendable {
    /// The context of the task that is running, for code that was not handed one.
    @TaskLocal public static var current: Context?

    /// The message.
    public var message: TaskiqMessage
    /// The broker that received it; tasks may send through it.
    public let broker: Broker
    /// What the transport knows of this delivery.
    public let delivery: DeliveryInfo
    /// When the task's time is up; nil without a limit.
    public var deadline: ContinuousClock.Instant?
    /// A logger that carries the task's id and name.
    public let logger: Logger
    let receipt: any DeliveryReceipt

    /// Which delivery of the message this is, from 1.
    public var attempt: Int { delivery.attempt }
    /// The values that event handlers put aside.
    public var state: TaskiqState { broker.state }

    /// Tells the broker now that the message need not be delivered again.
    ///
    /// - Throws: `TaskiqError` when the broker no longer holds the delivery.
    public func acknowledge() async throws {
        try await receipt.acknowledge()
    }

    /// Ends the task and puts its message back into the queue; no result is stored.
    ///
    /// - Parameters:
    ///   - delay: how long the message waits before it may run again.
    ///   - labels: labels laid over those of the message.
    /// - Throws: always, to end the task.
    public func requeue(after delay: Duration = .zero, labels: Labels = []) throws -> Never {
        var message = message
        message.labels[.delay] = nil
        message.labels.merge(labels)
        // The count comes from outside, so it may be anything.
        let count = message.labels[.requeueCount] ?? 0
        message.labels[.requeueCount] = count == .max ? count : count + 1
        throw TaskControl.requeue(message, after: delay)
    }

    /// Ends the task and sends its message to the dead letters; whoever waits gets an error result.
    ///
    /// - Parameter reason: why; it is kept with the dead letter.
    /// - Throws: always, to end the task.
    public func reject(_ reason: String = "rejected by the task") throws -> Never {
        throw TaskControl.reject(reason)
    }

    /// Ends the task and stores no result.
    ///
    /// - Throws: always, to end the task.
    public func skipResult() throws -> Never {
        throw TaskiqError(.noResult, "the task asked for no result")
    }
}

/// How a task leaves by another door than returning or failing.
enum TaskControl: Error {
    case requeue(TaskiqMessage, after: Duration)
    case reject(String)
}

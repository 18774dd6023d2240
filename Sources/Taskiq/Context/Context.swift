// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Logging

/// What a running task may know and ask.
public struct Context: Sendable {
    /// The context of the task that is running, for code that was not handed one.
    @TaskLocal public static var current: Context?

    private struct Fields {
        var message: TaskiqMessage
        let broker: Broker
        let delivery: DeliveryInfo
        var deadline: ContinuousClock.Instant?
        var outcome: TaskOutcome?
        let acknowledgement: Acknowledgement
        let dependencies = DependencyScope()
    }

    // Always one. It is an array because a context is handed on at every step of a task: so that costs one reference.
    private var fields: [Fields]

    init(
        message: TaskiqMessage,
        broker: Broker,
        delivery: DeliveryInfo,
        deadline: ContinuousClock.Instant? = nil,
        acknowledgement: Acknowledgement
    ) {
        fields = [
            Fields(
                message: message,
                broker: broker,
                delivery: delivery,
                deadline: deadline,
                acknowledgement: acknowledgement
            )
        ]
    }

    /// The message.
    public var message: TaskiqMessage {
        get { fields[0].message }
        set { fields[0].message = newValue }
    }
    /// The broker that received it; tasks may send through it.
    public var broker: Broker { fields[0].broker }
    /// What the transport knows of this delivery.
    public var delivery: DeliveryInfo { fields[0].delivery }
    /// When the task's time is up; nil without a limit.
    public var deadline: ContinuousClock.Instant? {
        get { fields[0].deadline }
        set { fields[0].deadline = newValue }
    }
    /// How the task ended, for `postExecute`; nil before.
    public internal(set) var outcome: TaskOutcome? {
        get { fields[0].outcome }
        set { fields[0].outcome = newValue }
    }
    /// A logger that carries the task's id and name.
    ///
    /// It is made when it is asked for: most tasks log nothing.
    public var logger: Logger {
        var logger = broker.logger
        logger[metadataKey: "taskiq.task.id"] = "\(message.taskID)"
        logger[metadataKey: "taskiq.task.name"] = "\(message.taskName)"
        return logger
    }
    /// The context of the message that a middleware hands on in place of this one.
    func following(_ message: TaskiqMessage) -> Context {
        var context = self
        let limit = Receiver.timeLimit(of: message)
        // The time runs from when the task begins.
        if limit != Receiver.timeLimit(of: context.message) {
            context.deadline = limit.map { ContinuousClock.now + .seconds($0) }
        }
        context.message = message
        return context
    }

    var acknowledgement: Acknowledgement { fields[0].acknowledgement }
    var dependencies: DependencyScope { fields[0].dependencies }

    /// Which delivery of the message this is, from 1.
    public var attempt: Int { delivery.attempt }
    /// Whether an earlier delivery of the message was started and did not end: its work may be half done.
    public var isRedelivered: Bool { delivery.isRedelivered }
    /// The values that event handlers put aside.
    public var state: TaskiqState { broker.state }
    /// Whether the message was acknowledged already.
    public var isAcknowledged: Bool { acknowledgement.isAcknowledged }
    var receipt: any DeliveryReceipt { acknowledgement.receipt }

    /// Tells the broker now that the message need not be delivered again; a second call does nothing.
    ///
    /// - Throws: `TaskiqError` when the broker no longer holds the delivery, or cannot acknowledge.
    public func acknowledge() async throws {
        try await acknowledgement.acknowledge()
    }

    /// Says how far the task is, to whoever asks for it by the task's handle.
    ///
    /// - Parameter progress: how far; it takes the place of what was said before.
    /// - Throws: an error when the result backend does not keep it.
    public func report(_ progress: TaskProgress) async throws {
        try await broker.resultBackend.setProgress(progress, for: message.taskID)
    }

    /// Says how far the task is, to whoever asks for it by the task's handle.
    ///
    /// - Parameters:
    ///   - state: the stage it is in.
    ///   - meta: anything else; it travels as JSON.
    /// - Throws: an error when the value cannot be encoded, or the result backend does not keep it.
    public func report(_ state: TaskState, meta: some Encodable & Sendable) async throws {
        try await report(TaskProgress(state: state, meta: try JSONFragment(encoding: meta)))
    }

    /// Ends the task and puts its message back into the queue; no result is stored.
    ///
    /// - Parameters:
    ///   - delay: how long the message waits before it may run again.
    ///   - labels: labels laid over those of the message.
    /// - Throws: always, to end the task.
    public func requeue(after delay: Duration = .zero, labels: Labels = []) throws -> Never {
        var message = messageToRunAgain(labels)
        // The count comes from outside, so it may be anything.
        let count = message.labels[.requeueCount] ?? 0
        message.labels[.requeueCount] = count == .max ? count : count + 1
        throw TaskControl.requeue(message, after: delay)
    }

    /// Ends the task and has its message delivered once more, as a retry: it keeps its id, and its labels but for the
    /// delay; no result is stored.
    ///
    /// The message is put back in one step with the end of this delivery, so that a retry is neither lost nor doubled.
    ///
    /// - Parameters:
    ///   - delay: how long the message waits before it may run again.
    ///   - labels: labels laid over those of the message.
    /// - Throws: always, to end the task.
    public func retry(after delay: Duration = .zero, labels: Labels = []) throws -> Never {
        throw TaskControl.requeue(messageToRunAgain(labels), after: delay)
    }

    /// The delay was waited for already.
    private func messageToRunAgain(_ labels: Labels) -> TaskiqMessage {
        var message = message
        message.labels[.delay] = nil
        message.labels.merge(labels)
        return message
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

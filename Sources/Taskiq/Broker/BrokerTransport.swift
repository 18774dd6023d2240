// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What a broker needs of an engine: to take messages, to deliver them to workers, to start and to stop.
///
/// What only some engines can do (store results, cancel, inspect) is asked for by small protocols of their own.
public protocol BrokerTransport: Sendable {
    /// The address, for logs and error messages.
    var address: String { get }

    /// The result backend that comes with the transport; used unless the broker is given another.
    var resultBackend: (any ResultBackend)? { get }

    /// Whether the broker runs a worker of its own, in this process, from startup to shutdown.
    var runsTasksInProcess: Bool { get }

    /// Gets ready to send; need not wait until the engine can be reached.
    func startup() async throws

    /// Sends a message; returns when the engine has accepted it as durably as it can.
    ///
    /// - Parameter message: the message.
    /// - Throws: `TaskiqError`: nothing is known to be enqueued.
    func kick(_ message: BrokerMessage) async throws

    /// Begins to take messages for this process.
    ///
    /// - Parameter subscription: what this worker can run, and how much at a time.
    /// - Returns: the channel that deliveries come through.
    /// - Throws: `TaskiqError` when the engine refuses this worker.
    func listen(_ subscription: WorkerSubscription) async throws -> DeliveryChannel

    /// Announces tasks that were registered, or taken away, while messages are taken.
    ///
    /// - Parameter catalogue: all tasks that this worker knows now.
    func announce(_ catalogue: TaskCatalogue) async

    /// Takes no more messages; those that were delivered may still be settled.
    func stopListening() async

    /// Hands over what is not settled yet, says goodbye and closes; bounded in time.
    func shutdown() async
}

extension BrokerTransport {
    /// None.
    public var resultBackend: (any ResultBackend)? { nil }
    /// False: tasks run in workers.
    public var runsTasksInProcess: Bool { false }
    /// Does nothing: engines that deliver any task to any worker need not know.
    public func announce(_ catalogue: TaskCatalogue) async {}
}

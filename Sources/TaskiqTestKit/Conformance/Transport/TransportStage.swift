// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import Taskiq

/// Where a check of a transport takes place: it connects, listens and sends, and cleans up at the end.
final class TransportStage: Sendable {
    let subject: TransportUnderTest
    private let transports = Mutex<[any BrokerTransport]>([])
    private let listeners = Mutex<[Listener]>([])

    init(_ subject: TransportUnderTest) {
        self.subject = subject
    }

    /// A connection that is started.
    func connect() async throws -> any BrokerTransport {
        let transport = try await subject.connect()
        transports.withLock { $0.append(transport) }
        try await transport.startup()
        return transport
    }

    /// Listens on a connection of its own.
    func listen(
        tasks: [TaskName] = ["t"],
        queues: [String] = [BrokerMessage.defaultQueue],
        concurrency: Int = 100,
        prefetch: Int = 0
    ) async throws -> Listener {
        let transport = try await connect()
        let subscription = WorkerSubscription(
            catalogue: Self.catalogue(tasks),
            queues: queues,
            concurrency: concurrency,
            prefetch: prefetch
        )
        let listener = Listener(
            transport: transport,
            channel: try await transport.listen(subscription),
            timeLimit: subject.timeLimit
        )
        listeners.withLock { $0.append(listener) }
        return listener
    }

    static func catalogue(_ tasks: [TaskName]) -> TaskCatalogue {
        TaskCatalogue(
            application: "conformance",
            tasks: tasks.map { TaskDescription(name: $0, labels: []) }
        )
    }

    /// Ends everything that a check began.
    func close() async throws {
        let subject = subject
        _ = try await within(subject.timeLimit, "a connection closes in time") { [self] in
            for listener in listeners.withLock({ $0 }) { await listener.stop() }
            for transport in transports.withLock({ $0 }) { await transport.shutdown() }
            return true
        }
    }
}

extension BrokerMessage {
    /// A message of a check.
    static func sample(
        _ id: String,
        task: TaskName = "t",
        body: [UInt8]? = nil,
        labels: Labels = []
    ) -> BrokerMessage {
        BrokerMessage(
            taskID: TaskID(rawValue: id),
            taskName: task,
            message: body ?? Array("body of \(id)".utf8),
            labels: labels
        )
    }
}

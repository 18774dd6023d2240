// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import Taskiq

/// Stores results through a transport: a sender that makes tasks known, and a worker that completes them.
final class ResultSettler: Sendable {
    let backend: any ResultBackend
    private let stage: TransportStage
    private let sender: any BrokerTransport
    private let listener: Listener
    private let timeLimit: Duration
    private let inboxes = Mutex<[TaskID: Inbox<AckableMessage>]>([:])
    /// The tasks whose messages were sent: each is sent once, or its result would be that of either.
    private let prepared = Mutex<Set<TaskID>>([])
    private let sorting = Mutex<Task<Void, Never>?>(nil)

    init(_ transport: TransportUnderTest) async throws {
        stage = TransportStage(transport)
        timeLimit = transport.timeLimit
        sender = try await stage.connect()
        guard let backend = sender.resultBackend else {
            throw ConformanceFailure(promised: "the transport has a result backend", found: "none")
        }
        self.backend = backend
        listener = try await stage.listen(concurrency: 2_000)
        let task = Task { [listener, weak self] in
            while let delivery = try? await listener.inbox.next() {
                self?.inbox(of: TaskID(rawValue: String(decoding: delivery.data, as: UTF8.self))).put(delivery)
            }
        }
        sorting.withLock { $0 = task }
    }

    private func inbox(of taskID: TaskID) -> Inbox<AckableMessage> {
        inboxes.withLock { inboxes in
            let inbox = inboxes[taskID] ?? Inbox()
            inboxes[taskID] = inbox
            return inbox
        }
    }

    func prepare(_ taskID: TaskID) async throws {
        guard prepared.withLock({ $0.insert(taskID).inserted }) else { return }
        try await sender.kick(.sample(taskID.rawValue, body: Array(taskID.rawValue.utf8)))
    }

    func store(_ result: StoredResult, _ taskID: TaskID) async throws {
        try await prepare(taskID)
        let inbox = inbox(of: taskID)
        let delivery = try await within(timeLimit, "the message of \(taskID) is delivered") { try await inbox.next() }
        delivery.receipt.taken()
        delivery.receipt.started()
        delivery.receipt.settle(.completed(result))
        // Settling returns at once; whoever waits is told when it is stored.
        _ = try await backend.waitForResult(for: taskID, timeout: timeLimit, checkInterval: .milliseconds(20))
    }

    func reopen() async throws -> any ResultBackend {
        guard let backend = try await stage.connect().resultBackend else {
            throw ConformanceFailure(promised: "the transport has a result backend", found: "none")
        }
        return backend
    }

    func close() async {
        let task = sorting.withLock { $0.take() }
        task?.cancel()
        await task?.value
        try? await stage.close()
    }
}

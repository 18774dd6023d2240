// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import Synchronization
import Taskiq
import TaskiqHubProtocol

// Operations: what programs ask of a hub beside its work, and what a hub asks of its workers.
extension HubConnection {
    /// Has the hub do something; said again after each new connection until it is answered.
    func call(_ call: OperationCall, timeout: Duration) async throws -> OperationReply {
        try checkStarted()
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let deadline = Uptime.milliseconds(after: timeout)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                state.withLock { $0.calls[id] = continuation }
                if !mailbox.post(.call(id: id, call, deadline: deadline)) {
                    answer(call: id, .failure(Self.closed))
                } else if Task.isCancelled {
                    forget(call: id)
                }
            }
        } onCancel: {
            forget(call: id)
        }
    }

    private func forget(call id: UInt64) {
        guard let continuation = state.withLock({ $0.calls.removeValue(forKey: id) }) else { return }
        mailbox.post(.forgetCall(id: id))
        continuation.resume(throwing: CancellationError())
    }

    func answer(call id: UInt64, _ result: Result<OperationReply, TaskiqError>) {
        state.withLock { $0.calls.removeValue(forKey: id) }?.resume(with: result.mapError { $0 })
    }

    // MARK: Events

    /// The events that the hub tells of, from now on; those that nobody takes in time are left out and counted.
    func events() -> AsyncStream<HubClient.Event> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: HubClient.Event.self,
            bufferingPolicy: .bufferingOldest(10_000)
        )
        let earlier = state.withLock { state in
            defer { state.events = continuation }
            return state.events
        }
        earlier?.finish()
        return stream
    }

    func deliver(event body: [UInt8], dropped: Int64) {
        let (continuation, missing) = state.withLock { ($0.events, $0.missingEvents + dropped) }
        guard let continuation else { return }
        var isLeftOut = false
        if case .dropped = continuation.yield(HubClient.Event(body: body, dropped: missing)) { isLeftOut = true }
        state.withLock { $0.missingEvents = isLeftOut ? missing + 1 : 0 }
    }

    // MARK: What the hub asks of a worker

    func cancel(_ lease: LeaseKey, reason: String) {
        guard let channel = state.withLock({ $0.channel }) else { return }
        channel.cancel(reason: reason) { ($0 as? HubDeliveryReceipt)?.lease == lease }
    }

    /// The worker is to finish what it runs, and to go.
    func drain() {
        guard let channel = state.withLock({ $0.channel }), !channel.isDrained else { return }
        logger.notice("the hub asks this worker to finish and to go", metadata: ["taskiq.broker": "\(address)"])
        channel.drain()
    }
}

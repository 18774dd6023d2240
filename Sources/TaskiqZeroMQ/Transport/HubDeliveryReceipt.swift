// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqHubProtocol

/// Tells the hub what became of a delivery.
struct HubDeliveryReceipt: DeliveryReceipt {
    let connection: HubConnection
    let board: StartBoard?
    let lease: LeaseKey

    func taken() {
        board?.begin(lease)
    }

    func started() {
        connection.mailbox.post(.started(lease))
    }

    func acknowledge() async throws {
        try await connection.acknowledge(lease)
    }

    func settle(_ settlement: Settlement) {
        connection.mailbox.post(.settle(completion(of: settlement)))
    }

    private func completion(of settlement: Settlement) -> Completion {
        switch settlement {
        case .unacknowledged(let result):
            var completion = completion(of: .completed(result))
            completion.isUnacknowledged = true
            return completion
        case .completed(let result?):
            var completion = Completion(lease: lease, outcome: result.isError ? .error : .ok, body: result.json())
            // A middleware may have put anything there.
            let executionTime = min(max(result.executionTime, .zero), .seconds(1 << 40))
            let microseconds = executionTime.components.attoseconds / 1_000_000_000_000 % 1000
            completion.executionTime = executionTime.inMilliseconds * 1000 + microseconds
            return completion
        case .completed(nil):
            return Completion(lease: lease, outcome: .noResult)
        case .requeued(let message, let delay):
            var completion = Completion(lease: lease, outcome: .requeue, body: message.message)
            completion.delay = max(0, delay.inMilliseconds)
            return completion
        case .rejected(let reason, let result):
            var completion = Completion(lease: lease, outcome: .reject, body: result?.json() ?? [])
            completion.reason = reason
            return completion
        case .released:
            return Completion(lease: lease, outcome: .release)
        }
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqTestKit
import Testing

@Suite("Transports keep what they promise", .timeLimit(.minutes(2)), .serialized)
struct TransportConformanceTests {
    @Test("in memory", arguments: TransportConformance.checks(for: TransportCapabilities.memory))
    func inMemory(check: TransportConformance.Check) async throws {
        try await check.run {
            let transport = InMemoryTransport()
            return TransportUnderTest(capabilities: .memory) { transport }
        }
    }

    @Test(
        "a hub over ZeroMQ that stores in memory",
        arguments: TransportConformance.checks(for: HubUnderTest.capabilities)
    )
    func hubWithMemory(check: TransportConformance.Check) async throws {
        try await check.run { try await HubUnderTest.transport(.memory) }
    }

    @Test(
        "a hub over ZeroMQ that stores on disk",
        arguments: TransportConformance.checks(for: HubUnderTest.capabilities)
    )
    func hubOnDisk(check: TransportConformance.Check) async throws {
        try await check.run { try await HubUnderTest.transport(.sqlite) }
    }
}

extension TransportCapabilities {
    /// What the queue in memory promises: it ends with its process, and gives everything to whoever listens.
    fileprivate static let memory: TransportCapabilities = [
        .keepsMessages, .distributes, .acknowledges, .releases, .requeues, .rejects, .holds, .delays, .ordered,
        .priorities, .limitsDeliveries, .validatesNames, .restartable, .tellsEnqueueTime,
    ]
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Logging
import Taskiq
import TaskiqTestKit
import TaskiqZeroMQ
import Testing

@Suite("Transports keep what they promise", .timeLimit(.minutes(5)), .serialized)
struct TransportConformanceTests {
    @Test("in memory", arguments: TransportConformance.checks(for: TransportCapabilities.memory))
    func inMemory(check: TransportConformance.Check) async throws {
        try await check.run {
            let transport = InMemoryTransport()
            return TransportUnderTest(capabilities: .memory) { transport }
        }
    }

    // Publish and subscribe promises nothing of what the other checks are about.
    @Test("publish and subscribe", arguments: TransportConformance.checks(for: []))
    func pubSub(check: TransportConformance.Check) async throws {
        try await check.run {
            let address = try PubSubAddress("zmq-pubsub+tcp://127.0.0.1:\(Self.freePort())")
            return TransportUnderTest(capabilities: []) {
                PubSubTransport(address: address, configuration: .init(), logger: Logger(label: "taskiq.conformance"))
            }
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

extension TransportConformanceTests {
    /// A port that nobody listens at.
    private static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 ? getsockname(descriptor, generic, &length) : -1
            }
        }
        try #require(code == 0)
        return UInt16(bigEndian: address.sin_port)
    }
}

extension TransportCapabilities {
    /// What the queue in memory promises: it ends with its process, and gives everything to whoever listens.
    fileprivate static let memory: TransportCapabilities = [
        .keepsMessages, .distributes, .acknowledges, .releases, .requeues, .rejects, .holds, .delays, .ordered,
        .priorities, .limitsDeliveries, .validatesNames, .restartable, .tellsEnqueueTime,
    ]
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqTestKit
import Testing

@Suite("A transport that breaks a promise is found out", .timeLimit(.minutes(5)))
struct TransportFaultsTests {
    private static let capabilities: TransportCapabilities = [
        .keepsMessages, .distributes, .acknowledges, .releases, .requeues, .rejects, .holds, .delays, .ordered,
        .priorities, .limitsDeliveries, .validatesNames, .restartable,
    ]

    /// The check that is to find it.
    private func check(for fault: FaultyTransport.Fault) -> String {
        switch fault {
        case .sendsTwice: "an accepted message is delivered, and once"
        case .losesMessages: "of several who listen, one gets each message"
        case .changesBytes: "bytes come as they were sent"
        case .ignoresDelays: "messages with delays hold nothing up, and what is not due stays back"
        case .ignoresPriorities: "messages of higher priority come first"
        case .reversesOrder: "messages of equal priority come in the order in which they were sent"
        case .takesTooMany: "nobody holds more than concurrency and prefetch together"
        case .redeliversCompleted: "what was completed is not delivered again"
        case .redeliversAcknowledged: "what was acknowledged and then given back is not delivered again"
        case .losesReleased: "a shutdown loses nothing of what was not settled"
        case .countsReleased: "what is given back comes again, uncounted, to another"
        case .losesRequeued: "a task that asks for it is run again, with its new message"
        case .hurriesRequeued: "a task that asks to be run again later holds nothing up"
        case .redeliversRejected: "what was rejected is not delivered again"
        case .takesAfterShutdown: "a message that is sent after the shutdown is refused"
        case .takesAnyName: "names that cannot travel are refused"
        case .forgetsAtShutdown: "a shutdown loses nothing of what was not settled"
        case .redeliversHeld: "what its task left unacknowledged stays held"
        }
    }

    @Test("each fault fails its check", arguments: FaultyTransport.Fault.allCases)
    func faults(fault: FaultyTransport.Fault) async throws {
        let name = check(for: fault)
        let check = try #require(TransportConformance.checks.first { $0.name == name })
        let failure = await #expect(throws: ConformanceFailure.self) {
            try await check.run {
                let transport = FaultyTransport(fault)
                return TransportUnderTest(
                    capabilities: Self.capabilities,
                    // Long enough for what comes in time, short for what never comes.
                    timeLimit: .milliseconds(500)
                ) { transport }
            }
        }
        #expect(failure?.promise.isEmpty == false)
        #expect(failure?.found.isEmpty == false)
    }

    @Test("what is not promised is not asked for")
    func capabilities() async throws {
        let lossy = TransportConformance.checks(for: [])
        #expect(!lossy.isEmpty)
        #expect(lossy.count < TransportConformance.checks.count)
        #expect(TransportConformance.checks(for: .all).count == TransportConformance.checks.count)
        #expect(Set(TransportConformance.checks.map(\.name)).count == TransportConformance.checks.count)
        for check in TransportConformance.checks where !lossy.contains(where: { $0.name == check.name }) {
            // Would hang, or fail, if it ran.
            try await check.run {
                TransportUnderTest(capabilities: []) { throw TaskiqError(.unreachable, "nobody is to connect") }
            }
        }
    }
}

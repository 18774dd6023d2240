// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Logging
import Synchronization
import TaskiqHub
import TaskiqZeroMQ
import TaskiqZeroMQHub
import Testing

@Suite struct ZeroMQHubNetworkTests {
    /// A scheduler may ask for its first slots before the sockets' thread has begun.
    @Test("what is handed over before the start is not lost", .timeLimit(.minutes(5)))
    func eventsBeforeTheStart() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("taskiq-\(getpid()).sock").path
        let network = try await ZeroMQHubNetwork.bind(
            try HubAddress("ipc://\(path)"),
            maximumBody: 1024,
            logger: Logger(label: "test")
        )
        let seen = Mutex(0)
        for _ in 0..<3 { network.post(.bodies([])) }
        network.start { events in
            var turn = HubTurn(deadline: HubClock.uptime + 1000)
            for event in events {
                switch event {
                case .bodies: seen.withLock { $0 += 1 }
                case .drain: turn.isLast = true
                default: break
                }
            }
            return turn
        }
        network.post(.drain)
        await network.join()
        #expect(seen.withLock { $0 } == 3)
    }
}

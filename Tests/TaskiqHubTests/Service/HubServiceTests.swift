// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import ServiceLifecycle
import Synchronization
import Taskiq
import TaskiqCron
import TaskiqHub
import TaskiqHubProtocol
import Testing

@Suite(.timeLimit(.minutes(5)))
struct HubServiceTests {
    private let network = FakeNetwork()
    private let store = FailingStore()

    private func service(observe: @escaping @Sendable (HubNotice) -> Void = { _ in }) throws -> HubService {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return try HubService(
            store: store,
            network: network,
            configuration: HubConfiguration(),
            logger: logger,
            observe: observe
        )
    }

    private let request: FireRequest = {
        let slot = Slot(scheduleID: "nightly", instant: .epoch)
        let message = BrokerMessage(taskID: slot.taskID, taskName: "add", message: [1], labels: [])
        return FireRequest(
            decisions: [SlotDecision(slot: slot, verdict: .fired(message))],
            states: ["nightly": ScheduleState(cursor: .epoch, fingerprint: "f")]
        )
    }()

    @Test("slots are decided when they are on disk, and graceful shutdown ends the hub cleanly")
    func serves() async throws {
        let service = try service()
        let group = ServiceGroup(services: [service], logger: Logger(label: "test"))
        async let running: Void = group.run()
        try await service.fire(request)
        #expect(store.memory.slots.count == 1)
        #expect(try await service.scheduleStates()["nightly"]?.cursor == .epoch)
        await group.triggerGracefulShutdown()
        try await running
        #expect(store.isClosed)
        // Nobody is left to decide anything, and whoever asks is told so.
        let error = await #expect(throws: TaskiqError.self) { try await service.fire(request) }
        #expect(error?.code == .shutdown)
    }

    @Test("a client is answered over the network")
    func answers() async throws {
        let service = try service()
        let running = Task { try await service.run() }
        let peer = PeerID([1])
        let hello = ClientHello(identity: .generate(), application: "app")
        network.post(.client(peer, Packet(.hello(hello), correlation: 4)))
        var replies = network.sent.makeAsyncIterator()
        guard case .client(peer, let packet)? = await replies.next(), case .welcome = packet.content else {
            Issue.record("no welcome")
            return
        }
        #expect(packet.correlation == 4)
        let submit = Submission(key: .generate(), queue: "q", taskName: "t", taskID: "i", body: [1])
        let command = Packet(ClientCommand.submit(submit), correlation: 5, session: packet.session, epoch: packet.epoch)
        network.post(.client(peer, command))
        guard case .client(peer, let answer)? = await replies.next() else {
            Issue.record("no answer")
            return
        }
        #expect(answer.content == .stored(1, as: 5))
        #expect(try store.bodies(of: [1]).count == 1)
        running.cancel()
        try await running.value
    }

    @Test("a store that fails ends the hub with its error, and whoever waits is told")
    func storeFailure() async throws {
        let service = try service()
        let running = Task { try await service.run() }
        store.failFromNowOn()
        await #expect(throws: TaskiqError.self) { try await service.fire(request) }
        let error = await #expect(throws: HubStoreError.self) { try await running.value }
        #expect(error?.description.contains("the disk is broken") == true)
        #expect(store.isClosed)
        await #expect(throws: TaskiqError.self) { try await service.fire(request) }
    }

    @Test("who observes may ask back")
    func observer() async throws {
        let (notices, continuation) = AsyncStream<Int>.makeStream()
        let hub = Box()
        let service = try service { _ in
            continuation.yield(hub.service?.catalogues().now.count ?? -1)
        }
        hub.service = service
        let running = Task { try await service.run() }
        network.post(.malformed(PeerID([1]), .front, reason: "noise"))
        var iterator = notices.makeAsyncIterator()
        #expect(await iterator.next() == 0)
        hub.service = nil
        running.cancel()
        try await running.value
    }
}

/// Where an observer finds the hub that it observes.
private final class Box: Sendable {
    private let content = Mutex<HubService?>(nil)

    var service: HubService? {
        get { content.withLock { $0 } }
        set { content.withLock { $0 = newValue } }
    }
}

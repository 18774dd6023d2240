// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import Testing

@testable import Taskiq

@Suite("Registration", .timeLimit(.minutes(5)))
struct BrokerRegistrationTests {
    private struct Mailer: TaskCollection {
        let server: String

        func register(on broker: Broker) {
            broker.task("mail") { [server] (to: String) in "\(to) by \(server)" }
            broker.task("bounce") { () in }
        }
    }

    /// A transport that writes down what is announced.
    private final class Announcements: BrokerTransport {
        let address = "announcements://"
        let channel = DeliveryChannel()
        let names = Mutex<[[String]]>([])

        func startup() async throws {}
        func kick(_ message: BrokerMessage) async throws {}
        func listen(_ subscription: WorkerSubscription) async throws -> DeliveryChannel {
            await announce(subscription.catalogue)
            return channel
        }
        func announce(_ catalogue: TaskCatalogue) async {
            // The shared broker's tasks are those of other tests.
            let own = catalogue.tasks.map(\.name.rawValue).filter { !$0.hasPrefix("shared ") }
            names.withLock { $0.append(own) }
        }
        func stopListening() async { channel.finish() }
        func shutdown() async {}
    }

    @Test("a collection registers tasks that belong together")
    func collection() async throws {
        let broker = Broker.inMemory()
        broker.register(Mailer(server: "here"))
        try await broker.startup()
        #expect(
            try await broker.kiq(named: "mail", args: [.string("you")]).value() == .string("you by here")
        )
        await broker.shutdown()
    }

    @Test("a task may be registered while the program runs, under a name that is free")
    func runTime() async throws {
        let broker = Broker.inMemory()
        try await broker.startup()
        let add = try await broker.registerTask("add") { (a: Int, b: Int) in a + b }
        #expect(try await add.kiq(1, 2).value() == 3)
        let error = await #expect(throws: TaskiqError.self) { try await broker.registerTask("add") { () in } }
        #expect(error?.code == .configuration)
        #expect(error?.message == #"two tasks are named "add"; give one of them another name"#)
        #expect(try await add.kiq(2, 2).value() == 4)
        await broker.shutdown()
    }

    @Test("what is registered while messages are taken is announced")
    func announcement() async throws {
        let transport = Announcements()
        let broker = Broker(transport: transport)
        broker.task("early") { () in }
        try await broker.registerTask("still early") { () in }
        #expect(transport.names.withLock { $0 }.isEmpty)
        try await broker.startup(role: .worker)
        _ = try await Worker(broker: broker).listen()
        try await broker.registerTask("late") { () in }
        #expect(transport.names.withLock { $0 } == [["early", "still early"], ["early", "late", "still early"]])
        await broker.shutdown()
    }

    @Test("two tasks of one name keep a broker from starting, and from forgetting the first")
    func duplicates() async throws {
        let broker = Broker.inMemory()
        broker.task("add") { (a: Int) in a }
        broker.task("add") { (a: Int) in a + 1 }
        let error = await #expect(throws: TaskiqError.self) { try await broker.startup() }
        #expect(error?.message == #"two tasks are named "add"; give one of them another name"#)
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

// The default of the shared broker is one for the whole process.
@Suite("The shared broker", .serialized, .timeLimit(.minutes(5)))
struct SharedBrokerTests {
    private struct Greet: TaskiqTask {
        static let taskName: TaskName = "shared greet"
        let name: String

        func run(context: Context) async throws -> String { "hello \(name)" }
    }

    private static let double = Broker.shared.task("shared double") { (a: Int) in a * 2 }

    @Test("its tasks are sent through the default, or through the broker that a call names, and run by any")
    func sending() async throws {
        let broker = Broker.inMemory()
        try await broker.startup()
        let error = await #expect(throws: TaskiqError.self) { try await Self.double.kiq(1) }
        #expect(error?.code == .sendTask)
        #expect(error?.message.contains("Broker.sharedDefault") == true)
        #expect(try await Self.double.kiq(2, on: broker).value() == 4)
        Broker.sharedDefault = broker
        defer { Broker.sharedDefault = nil }
        #expect(try await Self.double.kiq(3).value() == 6)
        #expect(try await Broker.shared.kiq(named: "shared double", args: [.int(4)]).value() == .int(8))
        Broker.shared.register(Greet.self)
        #expect(try await Greet(name: "you").kiq(on: .shared).value() == "hello you")
        #expect(broker.catalogue(application: "app").tasks.map(\.name).contains("shared double"))
        await broker.shutdown()
    }

    @Test("a broker's own task of the same name goes before")
    func precedence() async throws {
        let broker = Broker.inMemory()
        _ = Self.double
        let own = broker.task("shared double") { (a: Int) in a * 100 }
        try await broker.startup()
        #expect(try await own.kiq(2).value() == 200)
        #expect(broker.catalogue(application: "app").tasks.count { $0.name == "shared double" } == 1)
        await broker.shutdown()
    }

    @Test("it takes no messages, and cannot be its own default")
    func limits() async throws {
        let error = await #expect(throws: TaskiqError.self) { try await Worker(broker: .shared).run() }
        #expect(error?.code == .listen)
        Broker.sharedDefault = .shared
        #expect(Broker.sharedDefault == nil)
    }
}

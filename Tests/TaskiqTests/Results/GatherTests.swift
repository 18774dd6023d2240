// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

@Suite("Gathering results", .timeLimit(.minutes(5)))
struct GatherTests {
    private let broker = Broker.inMemory()

    @Test("results of several types come in the order of their handles, failures among them")
    func pack() async throws {
        let gate = Gate()
        let late = broker.task("late") { () -> String in
            await gate.wait()
            return "late"
        }
        let number = broker.task("number") { () in 1 }
        let failing = broker.task("failing") { () throws -> Bool in throw VisibleError() }
        try await broker.startup()
        let handles = try await (late.kiq(), number.kiq(), failing.kiq())
        gate.open()
        let (text, count, failure) = try await gather(handles.0, handles.1, handles.2, timeout: .seconds(30))
        #expect(try text.get() == "late")
        #expect(try count.get() == 1)
        #expect(throws: TaskFailure.self) { try failure.get() }
        await broker.shutdown()
    }

    @Test("results of one type come as an array")
    func array() async throws {
        let double = broker.task("double") { (a: Int) in a * 2 }
        try await broker.startup()
        var handles: [TaskHandle<Int>] = []
        for number in 0..<50 { handles.append(try await double.kiq(number)) }
        let results = try await gather(handles, timeout: .seconds(30))
        #expect(try results.map { try $0.get() } == (0..<50).map { $0 * 2 })
        #expect(try await gather([TaskHandle<Int>]()).isEmpty)
        await broker.shutdown()
    }

    @Test("one that is missing at the end of the time is an error for all")
    func timeout() async throws {
        let gate = Gate()
        let late = broker.task("late") { () in await gate.wait() }
        let number = broker.task("number") { () in 1 }
        try await broker.startup()
        let handles = try await (late.kiq(), number.kiq())
        let error = await #expect(throws: TaskiqError.self) {
            try await gather(handles.0, handles.1, timeout: .milliseconds(20))
        }
        #expect(error?.code == .resultTimeout)
        gate.open()
        await broker.shutdown()
    }

    @Test("a wait for ever ends when it is cancelled")
    func cancellation() async throws {
        let gate = Gate()
        let late = broker.task("late") { () in await gate.wait() }
        try await broker.startup()
        let handle = try await late.kiq()
        let waiting = Task { try await gather([handle]) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        gate.open()
        await broker.shutdown()
    }
}

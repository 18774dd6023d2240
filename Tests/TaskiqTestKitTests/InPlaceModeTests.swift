// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import Taskiq
import TaskiqTestKit
import Testing

@Suite("A test broker that runs tasks in place", .timeLimit(.minutes(5)))
struct InPlaceModeTests {
    @Test("the result is there when the task is sent, and so is that of what it sends")
    func results() async throws {
        try await withTestBroker(.inPlace, prepare: register) { test in
            let handle = try await Newsletter(readers: ["a", "b"]).kiq(on: test.broker)
            #expect(try await handle.isReady)
            #expect(test.executions.map(\.taskName) == ["mail.send", "mail.send", "mail.newsletter"])
            let sum = try await SumBelow(number: 30).kiq(on: test.broker)
            #expect(try await sum.value() == 465)
        }
    }

    @Test("delays and retries take no time")
    func retries() async throws {
        try await withTestBroker(.inPlace, prepare: register) { test in
            let handle = try await Flaky(failures: 2).kiq(on: test.broker, labels: [.delay(.seconds(3600))])
            #expect(try await handle.result().get() == 2)
            #expect(test.executions.map(\.isRequeued) == [true, true, false])
            #expect(test.clock.now.offset == .zero)
        }
    }

    @Test("errors stay in the results, or are thrown with their cause, as the mode says")
    func errors() async throws {
        try await withTestBroker(.inPlace, prepare: register) { test in
            let handle = try await test.broker.kiq(named: "fails")
            #expect(try await handle.result().isError)
        }
        try await withTestBroker(.inPlace(throwsTaskErrors: true), prepare: register) { test in
            let failed = await #expect(throws: TaskiqError.self) {
                try await test.broker.kiq(named: "fails", args: [.int(1)], taskID: "f")
            }
            #expect(failed?.cause as? Broken == Broken(number: 1))
            #expect(failed?.message.contains(#"task "fails" was sent, ran in place and failed"#) == true)
            #expect(try await test.broker.handle(for: "f").result().isError)
            let refused = await #expect(throws: TaskiqError.self) { try await test.broker.kiq(named: "refuses") }
            #expect(refused?.message.contains("not today") == true)
            #expect(test.deadLetters.count == 1)
            try await Mail(to: "a").kiq(on: test.broker)
        }
    }

    @Test("a loop without end is ended, and whoever began it is told")
    func endless() async throws {
        let test = TestBroker(.inPlace, executionLimit: 20)
        register(on: test.broker)
        let loop = await #expect(throws: TaskiqError.self) { try await test.broker.kiq(named: "loops") }
        #expect((loop?.cause as? TestKitError)?.code == .limit)
        let cause = loop?.cause.map { "\($0)" } ?? ""
        #expect(cause.contains("was run 20 times"))
        #expect(test.executions.count == 20)
        let endless = await #expect(throws: TaskiqError.self) { try await Endless().kiq(on: test.broker) }
        #expect((endless?.cause as? TestKitError)?.message.contains("100 deep") == true)
        // Whoever comes next is not blamed for it.
        try await Mail(to: "a").kiq(on: test.broker)
    }

    private struct Order: TaskiqMiddleware {
        let lines: Lines

        func postSend(_ message: TaskiqMessage) async { lines.note("postSend") }
        func postSave(_ message: TaskiqMessage, result: StoredResult) async { lines.note("postSave") }
    }

    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])

        var all: [String] { lines.withLock { $0 } }

        func note(_ line: String) { lines.withLock { $0.append(line) } }
    }

    @Test("hooks after sending run when the task has ended")
    func hooks() async throws {
        let lines = Lines()
        try await withTestBroker(.inPlace, middlewares: [Order(lines: lines)], prepare: register) { test in
            try await Mail(to: "a").kiq(on: test.broker)
        }
        #expect(lines.all == ["postSave", "postSend"])
    }

    @Test("tasks that are sent side by side run side by side, and can be waited for")
    func concurrency() async throws {
        try await withTestBroker(.inPlace, prepare: register) { test in
            async let first = SumBelow(number: 10).kiq(on: test.broker)
            async let second = SumBelow(number: 10).kiq(on: test.broker)
            #expect(try await first.value() + second.value() == 110)
            try await test.waitAll()
            #expect(test.executions.count == 22)
        }
    }
}

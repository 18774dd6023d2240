// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqTestKit
import Testing

@Suite("What a test broker says of what was sent", .timeLimit(.minutes(5)))
struct ExpectationTests {
    private func complaint(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "none"
        } catch let error as TestKitError where error.code == .expectation {
            return error.message
        } catch {
            return "another: \(error)"
        }
    }

    @Test("messages are read as their tasks read them")
    func typed() async throws {
        try await withTestBroker(prepare: register) { test in
            let add = test.broker.task("add") { (left: Int, right: Double?) -> Int in left }
            try await Mail(to: "a").kiq(on: test.broker)
            try await test.broker.kiq(named: "mail.send", args: [.string("b"), .bool(true)])
            try await add.kiq(1, nil)
            try await add.kiq(2, 0.5)
            #expect(try test.sent(Mail.self) == [Mail(to: "a"), Mail(to: "b", urgent: true)])
            #expect(try test.sent(add).map { "\($0.0) \($0.1 ?? -1)" } == ["1 -1.0", "2 0.5"])
            #expect(test.sent("add").count == 2)
            #expect(test.sent.map(\.taskName) == ["mail.send", "mail.send", "add", "add"])
            try await test.broker.kiq(named: "mail.send", args: [.int(5)])
            #expect(throws: TaskiqError.self) { try test.sent(Mail.self) }
            test.forgetHistory()
            try test.expectNothingSent()
            #expect(test.pending.count == 5)
        }
    }

    @Test("what is there is found by arguments and labels")
    func found() async throws {
        try await withTestBroker(prepare: register) { test in
            let add = test.broker.task("add") { (left: Int, right: Int) -> Int in left + right }
            try await add.kiq(1, 2, labels: [.queue("mail"), .delay(.seconds(5))])
            try await add.kiq(1, 2)
            try await test.broker.kiq(named: "mail.send", args: [.string("b")], kwargs: ["urgent": .bool(true)])
            try test.expectSent("add")
            try test.expectSent("add", args: [.int(1), .int(2)], count: 2)
            try test.expectSent(add, 1, 2, count: 2)
            let slow = try test.expectSent(add, 1, 2, labels: [.delay(.seconds(5))], count: 1)
            #expect(slow?.labels[.queueName] == "mail")
            try test.expectSent("mail.send", kwargs: ["urgent": .bool(true)])
            try test.expectSent(Mail(to: "b", urgent: true))
            try test.expectSent(Mail(to: "b"), count: 0)
            try test.expectNothingSent("mail.newsletter")
        }
    }

    @Test("what is not there is complained of, with what is there instead")
    func complaints() async throws {
        try await withTestBroker(prepare: register) { test in
            let add = test.broker.task("add") { (left: Int, right: Int) -> Int in left + right }
            #expect(complaint { try test.expectSent("add") } == #"expected "add" to be sent; sent was nothing"#)
            try await add.kiq(1, 2, labels: [.queue("mail")])
            try await Mail(to: "a").kiq(on: test.broker)
            let list = "sent were:\n  1. add(1, 2) with labels {queue_name: \"mail\"}\n  2. mail.send(to: \"a\")"
            #expect(
                complaint { try test.expectSent(add, 1, 3) }
                    == "expected \"add\" with arguments [1,3] to be sent; \(list)"
            )
            #expect(
                complaint { try test.expectSent("add", labels: [.priority(3)]) }
                    == "expected \"add\" with labels {priority: 3} to be sent; \(list)"
            )
            #expect(
                complaint { try test.expectSent(Mail(to: "b")) }
                    == "expected \"mail.send\" with {\"to\":\"b\"} to be sent; \(list)"
            )
            #expect(
                complaint { try test.expectSent("mail.send", kwargs: ["to": .string("c")], count: 2) }
                    == "expected \"mail.send\" with keywords to: \"c\" to be sent 2 times, not 0 times; \(list)"
            )
            #expect(complaint { try test.expectNothingSent() } == "expected not anything to be sent; \(list)")
            #expect(
                complaint { try test.expectNothingSent("add") }.hasPrefix("expected not \"add\" to be sent; sent were:")
            )
        }
    }
}

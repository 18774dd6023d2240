// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

@Suite("Default time limits", .timeLimit(.minutes(5)))
struct TimeoutMiddlewareTests {
    private func limit(
        _ name: TaskName,
        _ labels: Labels = [],
        default limit: Duration = .seconds(9)
    ) async throws -> String? {
        let broker = Broker(
            transport: RecordingTransport(),
            resultBackend: RecordingBackend(storesWithAcknowledgement: true),
            middlewares: [TimeoutMiddleware(default: limit, tasks: ["short": .seconds(1), "free": .zero])]
        )
        for name in ["short", "free", "other"] as [TaskName] {
            broker.register(named: name) { message, context in
                guard context.deadline != nil else { return .null }
                return JSONFragment(string: message.labels[.timeout].map { "\($0)" } ?? "none")
            }
        }
        let receipt = try await broker.receive(TaskiqMessage(taskID: "i", taskName: name, labels: labels))
        let value = try #require(receipt.settlements.first?.result?.returnValue)
        return value.isNull ? nil : try value.decode(String.self)
    }

    @Test("a label goes before the task's limit, which goes before the default")
    func precedence() async throws {
        #expect(try await limit("other") == "9.0")
        #expect(try await limit("short") == "1.0")
        #expect(try await limit("free") == nil)
        #expect(try await limit("short", [.timeout(.seconds(3))]) == "3.0")
        #expect(try await limit("free", [.timeout(.seconds(3))]) == "3.0")
        #expect(try await limit("other", [.timeout(.zero)]) == nil)
        #expect(try await limit("other", default: .zero) == nil)
    }

    @Test("a label that is no number does not switch the limit off")
    func nonsense() async throws {
        #expect(try await limit("other", [.label("timeout", "never")]) == "9.0")
    }

    @Test("a task over the default limit is stopped")
    func stops() async throws {
        let broker = Broker(
            transport: RecordingTransport(),
            resultBackend: RecordingBackend(storesWithAcknowledgement: true),
            middlewares: [TimeoutMiddleware(default: .milliseconds(1))]
        )
        broker.task("endless") { () async throws -> Int in
            try await untilCancelled()
            return 1
        }
        let receipt = try await broker.receive(TaskiqMessage(taskID: "i", taskName: "endless"))
        #expect(receipt.settlements.first?.result?.error?.message == "the task took longer than its limit of 0.001 s")
    }
}

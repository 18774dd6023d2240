// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import Taskiq
import TaskiqCron
import TaskiqScheduling
import Testing

// The pieces of docs/from-python.md, each as it is printed there.

struct Database: Sendable {
    func session() -> Session { Session() }
    func close() async {}
}

struct Session: Sendable {
    func commit() async {}
    func rollback() async {}
}

private struct NoReceipt: DeliveryReceipt {
    func started() {}
    func acknowledge() async throws {}
    func settle(_ settlement: Settlement) {}
}

struct SendEmail: TaskiqTask {
    static let taskName: TaskName = "mail:send"
    static let labels: Labels = [.queue("mail"), .timeout(.seconds(30))]

    var to: String
    var subject: String?

    func run(context: Context) async throws -> String { "sent to \(to)" }
}

struct PrintingBackend: ResultBackend {
    func setResult(_ result: StoredResult, for taskID: TaskID) async throws { print(taskID, result.returnValue) }
    func result(for taskID: TaskID) async throws -> StoredResult? { nil }
}

struct Import: TaskiqTask {
    var file: String

    func run(context: Context) async throws {
        if context.isRedelivered { context.logger.info("an earlier attempt did not end") }
        try await context.report(.started, meta: ["rows": 0])
        guard file.hasSuffix(".csv") else { try context.reject("not a table") }
        if context.attempt < 2 { try context.requeue(after: .seconds(5)) }
    }
}

enum Needs {
    static let database = Dependency("database", scope: .worker) { _ in
        Database()
    } dispose: { database, _ in
        await database.close()
    }
    static let session = Dependency("session") { needs in
        try await needs.resolve(database).session()
    } dispose: { session, error in
        if error == nil { await session.commit() } else { await session.rollback() }
    }
}

struct Auditing: TaskiqMiddleware {
    func preSend(_ message: inout TaskiqMessage) async throws { message.labels["tenant"] = "acme" }
    func postExecute(_ message: TaskiqMessage, result: inout StoredResult, context: Context) async throws {
        context.logger.info("ended", metadata: ["task": "\(message.taskName)", "failed": "\(result.isError)"])
    }
}

struct Measuring: TaskiqMiddleware {
    func send(_ message: TaskiqMessage, next: NextSend) async throws {
        let took = try await ContinuousClock().measure { try await next(message) }
        print("sent in", took)
    }

    func execute(_ message: TaskiqMessage, context: Context, next: NextExecution) async throws -> StoredResult {
        var result = try await next(message, context)
        result.labels["measured"] = true
        return result
    }
}

@Suite("The examples of docs/from-python.md", .timeLimit(.minutes(5)))
struct FromPythonExamples {
    @Test("a broker and a task")
    func brokers() async throws {
        let broker = Broker.inMemory()
        let add = broker.task("add", parameters: ["a", "b"]) { (a: Int, b: Int) in a + b }
        try await broker.startup()
        let sum = try await add.kiq(2, 3).value(timeout: .seconds(10))
        await broker.shutdown()
        #expect(sum == 5)
    }

    @Test("tasks, results and errors")
    func tasks() async throws {
        let broker = Broker.inMemory()
        broker.task("golden.tasks:echo", parameters: ["a", "b"]) { (a: Int, b: String) in "\(a)\(b)" }
        try await broker.startup()
        broker.register(SendEmail.self)
        let receipt = try await SendEmail(to: "a@b.c").kiq(on: broker, labels: [.priority(9)], taskID: "mail-1")
        let other = try await broker.kiq(named: "golden.tasks:echo", args: [.int(1)], kwargs: ["b": .string("x")])

        let result = try await receipt.waitForResult(timeout: .seconds(10))
        switch result.outcome {
        case .success(let text): print(text, result.executionTime)
        case .failure(let failure): print(failure.type, failure.message)
        }
        let (first, second) = try await gather(receipt, other, timeout: .seconds(10))

        #expect(try first.get() == "sent to a@b.c")
        #expect(try second.get() == .string("1x"))

        do {
            _ = try await receipt.value(timeout: .seconds(1))
        } catch let error as TaskiqError where error.code == .resultTimeout {
            print("not yet:", error.message)
        } catch let failure as TaskFailure where failure.type == "ValueError" {
            print("Python said:", failure.message)
        }
        await broker.shutdown()
    }

    @Test("messages, formatters and acknowledgement")
    func messages() throws {
        let receiptOfTransport = NoReceipt()
        let message = TaskiqMessage(taskID: "1", taskName: "add", args: [JSONValue.int(2).fragment])
        let outgoing: BrokerMessage = try JSONFormatter().dumps(message)
        let incoming = AckableMessage(data: outgoing.message, info: DeliveryInfo(), receipt: receiptOfTransport)
        #expect(try JSONFormatter().loads(incoming.data) == message)

        let packed = Broker.inMemory(formatter: ProxyFormatter(serializer: MSGPackSerializer()))
        #expect(packed.formatter is ProxyFormatter)

        let broker = Broker.inMemory()
        let once = broker.task("charge", labels: [.acknowledge(.whenReceived)]) { (amount: Int) in amount }
        #expect(once.labels[.acknowledgeType] == "when_received")
    }

    @Test("state, events, schedules, the shared broker, the version")
    func parts() async throws {
        let broker = Broker.inMemory()
        broker.on(.workerStartup) { broker in broker.state.setValue("primary", for: "database") }
        broker.task("where") { () in Context.current?.state.value(for: "database", default: "none") ?? "none" }
        try await broker.startup()
        #expect(try await broker.kiq(named: "where").value() == .string("primary"))

        broker.task("tick", labels: [.schedule(.every(.seconds(10)))]) { () in }
        let source: any ScheduleSource = InMemoryScheduleSource(
            name: "mine",
            [ScheduledTask(id: "nightly", schedule: try .cron("30 2 * * *"), taskName: "tick", origin: "main.swift")]
        )
        #expect(try await source.schedules().count == 1)

        let greet = Broker.shared.task("library:greet") { (name: String) in "hello \(name)" }
        let greeting = try await greet.kiq("you", on: broker).value(timeout: .seconds(10))
        #expect(greeting == "hello you")

        print("taskiq", TaskiqVersion.text)
        await broker.shutdown()
    }

    @Test("middlewares")
    func middlewares() async throws {
        let middlewares: [any TaskiqMiddleware] = [
            Auditing(), SimpleRetryMiddleware(defaultRetryCount: 3), PrometheusMiddleware(),
        ]
        let patient: any TaskiqMiddleware = SmartRetryMiddleware(defaultDelay: .seconds(5), useDelayExponent: true)

        let broker = Broker.inMemory(middlewares: middlewares + [patient, Measuring()])
        let add = broker.task("add") { (a: Int, b: Int) in a + b }
        try await broker.startup()
        let labels = try await add.kiq(2, 3).waitForResult().labels
        #expect(labels["tenant"] == .string("acme"))
        // With this module's settings, which are a user's.
        #expect(labels["measured"] == .bool(true))
        await broker.shutdown()
    }

    @Test("dependencies")
    func dependencies() async throws {
        let broker = Broker.inMemory()
        broker.register(named: "needy") { _, context in
            let session = try await context.resolve(Needs.session)
            await session.commit()
            return .null
        }
        try await broker.startup()
        #expect(try await broker.kiq(named: "needy").value() == .null)
        await broker.shutdown()
    }
}

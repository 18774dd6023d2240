// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Logging
import Taskiq
import TaskiqZeroMQ
import Testing

/// S20: nothing of what users put into messages is in any log, down to the level debug.
@Suite struct SecrecyTests {
    private let canary = "canary-\(UInt64.random(in: 0...UInt64.max))"

    /// A message that nobody can read, with a secret in it.
    private struct Garbage: TaskiqFormatter {
        let text: String

        func dumps(_ message: TaskiqMessage) throws(TaskiqError) -> BrokerMessage {
            var message = try JSONFormatter().dumps(message)
            let envelope = #"{"task_id":"i","task_name":["\#(text)"],"labels":{},"args":[],"kwargs":{}}"#
            message.message = Array(envelope.utf8)
            return message
        }

        func loads(_ data: [UInt8]) throws(TaskiqError) -> TaskiqMessage { try JSONFormatter().loads(data) }
    }

    @Test(
        "S20: secrets in arguments, labels, results, errors, schedules and the environment are in no log",
        .timeLimit(.minutes(5))
    )
    func messages() async throws {
        let fleet = try Fleet()
        let environment = ["DATABASE_PASSWORD": canary, "TASKIQ_LOG_LEVEL": "debug"]
        try fleet.write(
            """
            schedules:
              greets:
                task: hello
                args: ["\(canary)"]
                every: 1s
              fails:
                task: add
                args: ["\(canary)", 2]
                every: 1s
            """,
            to: "plans/secret.yaml"
        )
        let scheduler = try TestProcess(
            Programs.scheduler,
            [fleet.directory + "/plans", "--listen", fleet.address, "--data", fleet.data],
            environment: environment
        )
        try await scheduler.wait("it served") { _, errors in errors.contains("] started") }
        let worker = try TestProcess(
            Programs.helloTasks,
            ["worker", "-w", "1", "--broker", fleet.address],
            environment: environment
        )
        try await worker.wait("it was connected") { _, errors in errors.contains("worker connected") }
        let log = LogLines()
        var logger = Logger(label: "client") { _ in log }
        logger.logLevel = .debug
        let broker = try Broker.zeroMQ(fleet.address, logger: logger)
        try await broker.startup()
        let secret = JSONValue.string(canary)
        // It runs; it fails, and its error quotes the argument; nobody knows it; it is retried to its end.
        let hello = try await broker.kiq(
            named: "hello",
            args: [secret],
            labels: [.init(name: "note", value: .string(canary))]
        )
        let greeting = try await hello.value(timeout: .seconds(60))
        #expect(greeting == .string("Hello, \(canary)!"))
        let failing = try await broker.kiq(
            named: "add",
            args: [secret, .int(1)],
            labels: [.init(name: "retry_on_error", value: true)]
        )
        let failure = await #expect(throws: TaskFailure.self) { try await failing.value(timeout: .seconds(60)) }
        #expect(failure?.message.contains(canary) == true, "the one who asks is told")
        _ = try await broker.kiq(named: "nobody-knows", args: [secret])
        let garbage = try Broker.zeroMQ(fleet.address, formatter: Garbage(text: canary), logger: logger)
        try await garbage.startup()
        let unreadable = try await garbage.kiq(named: "hello", args: [secret])
        let unread = await #expect(throws: TaskFailure.self) { try await unreadable.value(timeout: .seconds(60)) }
        #expect(unread?.message.contains(canary) == true, "its error quotes it")
        await garbage.shutdown()
        await broker.shutdown()
        try await scheduler.wait("both schedules ran") { output, _ in
            output.contains("greets") && output.contains("FAILED")
        }
        try await worker.wait("the unreadable message was met") { _, errors in
            errors.contains("a message cannot be read")
        }
        for process in [worker, scheduler] {
            process.signal(SIGTERM)
            _ = try await process.end()
            #expect(!process.output.contains(canary), "\(process.name): \(process.output)")
            #expect(!process.errors.contains(canary), "\(process.name): \(process.errors)")
        }
        #expect(scheduler.errors.contains(" debug "), "it logged at that level")
        #expect(!log.text.contains(canary), "\(log.text)")
    }

    @Test(
        "S20: passwords in addresses are not repeated",
        arguments: [
            "tcp://user:SECRET@127.0.0.1:5555", "redis://:SECRET@127.0.0.1:6379/0", "zmq-pubsub+tcp://u:SECRET@h:1",
        ]
    )
    func addresses(pattern: String) async throws {
        let address = pattern.replacingOccurrences(of: "SECRET", with: canary)
        let fleet = try Fleet()
        let commands: [(String, [String], [String: String])] = [
            (Programs.taskiq, ["kiq", "add", "1", "2", "--log-level", "debug"], ["TASKIQ_BROKER": address]),
            (Programs.taskiq, ["worker", "--log-level", "debug", "--broker", address], [:]),
            (Programs.helloTasks, ["worker", "--log-level", "debug", "--broker", address], [:]),
            (Programs.scheduler, ["--log-level", "debug", "--listen", address, "--data", fleet.data], [:]),
        ]
        for (program, arguments, environment) in commands {
            let process = try TestProcess(program, arguments, environment: environment)
            #expect(try await process.end() == 2)
            #expect(!process.output.contains(canary))
            #expect(!process.errors.contains(canary), "\(process.errors)")
            #expect(!process.errors.isEmpty)
        }
    }
}

/// What a client in this process logs.
private final class LogLines: LogHandler, @unchecked Sendable {
    private let lock = NSLock()
    private var lines = ""
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug

    var text: String { lock.withLock { lines } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lock.withLock { lines += "\(event.level) \(event.message) \(event.metadata ?? [:])\n" }
    }
}

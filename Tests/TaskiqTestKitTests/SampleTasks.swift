// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

struct Broken: Error, Equatable {
    var number = 0
}

/// Sends a mail to each of some people.
struct Newsletter: TaskiqTask {
    static let taskName: TaskName = "mail.newsletter"
    var readers: [String]

    func run(context: Context) async throws -> Int {
        for reader in readers { try await Mail(to: reader).kiq(on: context.broker, labels: [.queue("mail")]) }
        return readers.count
    }
}

struct Mail: TaskiqTask, Equatable {
    static let taskName: TaskName = "mail.send"
    var to: String
    var urgent: Bool?

    func run(context: Context) async throws -> String { "sent to \(to)" }
}

/// Fails until it has been tried so often, waiting twice as long each time.
struct Flaky: TaskiqTask {
    var failures: Int

    func run(context: Context) async throws -> Int {
        let tries = context.message.labels["tries" as Label<Int>] ?? 0
        if tries < failures { try context.retry(after: .seconds(1 << tries), labels: [.label("tries", tries + 1)]) }
        return tries
    }
}

/// Asks for the sum of the numbers below, from tasks that it waits for.
struct SumBelow: TaskiqTask {
    var number: Int

    func run(context: Context) async throws -> Int {
        guard number > 0 else { return 0 }
        return try await number + SumBelow(number: number - 1).kiq(on: context.broker).value()
    }
}

/// Sends itself for ever.
struct Endless: TaskiqTask {
    func run(context: Context) async throws {
        try await Endless().kiq(on: context.broker)
    }
}

func register(on broker: Broker) {
    broker.register(Newsletter.self, Mail.self, Flaky.self, SumBelow.self, Endless.self)
    broker.register(named: "fails") { message, _ in throw Broken(number: message.args.count) }
    broker.register(named: "refuses") { _, context in try context.reject("not today") }
    broker.register(named: "loops") { _, context in try context.retry() }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import Logging
import Synchronization
import Taskiq
import TaskiqApp
import UnixSignals

/// `client`: submits tasks at a rate until SIGTERM, and writes down each before it is tried (T), when it is accepted (A),
/// when it is not (E), and the results it is told (R).
struct ClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "client", shouldDisplay: false)

    @Option var broker: String
    @Option var journal: String
    @Option var name: String
    /// Tasks a second.
    @Option var rate: Double
    /// The process to end with.
    @Option var supervisor: Int32

    /// Most submissions that wait for an answer; while the hub is away no more are made.
    private static let window = 64

    func run() async throws {
        let journal = try Journal(path: journal)
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = .warning
            return handler
        }
        let client = try ChaosTool.makeBroker(
            address: broker,
            sendTimeout: .seconds(120),
            logger: Logger(label: "client")
        )
        try await client.startup()
        let load = Load()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in await UnixSignalsSequence(trapping: .sigterm) { break }
                load.isStopping.store(true, ordering: .relaxed)
            }
            var random = SystemRandomNumberGenerator()
            var number = 0
            while !load.isStopping.load(ordering: .relaxed), getppid() == supervisor {
                if load.waiting.load(ordering: .relaxed) < Self.window {
                    number += 1
                    load.waiting.add(1, ordering: .relaxed)
                    let key = "\(name)-\(number)"
                    let (length, isAwaited) = (Self.length(&random), number % 4 == 0)
                    group.addTask {
                        let handle = await Self.submit(key, length, client, journal)
                        load.waiting.subtract(1, ordering: .relaxed)
                        guard isAwaited, let handle else { return }
                        await Self.awaitResult(handle, key, journal)
                    }
                }
                let pause = Double.random(in: 0.2...1.8, using: &random) / rate
                try? await Task.sleep(for: .seconds(pause))  // waits: it is the load's rate
            }
            // What was tried is answered; results may be waited for in vain.
            while load.waiting.load(ordering: .relaxed) > 0, getppid() == supervisor {
                try? await Task.sleep(for: .milliseconds(20))  // waits: for the answers, which others count
            }
            group.cancelAll()
        }
        await client.shutdown()
    }

    /// Milliseconds: mostly a few, now and then up to two seconds.
    private static func length(_ random: inout some RandomNumberGenerator) -> Int {
        switch Int.random(in: 0..<100, using: &random) {
        case ..<80: Int.random(in: 1...20, using: &random)
        case ..<95: Int.random(in: 20...200, using: &random)
        default: Int.random(in: 200...2000, using: &random)
        }
    }

    private static func submit(
        _ key: String,
        _ length: Int,
        _ client: Broker,
        _ journal: Journal
    ) async -> TaskHandle<JSONValue>? {
        journal.write("T", key)
        do {
            let handle = try await client.kiq(
                named: "work",
                args: [.string(key), .int(length)],
                taskID: TaskID(rawValue: key)
            )
            journal.write("A", key)
            return handle
        } catch {
            // Whether a submission that had no answer is enqueued is not known.
            let isUnknown = (error as? TaskiqError)?.code == .sendTimeout
            journal.write(isUnknown ? "U" : "E", key)
            return nil
        }
    }

    private static func awaitResult(_ handle: TaskHandle<JSONValue>, _ key: String, _ journal: Journal) async {
        guard let value = try? await handle.value(timeout: .seconds(120)), case .string(let run) = value else { return }
        journal.write("R", key, run)
    }
}

/// How it goes with a client's load.
private final class Load: Sendable {
    let isStopping = Atomic(false)
    /// How many submissions have no answer.
    let waiting = Atomic(0)
}

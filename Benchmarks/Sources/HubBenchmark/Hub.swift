// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Logging
import Taskiq
import TaskiqZeroMQ

/// The stock hub as a process, with a data directory of its own.
final class Hub {
    let directory: String
    let durability: String
    let program: String
    private(set) var process: Child

    var address: String { "ipc://\(directory)/hub.sock" }

    init(_ program: String, durability: String) async throws {
        self.program = program
        self.durability = durability
        directory = NSTemporaryDirectory() + "taskiq-bench-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        process = try Self.start(program, directory, durability)
        try await waitUntilItServes()
    }

    deinit {
        process.end()
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// Ends it and starts it again.
    ///
    /// - Returns: how long it took from the start to its first answer, in seconds.
    func restart() async throws -> Double {
        process.end()
        let start = ContinuousClock.now
        process = try Self.start(program, directory, durability)
        try await waitUntilItServes()
        return (ContinuousClock.now - start).seconds
    }

    private static func start(_ program: String, _ directory: String, _ durability: String) throws -> Child {
        try Child(
            program: program,
            [
                "hub", "--listen", "ipc://\(directory)/hub.sock", "--data", directory + "/data", "--durability",
                durability,
            ],
            environment: ["TASKIQ_LOG_LEVEL": "warning"]
        )
    }

    private func waitUntilItServes() async throws {
        var logger = Logger(label: "benchmark")
        logger.logLevel = .critical
        let broker = try Broker.zeroMQ(address, logger: logger)
        try await broker.startup()
        // Whatever the answer, it is one.
        _ = try? await broker.resultBackend.isResultReady(for: "nobody")
        await broker.shutdown()
    }
}

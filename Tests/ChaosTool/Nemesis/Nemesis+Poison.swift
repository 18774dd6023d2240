// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Logging
import Taskiq
import TaskiqApp

extension Nemesis {
    /// How many poison tasks are about at a time.
    private static let batch = 6

    /// Submits tasks that kill their process, replaces the workers that they kill, and waits for the tasks' results.
    mutating func poisonAll() async throws {
        let broker = try ChaosTool.makeBroker(
            address: fleet.address,
            sendTimeout: .seconds(120),
            logger: Logger(label: "poison") { _ in SwiftLogNoOpLogHandler() }
        )
        try await broker.startup()
        var open: [String] = []
        let deadline = Uptime.milliseconds + Int64(count) * 30_000 + 120_000
        while poison.count < count || !open.isEmpty {
            guard Uptime.milliseconds < deadline else { break }
            try await fleet.replaceDead()
            // The next one when the last has killed for the first time: of two that begin in one process, the hub could not
            // know which did it.
            while open.count < Self.batch, poison.count < count, try startedCount(fleet) >= poison.count {
                let key = "poison-\(poison.count)"
                poison.append(key)
                open.append(key)
                // A crash at the first instruction, and one after a while.
                let length = pick(2) == 0 ? 0 : pick(200)
                try await broker.kiq(
                    named: "poison",
                    args: [.string(key), .int(length)],
                    taskID: TaskID(rawValue: key)
                )
            }
            var next: [String] = []
            for key in open where try await !broker.handle(for: TaskID(rawValue: key)).isReady { next.append(key) }
            open = next
            try await Task.sleep(for: .milliseconds(50))  // waits: for processes that die by themselves
        }
        await broker.shutdown()
    }

    /// How many poison tasks have begun at least once.
    private func startedCount(_ fleet: Fleet) throws -> Int {
        guard let text = try? String(contentsOfFile: fleet.effects + Journal.poison, encoding: .utf8) else { return 0 }
        return Set(text.split(separator: "\n").map { $0.split(separator: " ")[1] }).count
    }
}

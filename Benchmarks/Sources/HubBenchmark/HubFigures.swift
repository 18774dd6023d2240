// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation

/// The figures, each with its limit, in one run.
struct HubFigures {
    /// The stock program.
    let program: String
    /// The parts to run; all when empty.
    let only: Set<String>

    private static let bodySize = 230
    private static let lives = 200_000
    private static let backlog = 1_000_000

    func run() async throws -> Bool {
        var holds = true
        var rawRate = 0.0
        var rawTrip = 0.0
        try await inDirectory { directory in
            rawRate = try RawSockets.throughput(in: directory, count: 1_000_000, size: Self.bodySize)
            // Where the two processes happen to share a core it is several times shorter: so several pairs, and the middle.
            let pairs = try (0..<9).map { _ in
                try RawSockets.roundTrips(in: directory, count: 4000, size: Self.bodySize)
            }.sorted { $0[$0.count / 2] < $1[$1.count / 2] }
            let trips = pairs[pairs.count / 2]
            rawTrip = trips[trips.count / 2]
            row("libzmq: PUSH to PULL", "\(text(rawRate)) messages/s")
            let range = [pairs[0], pairs[pairs.count - 1]].map { text($0[$0.count / 2]) }.joined(separator: "–")
            row(
                "libzmq: round trip",
                "p50 \(text(rawTrip)) µs (\(range)), p99 \(text(trips[trips.count * 99 / 100])) µs"
            )
        }
        func check(_ condition: Bool, _ limit: String) -> String {
            if !condition { holds = false }
            return condition ? "holds (\(limit))" : "DOES NOT HOLD (\(limit))"
        }
        if wants("lives") {
            for (durability, least) in [("full", 25_000.0), ("memory", 80_000.0)] {
                let rate = try await lives(durability)
                let ratio = String(format: "%.3f of libzmq", rate / rawRate)
                row(
                    "submit → run → result stored, \(durability)",
                    "\(text(rate)) tasks/s, \(ratio)",
                    check(rate >= least, "at least \(text(least))")
                )
            }
        }
        if wants("awaited") {
            for durability in ["full", "memory"] {
                let hub = try await Hub(program, durability: durability)
                let worker = try Worker(hub)
                defer { worker.process.end() }
                let client = try Child(["call", hub.address, "100000", "256"])
                let seconds = Double(client.line() ?? "") ?? .nan
                row("kiq and wait for the result, 256 at a time, \(durability)", "\(text(100_000 / seconds)) tasks/s")
            }
        }
        if wants("trips") {
            for durability in ["memory", "full"] {
                let hub = try await Hub(program, durability: durability)
                let worker = try Worker(hub)
                defer { worker.process.end() }
                let client = try Child(["call", hub.address, durability == "memory" ? "10000" : "2000", "1"])
                _ = client.line()
                let times = (client.line() ?? "").split(separator: " ").compactMap { Double($0) }
                guard times.count == 2 else { throw RawSockets.Failure(description: "the client said nothing") }
                let ratio = times[0] / rawTrip
                row(
                    "kiq → result, one at a time, \(durability)",
                    "p50 \(text(times[0])) µs, p99 \(text(times[1])) µs, \(String(format: "%.1f", ratio)) × libzmq",
                    durability == "memory" ? check(ratio <= 4, "at most 4 ×") : ""
                )
            }
        }
        if wants("enqueue") {
            let hub = try await Hub(program, durability: "full")
            let rate = try enqueue(hub, 300_000)
            row("enqueue only, full", "\(text(rate)) tasks/s", check(rate >= 60_000, "at least 60,000"))
        }
        if wants("backlog") { try await backlog(check) }
        if wants("idle") {
            let hub = try await Hub(program, durability: "full")
            let worker = try Worker(hub)
            defer { worker.process.end() }
            try await Task.sleep(for: .seconds(3))
            let before = hub.process.processorTime
            try await Task.sleep(for: .seconds(20))
            let share = (hub.process.processorTime - before) / 20
            row(
                "an idle hub with a worker",
                String(format: "%.2f %% of a core", share * 100),
                check(share < 0.005, "under 0.5 %")
            )
        }
        return holds
    }

    // MARK: Parts

    private struct Worker {
        let process: Child

        init(_ hub: Hub) throws {
            process = try Child(["work", hub.address, "64", "448"])
        }

        /// How many tasks it has run.
        var count: Int {
            process.ask()
            return Int(process.line() ?? "") ?? 0
        }
    }

    private func lives(_ durability: String) async throws -> Double {
        let hub = try await Hub(program, durability: durability)
        let worker = try Worker(hub)
        defer { worker.process.end() }
        return try lives(hub)
    }

    private func lives(_ hub: Hub) throws -> Double {
        let client = try Child(["submit", hub.address, "\(Self.lives)", "512", "1000"])
        _ = client.line()
        let seconds = Double(client.line() ?? "") ?? .nan
        client.wait()
        return Double(Self.lives) / seconds
    }

    private func enqueue(_ hub: Hub, _ count: Int) throws -> Double {
        let client = try Child(["submit", hub.address, "\(count)", "512", "0"])
        let seconds = Double(client.line() ?? "") ?? .nan
        client.wait()
        return Double(count) / seconds
    }

    private func backlog(_ check: (Bool, String) -> String) async throws {
        // How many tasks are run while others come in, with nothing before them and with many.
        let empty = try await Hub(program, durability: "full")
        let none = try await rateUnderLoad(empty)
        empty.process.end()

        let hub = try await Hub(program, durability: "full")
        let rate = try enqueue(hub, Self.backlog)
        let bytes = hub.process.residentBytes / 1_000_000
        row("enqueue \(Self.backlog), full", "\(text(rate)) tasks/s")
        row("memory with so many waiting", "\(bytes) MB", check(bytes <= 500, "at most 500 MB"))
        let seconds = try await hub.restart()
        row("restart with so many waiting", String(format: "%.1f s", seconds), check(seconds <= 5, "at most 5 s"))
        let restarted = hub.process.residentBytes / 1_000_000
        row("memory after that", "\(restarted) MB", check(restarted <= 500, "at most 500 MB"))
        let many = try await rateUnderLoad(hub)
        row(
            "tasks run while others come in",
            "\(text(many)) tasks/s with so many waiting, \(text(none)) with none",
            check(many >= 0.8 * none, "at least 80 %")
        )
    }

    private func rateUnderLoad(_ hub: Hub) async throws -> Double {
        let worker = try Worker(hub)
        defer { worker.process.end() }
        let client = try Child(["submit", hub.address, "\(Self.lives)", "512", "0"])
        let start = ContinuousClock.now
        let before = worker.count
        _ = client.line()
        let run = worker.count - before
        let seconds = (ContinuousClock.now - start).seconds
        client.wait()
        return Double(run) / seconds
    }

    // MARK: Printing

    private func wants(_ part: String) -> Bool { only.isEmpty || only.contains(part) }

    private func inDirectory(_ body: (String) throws -> Void) async throws {
        let directory = NSTemporaryDirectory() + "taskiq-raw-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try body(directory)
    }

    private func row(_ name: String, _ figure: String, _ verdict: String = "") {
        let line = "\(name.padding(toLength: 58, withPad: " ", startingAt: 0)) \(figure)  \(verdict)\n"
        // At once: a run takes minutes.
        FileHandle.standardOutput.write(Data(line.utf8))
    }

    private func text(_ value: Double) -> String {
        value.formatted(.number.precision(.fractionLength(value < 100 ? 1 : 0)).locale(Locale(identifier: "en_US")))
    }
}

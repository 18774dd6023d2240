// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Taskiq
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The metrics of worker processes, read where their supervisor serves them.
@Suite struct MetricsTests {
    /// Two processes count, one is killed and comes again: the totals are those of all, and never fall.
    @Test func totalsAreThoseOfAllProcessesAndNeverFall() async throws {
        let fleet = try Fleet()
        let scheduler = try await fleet.scheduler()
        let worker = try TestProcess(
            Programs.taskiq,
            [
                "worker", "-w", "2", "--broker", fleet.address, "--max-async-tasks", "1", "--allow-commands",
                "--metrics-address", "127.0.0.1:0",
            ]
        )
        try await worker.wait("both processes were connected") { _, errors in
            errors.components(separatedBy: "worker connected").count > 2
        }
        let url = try #require(metricsURL(worker))
        var count = 0
        try await fleet.withBroker { broker in
            // Until both have had some.
            var processes: Set<String> = []
            while processes.count < 2 {
                var handles: [TaskHandle<JSONValue>] = []
                for _ in 0..<8 {
                    let command = JSONValue.string("echo $PPID; sleep 0.05")  // waits: so that one process has not all
                    handles.append(try await broker.kiq(named: "taskiq.command", args: [command]))
                }
                for handle in handles {
                    let value = try await handle.value(timeout: .seconds(120))
                    if case .string(let output)? = value["stdout"] { processes.insert(output) }
                    count += 1
                }
            }
            #expect(try await scrape(url, until: count)["success_tasks_total"] == Double(count))

            let victim = try #require(worker.children.first)
            #expect(kill(victim, SIGKILL) == 0)
            try await TestProcess.waitForEnd(of: victim, within: .seconds(10))
            // In between, and when another has taken its place, and when that has counted: never less.
            #expect(try await read(url)["received_tasks_total"] == Double(count))
            try await worker.wait("another process was connected") { _, errors in
                errors.components(separatedBy: "worker connected").count > 3
            }
            #expect(try await read(url)["received_tasks_total"] == Double(count))
            for _ in 0..<8 {
                let handle = try await broker.kiq(named: "taskiq.echo", args: [.int(1)])
                _ = try await handle.value(timeout: .seconds(120))
            }
            let after = try await scrape(url, until: count + 8)
            for name in ["received_tasks_total", "success_tasks_total", "saved_results_total", "execution_time_count"] {
                #expect(after[name] == Double(count + 8), "\(name)")
            }
            #expect(after["found_errors_total"] == 0)
        }
        worker.signal(SIGTERM)
        #expect(try await worker.end(within: .seconds(10)) == 0)
        _ = scheduler
    }

    @Test func anAddressInUseIsRefused() async throws {
        let fleet = try Fleet()
        let listener = try LoopbackListener()
        let worker = try TestProcess(
            Programs.taskiq,
            ["worker", "--broker", fleet.address, "--metrics-address", "127.0.0.1:\(listener.port)"]
        )
        #expect(try await worker.end() == 4)
        #expect(worker.errors.contains("127.0.0.1:\(listener.port)"))
        #expect(worker.errors.contains("--metrics-address"))
    }

    /// `HelloTasks` declares no metrics: its own command says what to do, and under the stock one it works uncounted.
    @Test func aProgramWithoutMetricsSaysSo() async throws {
        let fleet = try Fleet()
        let address = ["--metrics-address", "127.0.0.1:0"]
        let own = try TestProcess(Programs.helloTasks, ["worker", "--broker", fleet.address] + address)
        #expect(try await own.end() == 2)
        #expect(own.errors.contains("PrometheusMetrics()"))
        let scheduler = try await fleet.scheduler()
        let stock = try TestProcess(
            Programs.taskiq,
            ["worker", Programs.helloTasks, "--broker", fleet.address] + address
        )
        try await stock.wait("it was connected") { _, errors in errors.contains("worker connected") }
        #expect(stock.errors.contains("declares no metrics"))
        #expect(try await fleet.taskiq("kiq", "add", "1", "2", "--wait").output == "3\n")
        _ = scheduler
    }

    private func metricsURL(_ worker: TestProcess) -> String? {
        worker.errors.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("url=") }.map {
            String($0.dropFirst(4))
        }
    }

    /// Reads until so many tasks are told of; a process reports once in a second.
    private func scrape(_ url: String, until count: Int) async throws -> [String: Double] {
        let deadline = ContinuousClock.now + .seconds(120)
        var values: [String: Double] = [:]
        while values["saved_results_total"] != Double(count), ContinuousClock.now < deadline {
            values = try await read(url)
            await Task.yield()
        }
        return values
    }

    /// The metrics, each summed over its tasks.
    private func read(_ url: String) async throws -> [String: Double] {
        let (data, _) = try await URLSession.shared.data(from: try #require(URL(string: url)))
        let text = String(decoding: data, as: UTF8.self)
        var values: [String: Double] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let name = String(line.prefix { $0 != "{" && $0 != " " })
            values[name, default: 0] += line.split(separator: " ").last.flatMap { Double($0) } ?? .nan
        }
        return values
    }
}

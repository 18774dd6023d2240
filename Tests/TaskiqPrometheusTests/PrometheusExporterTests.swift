// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import CoreMetrics
import Foundation
import ServiceLifecycle
import ServiceLifecycleTestKit
import Taskiq
import Testing

@testable import TaskiqPrometheus

/// The exporter over real sockets: what workers report, and what clients get.
@Suite struct PrometheusExporterTests {
    /// Runs an exporter for as long as the body does.
    private func withExporter(
        registry: PrometheusRegistry? = nil,
        _ body: (PrometheusExporter) async throws -> Void
    ) async throws {
        let exporter = try PrometheusExporter(host: "127.0.0.1", port: 0, registry: registry)
        try await withThrowingTaskGroup { group in
            group.addTask { try await exporter.run() }
            try await body(exporter)
            group.cancelAll()
        }
    }

    /// A worker process's side of a connection.
    private final class Worker {
        let registry = PrometheusRegistry()
        let descriptor: Int32
        private var sender: SnapshotSender

        init(_ exporter: PrometheusExporter) throws {
            descriptor = try exporter.connectWorker()
            sender = SnapshotSender(descriptor)
        }

        deinit {
            close(descriptor)
        }

        func count(_ amount: Int) throws {
            Counter(label: "tasks", factory: registry).increment(by: amount)
            Meter(label: "running", factory: registry).set(amount)
            try sender.send(registry.snapshot)
            #expect(sender.isFlushed)
        }

        func write(_ bytes: [UInt8]) {
            _ = Sockets.write(bytes[...], to: descriptor)
        }
    }

    private func lines(_ exporter: PrometheusExporter) async throws -> [String] {
        let answer = try await TestClient.ask(exporter.url)
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        return answer.components(separatedBy: "\r\n\r\n").dropFirst().joined()
            .split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
    }

    private func expectLines(
        _ exporter: PrometheusExporter,
        _ wanted: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let found = try await lines(exporter)
        #expect(found == wanted, sourceLocation: sourceLocation)
    }

    @Test func workersAreSummedAndTheirCountsOutliveThem() async throws {
        try await withExporter { exporter in
            try await expectLines(exporter, [])
            let first = try Worker(exporter)
            var second: Worker? = try Worker(exporter)
            try first.count(3)
            try second?.count(4)
            try await expectLines(exporter, ["running 7.0", "tasks_total 7.0"])
            try second?.count(2)
            try await expectLines(exporter, ["running 5.0", "tasks_total 9.0"])
            // Killed in the middle of a report.
            second?.write([0, 0, 1, 0, 0x7B])
            second = nil
            try await expectLines(exporter, ["running 3.0", "tasks_total 9.0"])
            let third = try Worker(exporter)
            try await expectLines(exporter, ["running 3.0", "tasks_total 9.0"])
            try third.count(1)
            try await expectLines(exporter, ["running 4.0", "tasks_total 10.0"])
        }
    }

    @Test(arguments: [[0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 2, 0x7B, 0x7D]] as [[UInt8]])
    func aReportThatCannotBeReadHarmsNoOther(bytes: [UInt8]) async throws {
        try await withExporter { exporter in
            let (good, bad) = (try Worker(exporter), try Worker(exporter))
            try good.count(1)
            try bad.count(2)
            bad.write(bytes)
            try await expectLines(exporter, ["running 1.0", "tasks_total 3.0"])
            try good.count(1)
            try await expectLines(exporter, ["running 1.0", "tasks_total 4.0"])
        }
    }

    @Test func aLargeReportArrivesAsAWhole() async throws {
        try await withExporter { exporter in
            let worker = try Worker(exporter)
            for number in 0..<2000 {
                Timer(label: "t", dimensions: [("n", "\(number)")], factory: worker.registry).recordNanoseconds(1)
            }
            var sender = SnapshotSender(worker.descriptor)
            let snapshot = worker.registry.snapshot
            repeat {
                try sender.send(snapshot)
                await Task.yield()
            } while !sender.isFlushed
            #expect(sender.isConnected)
            var found = 0
            let deadline = ContinuousClock.now + .seconds(30)
            while found < 2000, ContinuousClock.now < deadline {
                found = try await lines(exporter).count { $0.hasPrefix("t_count") }
            }
            #expect(found == 2000)
        }
    }

    @Test func theMetricsOfTheProcessItselfAreServed() async throws {
        let registry = PrometheusRegistry()
        try await withExporter(registry: registry) { exporter in
            Counter(label: "own", factory: registry).increment()
            try await expectLines(exporter, ["own_total 1.0"])
            Counter(label: "own", factory: registry).increment()
            let worker = try Worker(exporter)
            try worker.count(1)
            try await expectLines(exporter, ["own_total 2.0", "running 1.0", "tasks_total 1.0"])
        }
    }

    // The lengths are apart, so that a log does not show what is long.
    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", 0, "404"), ("HEAD /metrics HTTP/1.1\r\n\r\n", 0, "405"),
        ("hello\r\n\r\n", 0, "400"), ("GET /metrics HTTP/1.1\r\nX: ", 100_000, "431"),
        ("POST /metrics HTTP/1.1\r\n\r\n", 1_000_000, "405"),
    ])
    func whatCannotBeServedIsRefused(beginning: String, filling: Int, status: String) async throws {
        let request = beginning + String(repeating: "a", count: filling)
        try await withExporter { exporter in
            let answer = try await TestClient.ask(exporter.url, request)
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
            #expect(answer.contains("\r\nConnection: close\r\n"))
            try await expectLines(exporter, [])
        }
    }

    @Test func clientsThatOnlyHoldTheirConnectionsKeepNobodyOut() async throws {
        try await withExporter { exporter in
            let url = exporter.url
            let idle = try await TestClient.waiting {
                try (0..<100).map { _ in
                    let client = try TestClient(url)
                    client.say("GET /met".utf8)
                    return client
                }
            }
            try await expectLines(exporter, [])
            // The first ones had to go.
            let isEnded = try await TestClient.waiting { idle[0].isEnded() }
            #expect(isEnded)
            withExtendedLifetime(idle) {}
        }
    }

    @Test func anAddressInUseIsAConflict() throws {
        let first = try PrometheusExporter(host: "127.0.0.1", port: 0)
        let port = try #require(URL(string: first.url)?.port)
        let error = #expect(throws: TaskiqError.self) {
            try PrometheusExporter(host: "127.0.0.1", port: UInt16(port))
        }
        #expect(error?.code == .conflict)
        #expect(error?.message.contains("127.0.0.1:\(port)") == true)
        withExtendedLifetime(first) {}
    }

    @Test func aHostThatIsNotThisMachineIsRefused() {
        let error = #expect(throws: TaskiqError.self) { try PrometheusExporter(host: "192.0.2.1", port: 0) }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains("192.0.2.1:0") == true)
    }

    @Test func itStopsGracefullyAndRunsOnce() async throws {
        let exporter = try PrometheusExporter(host: "localhost", port: 0)
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup { group in
                group.addTask { try await exporter.run() }
                trigger.triggerGracefulShutdown()
                try await group.next()
            }
        }
        await #expect(throws: TaskiqError.self) { try await exporter.run() }
    }
}

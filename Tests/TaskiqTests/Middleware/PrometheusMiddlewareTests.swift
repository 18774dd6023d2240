// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import CoreMetrics
import MetricsTestKit
import Testing

@testable import Taskiq

/// The metrics of tasks, through a backend of swift-metrics.
@Suite struct PrometheusMiddlewareTests {
    private struct Failing: Error {}

    private let metrics = TestMetrics()

    /// Runs tasks to their end in memory.
    private func run(
        _ middlewares: [any TaskiqMiddleware],
        _ body: (Broker) async throws -> [TaskHandle<JSONValue>]
    ) async throws {
        let broker = Broker.inMemory(middlewares: middlewares)
        broker.task("golden.tasks:add") { (a: Int, b: Int) in a + b }
        broker.task("golden.tasks:fail") { () throws -> Int in throw Failing() }
        try await broker.startup()
        for handle in try await body(broker) { _ = try await handle.waitForResult(timeout: .seconds(60)) }
        await broker.shutdown()
    }

    private func total(_ label: String, _ task: String) -> Int64 {
        metrics.counterTotal(label: label, dimensions: [("task_name", task)])
    }

    @Test func countsWhatPythonCounts() async throws {
        struct File: Decodable { var prometheus_text: [String] }
        try await run([PrometheusMiddleware(factory: metrics)]) { broker in
            [
                try await broker.kiq(named: "golden.tasks:add", args: [.int(1), .int(2)]),
                try await broker.kiq(named: "golden.tasks:fail"),
            ]
        }
        // Every counter and count that Python has written, with its value.
        let lines = try Golden.read("middlewares", as: File.self).prometheus_text
        var compared = 0
        for line in lines where !line.hasPrefix("#") && !line.contains("_bucket") && !line.contains("_sum") {
            let parts = line.split(whereSeparator: { "{}\" =".contains($0) }).map(String.init)
            try #require(parts.count == 4 && parts[1] == "task_name")
            let (name, task, value) = (parts[0], parts[2], Double(parts[3]))
            compared += 1
            if name == "execution_time_count" {
                let timer = try metrics.expectTimer("execution_time", [("task_name", task)])
                #expect(Double(timer.values.count) == value)
                #expect(timer.values.allSatisfy { $0 >= 0 })
            } else {
                #expect(Double(total(name, task)) == value, "\(name) of \(task)")
            }
        }
        #expect(compared == 8)
        // What did not happen is told as zero.
        #expect(total("found_errors_total", "golden.tasks:add") == 0)
        #expect(total("success_tasks_total", "golden.tasks:fail") == 0)
        #expect(Set(metrics.counters.map(\.label)).count == 4)
        #expect(metrics.timers.map(\.label) == ["execution_time", "execution_time"])
    }

    @Test func makesTheMetricsOfATaskOnce() async throws {
        try await run([PrometheusMiddleware(factory: metrics)]) { broker in
            var handles: [TaskHandle<JSONValue>] = []
            for number in 0..<20 {
                handles.append(try await broker.kiq(named: "golden.tasks:add", args: [.int(number), .int(2)]))
            }
            return handles
        }
        #expect(metrics.counters.count == 4)
        #expect(metrics.timers.count == 1)
        #expect(total("received_tasks_total", "golden.tasks:add") == 20)
    }

    @Test func namesOfUnknownTasksMakeNoMetrics() async throws {
        try await run([PrometheusMiddleware(factory: metrics)]) { broker in
            var handles: [TaskHandle<JSONValue>] = []
            for number in 0..<50 {
                handles.append(try await broker.kiq(named: TaskName(rawValue: "hostile-\(number)")))
            }
            return handles
        }
        #expect(metrics.counters.isEmpty)
        #expect(metrics.timers.isEmpty)
    }

    @Test func pastTheLimitNamesShareTheirMetrics() async throws {
        let middleware = PrometheusMiddleware(factory: metrics, limit: 1)
        try await run([Renaming(), middleware]) { broker in
            var handles: [TaskHandle<JSONValue>] = []
            for number in 0..<50 {
                handles.append(try await broker.kiq(named: "golden.tasks:add", args: [.int(number), .int(1)]))
            }
            return handles
        }
        #expect(metrics.counters.count == 8)
        // Whichever ran first.
        #expect((0..<50).map { total("received_tasks_total", "renamed-\($0)") }.reduce(0, +) == 1)
        #expect(total("received_tasks_total", "(other)") == 49)
        #expect(total("success_tasks_total", "(other)") == 49)
    }

    /// Gives each message a name of its own.
    private struct Renaming: TaskiqMiddleware {
        func preExecute(_ message: inout TaskiqMessage, context: Context) async throws {
            let number = try message.args[0].decode(Int.self)
            message.taskName = TaskName(rawValue: "renamed-\(number)")
        }
    }

    @Test(
        arguments: [
            (Duration.zero, 0), (.milliseconds(1500), 1_500_000_000), (.nanoseconds(7), 7), (.seconds(-3), 0),
            (.seconds(Int64.max), .max),
            (.seconds(9_223_372_037), .max),
            (Duration(secondsComponent: 9_223_372_036, attosecondsComponent: 999_999_999_999_999_999), .max),
        ] as [(Duration, Int64)]
    )
    func timesAreToldInNanoseconds(time: Duration, nanoseconds: Int64) async throws {
        try await run([PrometheusMiddleware(factory: metrics), Taking(time: time)]) { broker in
            [try await broker.kiq(named: "golden.tasks:add", args: [.int(1), .int(2)])]
        }
        #expect(try metrics.expectTimer("execution_time", [("task_name", "golden.tasks:add")]).values == [nanoseconds])
    }

    /// Says that a task took so long.
    private struct Taking: TaskiqMiddleware {
        let time: Duration

        func postExecute(_ message: TaskiqMessage, result: inout StoredResult, context: Context) async throws {
            result.executionTime = time
        }
    }

    @Test func theBackendOfTheMomentIsUsed() async throws {
        try await withMetricsFactory(metrics) {
            try await run([PrometheusMiddleware()]) { broker in
                [try await broker.kiq(named: "golden.tasks:add", args: [.int(1), .int(2)])]
            }
        }
        #expect(total("received_tasks_total", "golden.tasks:add") == 1)
    }
}

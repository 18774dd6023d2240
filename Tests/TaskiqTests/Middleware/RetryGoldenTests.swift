// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

@Suite("Retries, against what Python sends", .timeLimit(.minutes(5)))
struct RetryGoldenTests {
    struct Scenario: Decodable {
        struct Final: Decodable {
            var isError: Bool
            var labels: JSONValue
            /// Absent, too, where Python could not store the result.
            var returnValue: JSONValue?

            private enum CodingKeys: String, CodingKey {
                case isError = "is_err"
                case labels
                case returnValue = "return_value"
            }
        }

        var wire: [String]
        var final: Final
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var task: TaskName = "boom"
        var middleware: any TaskiqMiddleware
        var labels: Labels = []
        /// What differs from Python on purpose: Python's text, ours.
        var differences: [(String, String)] = []
        var delays: [Duration] = []

        var testDescription: String { name }
    }

    private static let cases: [Case] = [
        Case(
            name: "simple_retry_max3",
            middleware: SimpleRetryMiddleware(),
            labels: [.retryOnError(), .maxRetries(3), Labels.Entry(name: "keep", value: .bytes([0xFF]))],
            delays: [.zero, .zero]
        ),
        Case(
            name: "simple_retry_default",
            middleware: SimpleRetryMiddleware(defaultRetryCount: 2, defaultRetryLabel: true),
            delays: [.zero]
        ),
        Case(name: "simple_retry_disabled", middleware: SimpleRetryMiddleware()),
        Case(
            name: "smart_retry_no_source",
            middleware: SmartRetryMiddleware(
                defaultDelay: .seconds(2),
                useDelayExponent: true,
                maxDelayExponent: .seconds(5)
            ),
            labels: [.retryOnError(), .maxRetries(5)],
            // A delay is a number of seconds, whole or not: Python's cap comes out as an integer.
            differences: [
                (#""delay":"5""#, #""delay":"5.0""#), (#""_retries":2,"delay":2}"#, #""_retries":2,"delay":4}"#),
            ],
            // Python writes the delay into the label alone; here the transport is told of it as well.
            delays: [.seconds(2), .seconds(4), .seconds(5), .seconds(5)]
        ),
        Case(
            name: "requeue",
            task: "rq",
            middleware: SimpleRetryMiddleware(),
            labels: [.label("i", 5), .label("f", 1.5), .label("t", true), .label("s", "x")],
            // Labels keep the text and the type they came with; the count has a type like any other.
            differences: [
                (#""i":5,"f":1.5,"t":true,"#, #""i":"5","f":"1.5","t":"True","#),
                (
                    #""X-Taskiq-requeue":"1"},"labels_types":{"i":2,"f":4,"t":5,"s":3}"#,
                    #""X-Taskiq-requeue":"1"},"labels_types":{"i":2,"f":4,"t":5,"s":3,"X-Taskiq-requeue":2}"#
                ),
                (
                    #""X-Taskiq-requeue":"2"},"labels_types":{"i":2,"f":4,"t":5,"s":3}"#,
                    #""X-Taskiq-requeue":"2"},"labels_types":{"i":2,"f":4,"t":5,"s":3,"X-Taskiq-requeue":2}"#
                ),
            ],
            delays: [.zero, .zero]
        ),
    ]

    @Test("the messages, in order, and the result", arguments: cases)
    func scenario(_ testCase: Case) async throws {
        let golden = try #require(try Golden.read("runtime", as: [String: Scenario].self)[testCase.name])
        let broker = Broker(
            transport: RecordingTransport(),
            resultBackend: RecordingBackend(storesWithAcknowledgement: true),
            middlewares: [testCase.middleware]
        )
        broker.task("boom") { (_: Int) throws -> Int in throw TaskFailure(type: "ValueError", message: "boom") }
        broker.register(named: "rq") { message, context in
            if (message.labels[.requeueCount] ?? 0) < 2 { try context.requeue() }
            return JSONValue.int(1).fragment
        }
        let seen = try await broker.runToTheEnd(
            testCase.task,
            args: testCase.task == "boom" ? [.int(1)] : [],
            labels: testCase.labels
        )
        let wanted = golden.wire.map { line in
            testCase.differences.reduce(Golden.compacted(line)) { $0.replacing($1.0, with: $1.1) }
        }
        #expect(seen.wire == wanted)
        for (python, _) in testCase.differences {
            #expect(golden.wire.contains { Golden.compacted($0).contains(python) }, "\(python) differs no more")
        }
        #expect(seen.delays == testCase.delays)
        let result = try #require(seen.result)
        #expect(result.isError == golden.final.isError)
        #expect(Golden.matches(result.returnValue, golden.final.returnValue ?? .null))
        guard case .object(let labels) = golden.final.labels else {
            Issue.record("no labels")
            return
        }
        #expect(result.labels.entries.map(\.name).sorted() == labels.map(\.key).sorted())
        for label in labels {
            let found = try #require(result.labels[label.key])
            switch (label.key, label.value) {
            // The file has these as JSON, where a floating-point number has no tag.
            case (_, .double(let value)): #expect(found == .double(value), "\(label)")
            // Python's last delay is the integer of its cap.
            case ("delay", .int(let value)): #expect(found == .double(Double(value)), "\(label)")
            // To Python the count has no type, and stays text.
            case ("X-Taskiq-requeue", .string(let text)): #expect(found.text == text, "\(label)")
            default: #expect(Golden.matches(found, label.value), "\(label)")
            }
        }
    }

    @Test("each scenario of the file is run, and nothing else")
    func complete() throws {
        #expect(try Set(Golden.read("runtime", as: [String: Scenario].self).keys) == Set(Self.cases.map(\.name)))
    }
}

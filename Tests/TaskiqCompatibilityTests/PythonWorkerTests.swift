// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Logging
import Taskiq
import TaskiqZeroMQ
import Testing

/// Tasks that we send to a real Python worker.
@Suite(.withPython, .timeLimit(.minutes(5))) struct PythonWorkerTests {
    /// A call of ours, and what Python's `repr` says of what its task was given.
    struct Call: Sendable {
        let task: String
        var args: [JSONFragment] = []
        var kwargs = KeywordArguments()
        var labels = Labels()
        var seen: [String] = []
        var seenKeywords: [String: String] = [:]
        var seenLabels: [String: String] = [:]
        /// Whether an argument needs more than 64 bits.
        var isWide = false
    }

    private struct Person: Encodable {
        var name = "Ann"
        var age = 36
        var addresses = [["city": JSONValue.string("Bern"), "zip": .int(3000)]]
        var born = "1988-05-06"
    }

    static func calls() throws -> [Call] {
        func encoded(_ value: some Encodable) throws -> [JSONFragment] { [try JSONFragment(encoding: value)] }
        let zeros = String(repeating: "0", count: 30)
        let text = "héllo 世界 🎉 \u{0}\u{7F}\"\\"
        return [
            Call(task: "int", args: try encoded(42), seen: ["42"]),
            Call(task: "int", args: try encoded(Int.min), seen: ["-9223372036854775808"]),
            Call(task: "int", args: try encoded(UInt64.max), seen: ["18446744073709551615"]),
            Call(task: "any", args: [try JSONFragment(parsing: "1\(zeros)")], seen: ["1\(zeros)"], isWide: true),
            Call(task: "float", args: try encoded(1.5), seen: ["1.5"]),
            Call(task: "float", args: try encoded(1e22), seen: ["1e+22"]),
            Call(task: "float", args: try encoded(-0.0), seen: ["-0.0"]),
            Call(task: "float", args: try encoded(Double.leastNonzeroMagnitude), seen: ["5e-324"]),
            Call(task: "float", args: try encoded(3), seen: ["3.0"]),
            Call(task: "any", args: try encoded(3.0), seen: ["3.0"]),
            Call(task: "bool", args: try encoded(true), seen: ["True"]),
            Call(task: "optional", args: try encoded(Int?.none), seen: ["None"]),
            Call(task: "str", args: try encoded(text), seen: [#"'héllo 世界 🎉 \x00\x7f"\\'"#]),
            Call(task: "str", args: try encoded(""), seen: ["''"]),
            Call(task: "bytes", args: try encoded("abc é"), seen: [#"b'abc \xc3\xa9'"#]),
            Call(task: "any", args: try encoded([[1, 2], [], [3]]), seen: ["[[1, 2], [], [3]]"]),
            Call(
                task: "any",
                args: [try JSONFragment(parsing: #"{"a":[1,{"b":[null,true,1.5]}],"ü":""}"#)],
                seen: ["{'a': [1, {'b': [None, True, 1.5]}], 'ü': ''}"]
            ),
            Call(task: "tuple", args: try encoded([JSONValue.int(1), .string("a")]), seen: ["(1, 'a')"]),
            Call(task: "set", args: try encoded(Set([7])), seen: ["{7}"]),
            Call(task: "dict", args: try encoded(["a": [1, 2.5]]), seen: ["{'a': [1.0, 2.5]}"]),
            Call(task: "keys", args: try encoded([1: "x"]), seen: ["{1: 'x'}"]),
            Call(
                task: "datetime",
                args: try encoded("2024-01-02T03:04:05.006Z"),
                seen: ["datetime.datetime(2024, 1, 2, 3, 4, 5, 6000, tzinfo=TzInfo(0))"]
            ),
            Call(task: "date", args: try encoded("2024-02-29"), seen: ["datetime.date(2024, 2, 29)"]),
            Call(task: "time", args: try encoded("23:59:01"), seen: ["datetime.time(23, 59, 1)"]),
            Call(
                task: "timedelta",
                args: try encoded("P1DT2.000003S"),
                seen: ["datetime.timedelta(days=1, seconds=2, microseconds=3)"]
            ),
            Call(task: "decimal", args: try encoded("0.10"), seen: ["Decimal('0.10')"]),
            Call(
                task: "uuid",
                args: try encoded(try #require(UUID(uuidString: "12345678-1234-5678-1234-567812345678"))),
                seen: ["UUID('12345678-1234-5678-1234-567812345678')"]
            ),
            Call(
                task: "datetime",
                args: try encoded(Date(timeIntervalSince1970: 1_704_164_645.25)),
                seen: ["datetime.datetime(2024, 1, 2, 3, 4, 5, 250000, tzinfo=TzInfo(0))"]
            ),
            Call(
                task: "timedelta",
                args: try encoded(Duration.seconds(86402) + .microseconds(3)),
                seen: ["datetime.timedelta(days=1, seconds=2, microseconds=3)"]
            ),
            Call(
                task: "decimal",
                args: try encoded(Decimal(string: "-12345678901234567890.25")),
                seen: ["Decimal('-12345678901234567890.25')"]
            ),
            Call(task: "bytes", args: try encoded(Data("abc é".utf8)), seen: [#"b'abc \xc3\xa9'"#]),
            Call(
                task: "any",
                args: try encoded(try #require(BigInteger("-1\(zeros)"))),
                seen: ["-1\(zeros)"],
                isWide: true
            ),
            Call(task: "color", args: try encoded("green"), seen: ["<Color.GREEN: 'green'>"]),
            Call(task: "level", args: try encoded(2), seen: ["<Level.HIGH: 2>"]),
            Call(
                task: "person",
                args: try encoded(Person()),
                seen: [
                    "Person(name='Ann', age=36, addresses=[Address(city='Bern', zip=3000)], "
                        + "born=datetime.date(1988, 5, 6))"
                ]
            ),
            Call(
                task: "point",
                args: [try JSONFragment(parsing: #"{"x":1,"y":2,"tags":["t"]}"#)],
                seen: ["Point(x=1, y=2.0, tags=['t'])"]
            ),
            Call(
                task: "any",
                args: try encoded(1) + encoded("two"),
                kwargs: ["three": .double(3.5), "four": .null],
                seen: ["1", "'two'"],
                seenKeywords: ["three": "3.5", "four": "None"]
            ),
            Call(task: "any"),
            Call(
                task: "any",
                args: try encoded(String(repeating: "x", count: 100_000)),
                seen: ["'" + String(repeating: "x", count: 100_000) + "'"]
            ),
            Call(
                task: "any",
                labels: Labels([
                    .init(name: "i", value: .int(-5)), .init(name: "f", value: .double(1e22)),
                    .init(name: "s", value: .string("é")), .init(name: "b", value: .bool(true)),
                    .init(name: "by", value: .bytes([255, 0])), .init(name: "n", value: .any("None")),
                    .init(name: "big", value: .largeInt(digits: "1\(zeros)")),
                    .init(name: "j", value: .json(try JSONFragment(parsing: "[1,null]"))),
                ]),
                seenLabels: [
                    "i": "-5", "f": "1e+22", "s": "'é'", "b": "True", "by": #"b'\xff\x00'"#, "n": "'None'",
                    "big": "1\(zeros)", "j": "[1, None]",
                ]
            ),
        ]
    }

    @Test(arguments: Codec.all.filter(\.isPythonsDefault))
    func `a Python worker runs what a Swift client sends`(codec: Codec) async throws {
        let broker = try Broker.zeroMQPubSub(
            "zmq-pubsub+tcp://127.0.0.1:*",
            configuration: .init(subscriptionTimeout: .seconds(100)),
            formatter: codec.formatter,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await broker.startup()
        let endpoint = "tcp://" + broker.transport.address.dropFirst(PubSubAddress.scheme.count)
        let worker = try Peers.pythonWorker(of: endpoint)
        defer { worker.endAtOnce() }
        for (number, call) in try Self.calls().enumerated() where codec.isWide || !call.isWide {
            // The first waits until the worker has subscribed.
            try await broker.transport.kick(
                try broker.formatter.dumps(
                    TaskiqMessage(
                        taskID: TaskID(rawValue: "call-\(number)"),
                        taskName: TaskName(rawValue: call.task),
                        labels: call.labels,
                        args: call.args,
                        kwargs: call.kwargs
                    )
                )
            )
            let line = try await worker.line(beginningWith: "record")
            let record = try JSONFragment(parsing: line).decode(JSONValue.self)
            #expect(try record.text("id") == "call-\(number)")
            #expect(record["args"] == .array(call.seen.map(JSONValue.string)), "\(call.task) \(call.args)")
            for (name, value) in call.seenKeywords { #expect(try record["kwargs"]?.text(name) == value) }
            for (name, value) in call.seenLabels { #expect(try record["labels"]?.text(name) == value, "label \(name)") }
        }
        await broker.shutdown()
    }

    /// The shortest life a client can have: it binds, waits for the worker to find it, sends, and ends.
    @Test func `a command line sends one task and loses nothing`() async throws {
        let finder = PubSubTransport(
            address: try PubSubAddress("zmq-pubsub+tcp://127.0.0.1:*"),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await finder.bind()
        let address = finder.address
        await finder.shutdown()

        let worker = try Peers.pythonWorker(of: "tcp://" + address.dropFirst(PubSubAddress.scheme.count))
        defer { worker.endAtOnce() }
        for number in 1...3 {
            let client = try Peers.swiftClient(
                ["any", "\(number)", "--kwarg", "b=[true]", "--task-id", "id-\(number)", "--timeout", "100s"],
                broker: address
            )
            try #require(await client.end() == 0, "\(client.transcript)")
            let line = try await worker.line(beginningWith: "record")
            let record = try JSONFragment(parsing: line).decode(JSONValue.self)
            #expect(try record.text("id") == "id-\(number)")
            #expect(record["args"] == .array([.string("\(number)")]))
            #expect(try record["kwargs"]?.text("b") == "[True]")
        }
        let client = try Peers.swiftClient(["any", "--wait"], broker: address)
        #expect(await client.end() == 1)
        #expect(client.transcript.contains("error: results are not kept"))
        let lost = try Peers.swiftClient(["any"], broker: "zmq-pubsub+tcp://nowhere")
        #expect(await lost.end() == 2)
    }
}

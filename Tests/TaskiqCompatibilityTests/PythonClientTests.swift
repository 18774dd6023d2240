// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Taskiq
import Testing

/// Tasks that a real Python client sends to a real worker of ours.
@Suite(.withPython, .timeLimit(.minutes(5))) struct PythonClientTests {
    /// A call as Python writes it, and what our task makes of it.
    struct Call: Sendable {
        let task: String
        let args: String
        var kwargs = "{}"
        var labels = "{}"
        let type: String
        let value: String
        var seenLabels: [String: String] = [:]
    }

    static let calls: [Call] = [
        Call(task: "int", args: "[42]", type: "Int", value: "42"),
        Call(task: "int", args: "[-2**63]", type: "Int", value: "-9223372036854775808"),
        Call(task: "int", args: "[Level.HIGH]", type: "Int", value: "2"),
        Call(task: "uint64", args: "[2**64 - 1]", type: "UInt64", value: "18446744073709551615"),
        Call(task: "raw", args: "[10**30, -10**30]", type: "raw", value: #""1\#(zeros);-1\#(zeros)""#),
        Call(task: "double", args: "[1.5]", type: "Double", value: "1.5"),
        Call(task: "double", args: "[1e22]", type: "Double", value: "1e+22"),
        Call(task: "double", args: "[-0.0]", type: "Double", value: "-0.0"),
        Call(task: "double", args: "[5e-324]", type: "Double", value: "5e-324"),
        Call(task: "double", args: "[3]", type: "Double", value: "3.0"),
        Call(task: "bool", args: "[True]", type: "Bool", value: "true"),
        Call(task: "optional", args: "[None]", type: "Optional<Int>", value: "null"),
        Call(task: "optional", args: "[7]", type: "Optional<Int>", value: "7"),
        Call(
            task: "string",
            args: #"["héllo 世界 🎉 \x00\x7f\"\\"]"#,
            type: "String",
            value: #""héllo 世界 🎉 \u0000\#u{7F}\"\\""#
        ),
        Call(task: "string", args: "['']", type: "String", value: #""""#),
        Call(task: "matrix", args: "[[[1, 2], [], [3]]]", type: "Array<Array<Int>>", value: "[[1,2],[],[3]]"),
        Call(task: "matrix", args: "[((1, 2), {3})]", type: "Array<Array<Int>>", value: "[[1,2],[3]]"),
        Call(
            task: "numbers",
            args: "[[1, 2.5, None, inf, nan]]",
            type: "Array<Optional<Double>>",
            value: "[1.0,2.5,null,null,null]"
        ),
        Call(
            task: "any",
            args: "[{'a': [1, {'b': [None, True, 1.5]}], 'ü': ''}]",
            type: "JSONValue",
            value: #"{"a":[1,{"b":[null,true,1.5]}],"ü":""}"#
        ),
        Call(
            task: "any",
            args: "[{1: 'x', 1.5: 'y', None: 'z'}]",
            type: "JSONValue",
            value: #"{"1":"x","1.5":"y","None":"z"}"#
        ),
        Call(
            task: "string",
            args: "[datetime(2024, 1, 2, 3, 4, 5, 6000, timezone.utc)]",
            type: "String",
            value: #""2024-01-02T03:04:05.006000Z""#
        ),
        Call(
            task: "string",
            args: "[datetime(2024, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2)))]",
            type: "String",
            value: #""2024-01-02T03:04:05+02:00""#
        ),
        Call(task: "string", args: "[datetime(2024, 1, 2, 3, 4, 5)]", type: "String", value: #""2024-01-02T03:04:05""#),
        Call(task: "string", args: "[date(2024, 2, 29)]", type: "String", value: #""2024-02-29""#),
        Call(task: "string", args: "[time(23, 59, 1)]", type: "String", value: #""23:59:01""#),
        Call(
            task: "string",
            args: "[timedelta(days=1, seconds=2, microseconds=3)]",
            type: "String",
            value: #""P1DT2.000003S""#
        ),
        Call(task: "string", args: "[Decimal('0.10')]", type: "String", value: #""0.10""#),
        Call(
            task: "string",
            args: "[UUID('12345678-1234-5678-1234-567812345678')]",
            type: "String",
            value: #""12345678-1234-5678-1234-567812345678""#
        ),
        Call(task: "string", args: "[b'abc \\xc3\\xa9']", type: "String", value: #""abc é""#),
        Call(
            task: "date",
            args: "[datetime(2024, 1, 2, 3, 4, 5, 6000, timezone.utc)]",
            type: "Date",
            value: #""2024-01-02T03:04:05.006000Z""#
        ),
        Call(
            task: "timestamp",
            args: "[datetime(2024, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2)))]",
            type: "Timestamp",
            value: #""2024-01-02T01:04:05Z""#
        ),
        Call(
            task: "duration",
            args: "[timedelta(days=1, seconds=2, microseconds=3)]",
            type: "Duration",
            value: #""P1DT2.000003S""#
        ),
        Call(task: "duration", args: "[timedelta(seconds=-5)]", type: "Duration", value: #""-PT5S""#),
        Call(task: "decimal", args: "[Decimal('0.25')]", type: "Decimal", value: #""0.25""#),
        Call(
            task: "uuid",
            args: "[UUID('12345678-1234-5678-1234-56781234ABCD')]",
            type: "UUID",
            value: #""12345678-1234-5678-1234-56781234abcd""#
        ),
        Call(task: "data", args: "[b'abc \\xc3\\xa9']", type: "Data", value: #""abc é""#),
        Call(task: "large", args: "[10**30]", type: "BigInteger", value: "1\(zeros)"),
        Call(task: "set", args: "[{7}]", type: "Set<Int>", value: "[7]"),
        Call(task: "keys", args: "[{1: 'x'}]", type: "Dictionary<Int, String>", value: #"{"1":"x"}"#),
        Call(task: "color", args: "[Color.GREEN]", type: "Color", value: #""green""#),
        Call(
            task: "person",
            args: "[Person(name='Ann', age=36, addresses=[Address(city='Bern', zip=3000)], born=date(1988, 5, 6))]",
            type: "Person",
            value: #"{"name":"Ann","age":36,"addresses":[{"city":"Bern","zip":3000}],"born":"1988-05-06"}"#
        ),
        Call(
            task: "people",
            args: "[[Person(name='A', age=1), Person(name='B', age=2)]]",
            type: "Array<Person>",
            value: #"[{"name":"A","age":1,"addresses":[]},{"name":"B","age":2,"addresses":[]}]"#
        ),
        Call(task: "point", args: "[Point(1, 2.0, ['t'])]", type: "Point", value: #"{"x":1,"y":2.0,"tags":["t"]}"#),
        Call(task: "pair", args: "[1]", kwargs: "{'right': 'r'}", type: "Array<JSONValue>", value: #"[1,"r"]"#),
        Call(
            task: "pair",
            args: "[]",
            kwargs: "{'right': 'r', 'left': 2}",
            type: "Array<JSONValue>",
            value: #"[2,"r"]"#
        ),
        Call(
            task: "order",
            args: "['tea']",
            kwargs: "{'count': 3}",
            type: "Order",
            value: #"{"item":"tea","count":3}"#
        ),
        Call(
            task: "order",
            args: "[]",
            kwargs: "{'note': 'n', 'count': 1, 'item': 'i'}",
            type: "Order",
            value: #"{"item":"i","count":1,"note":"n"}"#
        ),
        Call(
            task: "raw",
            args: "['" + String(repeating: "x", count: 10_000) + "']",
            type: "raw",
            value: #""\"\#(String(repeating: "x", count: 10_000))\"""#
        ),
        Call(
            task: "int",
            args: "[1]",
            labels: "{'i': -5, 'f': 1e22, 's': 'é', 'b': True, 'by': b'\\xff\\x00', 'n': None, 'big': 10**30}",
            type: "Int",
            value: "1",
            seenLabels: [
                "i": "int(-5)", "f": "double(1e+22)", "s": #"string("é")"#, "b": "bool(true)",
                "by": "bytes([255, 0])", "n": #"any("None")"#, "big": #"largeInt(digits: "1\#(zeros)")"#,
            ]
        ),
    ]

    private static let zeros = String(repeating: "0", count: 30)

    @Test(arguments: ["", "--json-formatter"])
    func `a Swift worker runs what a Python client sends`(formatter: String) async throws {
        let client = try Peers.start("client.py", formatter)
        let endpoint = try await client.line(beginningWith: "bound")
        let worker = try Peers.swiftWorker(of: endpoint)
        defer {
            client.endAtOnce()
            worker.endAtOnce()
        }
        // The client sends "ping" until it is told that one has come.
        _ = try await worker.line(beginningWith: "record")
        try client.send("go")
        for (number, call) in Self.calls.enumerated() {
            let request = JSONValue.object([
                .init("id", .string("call-\(number)")), .init("task", .string(call.task)),
                .init("args", .string(call.args)), .init("kwargs", .string(call.kwargs)),
                .init("labels", .string(call.labels)),
            ])
            try client.send(request.fragment.text)
            _ = try await client.line(beginningWith: "sent call-\(number)")
            var record: JSONValue
            repeat {
                let line = try await worker.line(beginningWith: "record")
                record = try JSONFragment(parsing: line).decode(JSONValue.self)
                // Pings that were on their way may still come.
            } while record["id"] == .string("ping")
            #expect(try record.text("id") == "call-\(number)")
            #expect(try record.text("type") == call.type, "\(call.task)\(call.args)")
            #expect(try record.text("value") == call.value, "\(call.task)\(call.args)")
            for (name, value) in call.seenLabels {
                #expect(try record["labels"]?.text(name) == value, "label \(name)")
            }
        }
        #expect(await worker.stop() == 0)
    }
}

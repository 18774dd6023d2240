// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Taskiq
import Testing

/// Results, written on one side and read on the other.
@Suite(.withPython, .timeLimit(.minutes(5))) struct ResultExchangeTests {
    /// A result of ours, and what Python's `TaskiqResult` says of it.
    struct Written: Sendable, CustomTestStringConvertible {
        let name: String
        let result: StoredResult
        let value: String
        var log: JSONValue = .null
        var labels = "{}"
        var error: JSONValue = .null

        var testDescription: String { name }
    }

    static let written: [Written] = {
        let time = Duration.milliseconds(250)
        func ok(_ name: String, _ json: String, _ value: String) -> Written? {
            guard let fragment = try? JSONFragment(parsing: json) else { return nil }
            return Written(name: name, result: StoredResult(returnValue: fragment, executionTime: time), value: value)
        }
        var labelled = StoredResult(
            returnValue: .null,
            executionTime: time,
            labels: Labels([
                .init(name: "i", value: .int(5)), .init(name: "f", value: .double(1.5)),
                .init(name: "b", value: .bool(true)), .init(name: "s", value: .string("é")),
            ])
        )
        labelled.log = "line 1\nline 2"
        let inner = TaskFailure(type: "KeyError", module: "builtins", message: "inner")
        let cause = TaskFailure(
            type: "ValueError",
            module: "builtins",
            arguments: [JSONFragment(string: "outer"), JSONValue.int(2).fragment, .null],
            cause: inner,
            context: inner,
            suppressesContext: true
        )
        let swift = TaskFailure(type: "DivisionByZero", module: "HelloTasks", message: "1.0 cannot be divided by zero")
        func failed(_ name: String, _ failure: TaskFailure, _ view: JSONValue) -> Written {
            Written(name: name, result: StoredResult(error: failure, executionTime: time), value: "None", error: view)
        }
        return [
            ok("nothing", "null", "None"),
            ok("an integer", "42", "42"),
            ok("a float", "1.5", "1.5"),
            ok("text", #""h\u00e9 \ud83c\udf89 \"\\""#, #"'hé 🎉 "\\'"#),
            ok(
                "what is nested",
                #"{"a":[1,2.5,null,true,{"b":"c","":[]}]}"#,
                "{'a': [1, 2.5, None, True, {'b': 'c', '': []}]}"
            ),
            Written(
                name: "labels and a log",
                result: labelled,
                value: "None",
                log: .string("line 1\nline 2"),
                labels: "{'i': 5, 'f': 1.5, 'b': True, 's': 'é'}"
            ),
            failed(
                "an error with a cause",
                cause,
                view("ValueError", "builtins", ["'outer'", "2", "None"], cause: true)
            ),
            failed(
                "an error of ours",
                swift,
                view("DivisionByZero", "taskiq.exceptions", ["'1.0 cannot be divided by zero'"], cause: false)
            ),
        ].compactMap { $0 }
    }()

    private static func view(_ type: String, _ module: String, _ arguments: [String], cause: Bool) -> JSONValue {
        .object([
            .init("type", .string(type)), .init("module", .string(module)),
            .init("args", .array(arguments.map(JSONValue.string))),
            .init("cause", cause ? view("KeyError", "builtins", ["'inner'"], cause: false) : .null),
            .init("context", cause ? view("KeyError", "builtins", ["'inner'"], cause: false) : .null),
            .init("suppressed", .bool(cause)),
        ])
    }

    @Test(arguments: Codec.ofResults) func `Python reads our results`(codec: Codec) async throws {
        for sample in Self.written {
            let bytes = try #require(codec.results).write(sample.result)
            let answer = try await Exchange.shared.ask("result.read", [.codec(codec), .data(bytes)])
            #expect(answer["is_err"] == .bool(sample.result.isError), "\(sample.name)")
            #expect(answer["log"] == sample.log, "\(sample.name)")
            #expect(try answer.text("return_value") == sample.value, "\(sample.name)")
            #expect(try answer.text("execution_time") == "0.25", "\(sample.name)")
            #expect(try answer.text("labels") == sample.labels, "\(sample.name)")
            #expect(answer["error"] == sample.error, "\(sample.name)")
        }
    }

    /// A result of Python's, and what we say of it.
    static let read: [(name: String, value: String)] = [
        ("none", "null"), ("int", "42"), ("large", "1000000000000000000"), ("float", "1.5"),
        ("text", #""h\u00e9llo \u4e16\u754c \ud83c\udf89 \u0000\"\\""#),
        ("nested", #"{"a":[1,2.5,null,true,{"b":"c","":[]}]}"#), ("datetime", #""2024-01-02T03:04:05Z""#),
        ("model", #"{"name":"Ann","age":36,"addresses":[],"born":null}"#),
    ]

    @Test(arguments: Codec.ofResults) func `we read Python's results`(codec: Codec) async throws {
        func result(_ name: String) async throws -> StoredResult {
            let answer = try await Exchange.shared.ask("result.write", [.codec(codec), .init("case", .string(name))])
            return try #require(codec.results).read(try answer.data())
        }
        for (name, value) in Self.read {
            let result = try await result(name)
            #expect(!result.isError && result.error == nil && result.log == nil, "\(name)")
            #expect(isSame(result.returnValue, try JSONFragment(parsing: value)), "\(name)")
            #expect(result.executionTime == .milliseconds(250))
        }
        let labelled = try await result("labels")
        #expect(labelled.log == "line 1\nline 2")
        let labels: Labels = Labels([
            .init(name: "i", value: .int(5)), .init(name: "f", value: .double(1.5)),
            .init(name: "b", value: .bool(true)), .init(name: "s", value: .string("x")),
            .init(name: "by", value: .string("abc")), .init(name: "n", value: .json(.null)),
        ])
        #expect(isSame(labelled.labels, labels))

        let plain = try await result("error")
        #expect(plain.isError && plain.returnValue.isNull && plain.executionTime == .milliseconds(1500))
        #expect(plain.error?.description == "ValueError: boom, 1, 2.5, null, true")
        #expect(plain.error?.module == "builtins")
        #expect(plain.labels["_retries"] == .int(2))
        #expect(try await result("error_nested_class").error?.type == "Outer.Inner")
        #expect(try await result("error_no_arguments").error?.arguments == [])
        let chained = try #require(try await result("error_cause").error)
        #expect(chained.cause?.failure.description == "KeyError: inner, 1")
        #expect(chained.suppressesContext)
        let context = try #require(try await result("error_context").error)
        #expect(context.cause == nil && context.context?.failure.message == "first" && !context.suppressesContext)
        let suppressed = try #require(try await result("error_suppressed").error)
        #expect(suppressed.context == nil && suppressed.suppressesContext)
        #expect(try await result("error_unencodable").error?.message == #"b'\xff', {1}"#)
    }
}

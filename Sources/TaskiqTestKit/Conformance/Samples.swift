// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

/// What is hard to carry.
enum Samples {
    /// Text from many scripts, with a letter beyond 16 bits, a mark that combines, and what must be escaped in JSON.
    static let text = "grüße, 你好, مرحبا, \u{1F980}, e\u{301}, \"\\/\u{8}\u{C}\n\r\t\u{7F}\u{2028}"

    /// One mebibyte, the longest body that every transport must carry.
    static let longest = 1024 * 1024

    static let bodies: [(name: String, bytes: [UInt8])] = [
        ("all values of a byte", Array(0...255)),
        ("a single zero", [0]),
        ("bytes that are no text", [0xFF, 0xFE, 0xC0, 0x80]),
        ("one mebibyte", (0..<longest).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }),
    ]

    static let labels: Labels = [
        .label("int", -3), .label("double", 2.5), .label("yes", true), .label("text", text),
        .init(name: "bytes", value: .bytes(Array(0...255))), .init(name: "any", value: .any("None")),
        .init(name: "large", value: .largeInt(digits: "123456789012345678901234567890")),
        .init(name: "json", value: .json(JSONValue.array([.null, .int(1), .string(text)]).fragment)),
        .init(name: text, value: .string("")),
    ]

    static let messages: [TaskiqMessage] = [
        TaskiqMessage(taskID: "empty", taskName: "t"),
        TaskiqMessage(taskID: "labels", taskName: "t", labels: labels),
        TaskiqMessage(
            taskID: "arguments",
            taskName: "reports:render",
            args: [.null, JSONFragment(string: text), JSONValue.double(1e300).fragment],
            kwargs: ["naïve": .array([]), "b": .object([.init("k", .bool(false))])]
        ),
        TaskiqMessage(taskID: "größe 你好", taskName: "überweisen", args: [JSONFragment(string: "")]),
    ]

    static func results() throws -> [(name: String, result: StoredResult)] {
        let cause = TaskFailure(type: "KeyError", module: "builtins", message: "k")
        let context = TaskFailure(type: "Outer.Inner", module: nil, arguments: [.null, JSONValue.int(3).fragment])
        let failure = TaskFailure(
            type: "ValueError",
            module: "builtins",
            arguments: [JSONFragment(string: text), JSONValue.int(1).fragment],
            cause: cause,
            context: context,
            suppressesContext: true
        )
        var logged = StoredResult(returnValue: .null, executionTime: .milliseconds(1230))
        logged.log = text
        return [
            ("nothing", StoredResult(returnValue: .null, executionTime: .zero)),
            ("a text", StoredResult(returnValue: JSONFragment(string: text), executionTime: .milliseconds(10))),
            ("a log", logged),
            ("an error with its causes", StoredResult(error: failure, executionTime: .seconds(3600), labels: labels)),
            ("labels of every type", StoredResult(returnValue: .null, executionTime: .nanoseconds(1), labels: labels)),
            ("a large integer", try value("123456789012345678901234567890123456789012345678901234567890")),
            ("numbers as they were spelt", try value("[1.0, 1e2, -0.0, 0.10]")),
            ("a deep value", try value(String(repeating: "[", count: 50) + String(repeating: "]", count: 50))),
            ("one mebibyte", try longestResult()),
        ]
    }

    private static func value(_ text: String) throws -> StoredResult {
        StoredResult(returnValue: try JSONFragment(parsing: text), executionTime: .milliseconds(20))
    }

    /// One mebibyte as it is stored, the frame around the value included.
    private static func longestResult() throws -> StoredResult {
        let frame = StoredResult(returnValue: JSONFragment(string: ""), executionTime: .zero).json().count
        let text = String(repeating: "x", count: longest - frame)
        return StoredResult(returnValue: JSONFragment(string: text), executionTime: .zero)
    }
}

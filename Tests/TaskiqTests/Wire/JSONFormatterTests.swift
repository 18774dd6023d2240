// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Taskiq

@Suite("JSON formatter against Python's")
struct JSONFormatterTests {
    private struct Case: Decodable, Sendable, CustomTestStringConvertible {
        struct Decoded: Decodable {
            var args: [JSONValue]
            var kwargs: JSONValue
            var labels: JSONValue
        }

        var name: String
        var task_name: String
        var task_id: String?
        var encoded: [String: Golden.Bytes]?
        var decoded: Decoded?
        var testDescription: String { name }
    }

    /// Messages that Python itself could not encode, and why.
    private static let impossible = [
        "str_lone_surrogate": "UTF-8 has no lone surrogates; only Python's ASCII spelling can escape one",
        "bytes_binary": "bytes that are not UTF-8 have no JSON form",
        "unserializable_object": "an object of an unknown class",
        "dataclass_type_not_instance": "a class where its instance was meant; the send fails before encoding",
    ]

    /// Messages that are not written as Python wrote them once they have been read, and why.
    ///
    /// None: arguments stay the bytes they were, and labels have one spelling.
    private static let differing: [String: String] = [:]

    private static let cases: [Case] = (try? Golden.read("messages", as: [Case].self)) ?? []

    @Test("the file is there and holds what is expected")
    func file() {
        #expect(Self.cases.count == 46)
        let missing = Self.cases.filter { $0.encoded?["json_formatter"]?.bytes == nil }.map(\.name)
        #expect(Set(missing) == Set(Self.impossible.keys))
    }

    @Test("every spelling of every message is read as Python reads it", arguments: cases)
    private func reading(golden: Case) throws {
        for codec in ["json_formatter", "proxy_json", "proxy_json_noascii", "proxy_orjson"] {
            guard let bytes = golden.encoded?[codec]?.bytes, let decoded = golden.decoded else { continue }
            try check(JSONFormatter().loads(bytes), golden, decoded, codec)
            // Written and read again, it is still the same.
            let again = try JSONFormatter().dumps(try JSONFormatter().loads(bytes))
            try check(JSONFormatter().loads(again.message), golden, decoded, "\(codec), rewritten")
        }
    }

    private func check(_ message: TaskiqMessage, _ golden: Case, _ decoded: Case.Decoded, _ codec: String) throws {
        #expect(message.taskID.rawValue == golden.task_id)
        #expect(message.taskName.rawValue == golden.task_name)
        #expect(message.args.count == decoded.args.count)
        for (argument, value) in zip(message.args, decoded.args) {
            #expect(Golden.matches(argument, value), "\(codec): \(argument) is not \(value)")
        }
        #expect(Golden.matches(JSONFragment(keywords: message.kwargs), decoded.kwargs), "\(codec): \(message.kwargs)")
        guard case .object(let labels) = decoded.labels else { throw TaskiqError(.malformed, golden.name) }
        #expect(message.labels.entries.count == labels.count)
        for label in labels {
            let found = try #require(message.labels[label.key])
            #expect(Golden.matches(found, label.value), "\(codec): \(label.key) is \(found)")
        }
    }

    @Test("what was read is written byte for byte as Python's JSON formatter writes it", arguments: cases)
    private func writing(golden: Case) throws {
        guard let bytes = golden.encoded?["json_formatter"]?.bytes, Self.differing[golden.name] == nil else { return }
        let written = try JSONFormatter().dumps(try JSONFormatter().loads(bytes))
        #expect(String(decoding: written.message, as: UTF8.self) == String(decoding: bytes, as: UTF8.self))
        #expect(written.taskID.rawValue == golden.task_id)
    }

    private struct Accepted: Decodable, Sendable, CustomTestStringConvertible {
        struct Outcome: Decodable {
            struct Message: Decodable {
                var task_id: String
                var task_name: String
                var labels: JSONValue
                var args: [JSONValue]
                var kwargs: JSONValue
            }

            var ok: Message?
        }

        var name: String
        var raw: Golden.Bytes
        var json_formatter: Outcome
        var testDescription: String { name }
    }

    @Test(
        "messages of foreign senders are accepted and refused as Python's JSON formatter does",
        arguments: try Golden.read("accept", as: [Accepted].self)
    )
    private func accepting(golden: Accepted) throws {
        let bytes = try #require(golden.raw.bytes)
        guard let wanted = golden.json_formatter.ok else {
            let error = #expect(throws: TaskiqError.self) { try JSONFormatter().loads(bytes) }
            #expect(error?.code == .malformed)
            return
        }
        let message = try JSONFormatter().loads(bytes)
        #expect(message.taskID.rawValue == wanted.task_id)
        #expect(message.taskName.rawValue == wanted.task_name)
        #expect(zip(message.args, wanted.args).allSatisfy { Golden.matches($0, $1) })
        #expect(message.args.count == wanted.args.count)
        #expect(Golden.matches(JSONFragment(keywords: message.kwargs), wanted.kwargs))
        guard case .object(let labels) = wanted.labels else { throw TaskiqError(.malformed, golden.name) }
        for label in labels {
            #expect(message.labels[label.key].map { Golden.matches($0, label.value) } == true, "\(label.key)")
        }
    }

    @Test("an error names the field that is wrong")
    func errors() {
        func message(_ text: String) -> String? {
            (#expect(throws: TaskiqError.self) { try JSONFormatter().loads(Array(text.utf8)) })?.message
        }
        #expect(message("{}")?.contains(#"has no field "task_id""#) == true)
        #expect(
            message(#"{"task_id":5,"task_name":"n","labels":{},"args":[],"kwargs":{}}"#)
                == #"the message's field "task_id" must be a string, found 5"#
        )
        #expect(
            message(#"{"task_id":"i","task_name":"n","labels":{"x":"a"},"labels_types":{"x":2},"args":[],"kwargs":{}}"#)
                == #"label "x": expected an integer, found "a""#
        )
    }
}

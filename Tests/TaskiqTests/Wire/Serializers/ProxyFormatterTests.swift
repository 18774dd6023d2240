// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

@Suite("Proxy formatter against Python's")
struct ProxyFormatterTests {
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

    /// Messages that Python cannot encode by any codec, and why.
    private static let impossible = [
        "bytes_binary": "bytes that are not UTF-8 have no JSON form",
        "unserializable_object": "an object of an unknown class",
        "dataclass_type_not_instance": "a class where its instance was meant; the send fails before encoding",
    ]

    /// Pickles that are not written byte for byte as Python wrote them, and why: they mean the same.
    private static let differing = [
        "pydantic_nested_in_containers":
            "Python had one string object for the name of a dataclass's field, and wrote it once",
        "repeated_strings": "Python had one string object from the program's text, and wrote it once",
    ]

    private static let cases: [Case] = (try? Golden.read("messages", as: [Case].self)) ?? []

    @Test(
        "JSON is read whatever the serializer, as schedulers and command lines send it",
        arguments: GoldenCodec.allCases
    )
    private func json(codec: GoldenCodec) throws {
        let message = TaskiqMessage(
            taskID: "i",
            taskName: "n",
            labels: [.priority(3)],
            args: [JSONFragment(string: "é")]
        )
        let sent = try JSONFormatter().dumps(message).message
        #expect(try ProxyFormatter(serializer: codec.serializer).loads(sent) == message)
    }

    @Test("the file is there and holds what is expected")
    func file() {
        #expect(Self.cases.count == 46)
        let missing = Self.cases.filter { row in !(row.encoded ?? [:]).values.contains { $0.bytes != nil } }
        #expect(Set(missing.map(\.name)) == Set(Self.impossible.keys))
        #expect(Set(Self.cases[0].encoded?.keys.map(\.self) ?? []).count == 8)
    }

    @Test("a message of every codec is read as Python reads it", arguments: cases, GoldenCodec.allCases)
    private func reading(golden: Case, codec: GoldenCodec) throws {
        guard let bytes = golden.encoded?["proxy_\(codec.rawValue)"]?.bytes, let decoded = golden.decoded else {
            return
        }
        let message = try ProxyFormatter(serializer: codec.serializer).loads(bytes)
        #expect(message.taskID.rawValue == golden.task_id)
        #expect(message.taskName.rawValue == golden.task_name)
        #expect(message.args.count == decoded.args.count)
        for (argument, value) in zip(message.args, decoded.args) {
            #expect(Golden.matches(argument, value), "\(argument) is not \(value)")
        }
        #expect(Golden.matches(JSONFragment(keywords: message.kwargs), decoded.kwargs), "\(message.kwargs)")
        guard case .object(let labels) = decoded.labels else { throw TaskiqError(.malformed, golden.name) }
        #expect(message.labels.entries.count == labels.count)
        for label in labels {
            let found = try #require(message.labels[label.key])
            #expect(Golden.matches(found, label.value), "\(label.key) is \(found)")
        }
    }

    @Test("a message is written by every codec as Python writes it", arguments: cases, GoldenCodec.allCases)
    private func writing(golden: Case, codec: GoldenCodec) throws {
        guard let encoded = golden.encoded,
            let source = encoded["json_formatter"]?.bytes ?? encoded["proxy_json"]?.bytes
        else { return }
        let message = try JSONFormatter().loads(source)
        let formatter = ProxyFormatter(serializer: codec.serializer)
        guard let wanted = encoded["proxy_\(codec.rawValue)"]?.bytes else {
            // What Python cannot encode is refused here too.
            #expect((#expect(throws: TaskiqError.self) { try formatter.dumps(message) })?.code == .unencodable)
            return
        }
        let written = try formatter.dumps(message)
        #expect(written.taskID == message.taskID && written.labels == message.labels)
        if codec == .pickle, Self.differing[golden.name] != nil {
            #expect(written.message != wanted)
            #expect(try PickleSerializer().loadb(written.message) == PickleSerializer().loadb(wanted))
        } else {
            #expect(written.message == wanted)
        }
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
        var proxy_json: Outcome
        var testDescription: String { name }
    }

    @Test(
        "messages of foreign senders are accepted and refused as Python's proxy formatter does",
        arguments: try Golden.read("accept", as: [Accepted].self),
        [GoldenCodec.json, .asciiless, .orjson]
    )
    private func accepting(golden: Accepted, codec: GoldenCodec) throws {
        let bytes = try #require(golden.raw.bytes)
        let formatter = ProxyFormatter(serializer: codec.serializer)
        guard let wanted = golden.proxy_json.ok else {
            #expect((#expect(throws: TaskiqError.self) { try formatter.loads(bytes) })?.code == .malformed)
            return
        }
        let message = try formatter.loads(bytes)
        #expect(message.taskID.rawValue == wanted.task_id)
        #expect(message.taskName.rawValue == wanted.task_name)
        #expect(message.args.count == wanted.args.count)
        #expect(zip(message.args, wanted.args).allSatisfy { Golden.matches($0, $1) })
        #expect(Golden.matches(JSONFragment(keywords: message.kwargs), wanted.kwargs))
        guard case .object(let labels) = wanted.labels else { throw TaskiqError(.malformed, golden.name) }
        for label in labels {
            #expect(message.labels[label.key].map { Golden.matches($0, label.value) } == true, "\(label.key)")
        }
    }

    @Test("a message without what it needs is refused in every codec", arguments: GoldenCodec.allCases)
    func incomplete(codec: GoldenCodec) throws {
        let value = try JSONFragment(parsing: #"{"task_id":"i","task_name":"n","labels":{},"args":[]}"#)
        let bytes = try codec.serializer.dumpb(value)
        let error = #expect(throws: TaskiqError.self) { try ProxyFormatter(serializer: codec.serializer).loads(bytes) }
        #expect(error?.message == #"the message has no field "kwargs""#)
    }
}

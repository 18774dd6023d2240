// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

@Suite("Stored results and progress by every serializer")
struct StoredResultSerializerTests {
    private struct Table: Decodable {
        struct Row: Decodable, Sendable, CustomTestStringConvertible {
            var name: String
            var encoded: [String: Golden.Bytes]?
            var testDescription: String { name }
        }

        struct Progress: Decodable, Sendable, CustomTestStringConvertible {
            var state: String
            var meta: JSONValue?
            var encoded: [String: Golden.Bytes]
            var testDescription: String { state }
        }

        struct Foreign: Decodable, Sendable {
            var raw: Golden.Bytes
        }

        var results: [Row]
        var progress: [Progress]
        var foreign: [Foreign]
    }

    private static let table = try? Golden.read("results", as: Table.self)

    /// Pickles that are not written byte for byte as Python wrote them, and why: they mean the same.
    private static let differing = [
        "err_cause_chain": "Python has one string object for a field's name, and writes it once for all causes",
        "err_context": "Python has one string object for a field's name, and writes it once for all contexts",
    ]

    @Test("the file is there")
    func file() {
        #expect(Self.table?.results.count == 30)
        #expect(Self.table?.progress.count == 5)
        #expect(Self.table?.foreign.count == 16)
    }

    @Test(
        "a result is written as Python writes it, and read alike",
        arguments: table?.results ?? [],
        GoldenCodec.allCases
    )
    private func results(row: Table.Row, codec: GoldenCodec) throws {
        guard let source = row.encoded?["json"]?.bytes else { return }
        let result = try StoredResult(json: source)
        guard let wanted = row.encoded?[codec.rawValue]?.bytes else {
            let error = #expect(throws: TaskiqError.self) { try result.serialized(by: codec.serializer) }
            #expect(error?.code == .unencodable)
            return
        }
        // Spelled alike, the two are alike; what was read keeps its codec's white space and escapes.
        let read = try StoredResult(serialized: wanted, by: codec.serializer)
        #expect(try read.serialized(by: JSONSerializer()) == source)
        let written = try result.serialized(by: codec.serializer)
        if codec == .pickle, Self.differing[row.name] != nil {
            #expect(written != wanted)
            #expect(try PickleSerializer().loadb(written) == PickleSerializer().loadb(wanted))
        } else {
            #expect(written == wanted)
        }
    }

    @Test("a progress report is written as Python writes it, and read alike", arguments: table?.progress ?? [])
    private func progress(row: Table.Progress) throws {
        let source = try #require(row.encoded["json"]?.bytes)
        let progress = try TaskProgress(json: source)
        #expect(progress.state == TaskState(rawValue: row.state))
        #expect(Golden.matches(progress.meta ?? .null, row.meta ?? .null))
        for codec in GoldenCodec.allCases {
            let wanted = try #require(row.encoded[codec.rawValue]?.bytes)
            #expect(try progress.serialized(by: codec.serializer) == wanted, "\(codec)")
            let read = try TaskProgress(serialized: wanted, by: codec.serializer)
            #expect(try read.serialized(by: JSONSerializer()) == source, "\(codec)")
        }
    }

    @Test("results of other writers come to the same in every codec", arguments: table?.foreign ?? [])
    private func foreign(row: Table.Foreign) throws {
        let bytes = try #require(row.raw.bytes)
        guard let value = try? JSONFragment(parsing: bytes) else { return }
        let wanted = try? StoredResult(json: bytes)
        for codec in GoldenCodec.allCases {
            let encoded = try codec.serializer.dumpb(value)
            let read = try? StoredResult(serialized: encoded, by: codec.serializer)
            #expect(
                read.map { Golden.compacted(String(decoding: $0.json(), as: UTF8.self)) }
                    == wanted.map { Golden.compacted(String(decoding: $0.json(), as: UTF8.self)) },
                "\(codec)"
            )
        }
    }

    @Test("the four states of Python, and any other")
    func states() throws {
        #expect(
            [TaskState.started, .failure, .success, .retry].map(\.rawValue) == [
                "STARTED", "FAILURE", "SUCCESS", "RETRY",
            ]
        )
        let read = try TaskProgress(json: Array(#"{"state":"half","meta":{"done":5}}"#.utf8))
        #expect(read == TaskProgress(state: "half", meta: try JSONFragment(parsing: #"{"done":5}"#)))
        #expect("\(read.state)" == "half")
        for text in ["{}", #"{"state":1,"meta":null}"#, "[]", #"{"state":"x"} 1"#] {
            #expect(
                (#expect(throws: TaskiqError.self) { try TaskProgress(json: Array(text.utf8)) })?.code == .malformed
            )
        }
    }

    @Test(
        "ten thousand nested causes are written so far as they can be read, and refused when read",
        arguments: GoldenCodec.allCases
    )
    func causes(codec: GoldenCodec) throws {
        var failure = TaskFailure(type: "E", message: "innermost")
        for _ in 0..<10_000 { failure = TaskFailure(type: "E", module: nil, arguments: [], cause: failure) }
        let result = StoredResult(error: failure, executionTime: .zero)
        var read = try StoredResult(serialized: result.serialized(by: codec.serializer), by: codec.serializer).error
        var depth = 0
        while let cause = read?.cause?.failure {
            read = cause
            depth += 1
        }
        #expect(depth == 63)
        var hostile = "null"
        for _ in 0..<10_000 { hostile = #"{"exc_type":"E","exc_cause":"# + hostile + "}" }
        let text = #"{"is_err":true,"return_value":null,"execution_time":0,"error":"# + hostile + "}"
        let bytes = try codec.serializer.dumpb(JSONFragment(trusting: Array(text.utf8)))
        let error = #expect(throws: TaskiqError.self) { try StoredResult(serialized: bytes, by: codec.serializer) }
        #expect(error?.code == .malformed)
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

@testable import Taskiq

@Suite("Stored results against Python's")
struct StoredResultTests {
    private struct Table: Decodable {
        struct Row: Decodable, Sendable, CustomTestStringConvertible {
            var name: String
            var encoded: [String: Golden.Bytes]?
            var decoded_by_python: JSONValue?
            var testDescription: String { name }
        }

        struct Foreign: Decodable, Sendable, CustomTestStringConvertible {
            struct Failure: Decodable {}

            var name: String
            var raw: Golden.Bytes
            var is_err: Bool?
            var python_sees: JSONValue?
            var error: Failure?
            var testDescription: String { name }
        }

        var results: [Row]
        var foreign: [Foreign]
    }

    private static let table = try? Golden.read("results", as: Table.self)

    /// Results that are not written as they were read, byte by byte, and why.
    private static let differing = [
        "ok_with_log": "the log is a string of ours, written in UTF-8, where Python escapes what is not ASCII"
    ]

    @Test("the file is there")
    func file() {
        #expect(Self.table?.results.count == 30)
        let missing = Self.table?.results.filter { $0.encoded?["json"]?.bytes == nil }.map(\.name)
        // Python cannot store bytes that are not UTF-8.
        #expect(missing == ["ok_bytes_binary"])
    }

    @Test("a result is read, and written as it was but for white space", arguments: table?.results ?? [])
    private func roundTrip(row: Table.Row) throws {
        for codec in ["json", "json_noascii", "orjson"] {
            guard let bytes = row.encoded?[codec]?.bytes else { continue }
            let result = try StoredResult(json: bytes)
            let written = result.json()
            #expect(try StoredResult(json: written) == result)
            if codec == "json", Self.differing[row.name] != nil { continue }
            #expect(
                Golden.compacted(String(decoding: written, as: UTF8.self))
                    == Golden.compacted(String(decoding: bytes, as: UTF8.self))
            )
        }
    }

    @Test("a result is what Python read in it", arguments: table?.results ?? [])
    private func decoded(row: Table.Row) throws {
        guard let bytes = row.encoded?["json"]?.bytes else { return }
        let wanted = try #require(row.decoded_by_python)
        let result = try StoredResult(json: bytes)
        #expect(.bool(result.isError) == wanted["is_err"])
        #expect((result.log.map(JSONValue.string) ?? .null) == wanted["log"])
        #expect(Golden.matches(result.returnValue, try #require(wanted["return_value"])))
        #expect(try wanted["execution_time"]?.fragment.decode(Double.self) == result.executionTime.inSeconds)
        guard case .object(let labels)? = wanted["labels"] else { throw TaskiqError(.malformed, row.name) }
        #expect(result.labels.entries.map(\.name).sorted() == labels.map(\.key).sorted())
        for label in labels { #expect(Golden.matches(try #require(result.labels[label.key]), label.value)) }
        try check(result.error, try #require(wanted["error"]))
    }

    /// Compares an error with what Python made of it.
    ///
    /// Python makes its own stand-in for a class that it cannot find, in
    /// a module of taskiq's; here the names are what the sender wrote.
    private func check(_ failure: TaskFailure?, _ wanted: JSONValue) throws {
        guard let failure, case .string(let type)? = wanted["type"] else {
            #expect(failure == nil && wanted == .null)
            return
        }
        guard case .array(let arguments)? = wanted["args"] else { throw TaskiqError(.malformed, type) }
        if case .string(let text)? = arguments.first, text.hasPrefix("<class '") {
            // Python could not make the class again, and says so in the message of another.
            #expect(text.contains(failure.type), "\(failure)")
        } else {
            #expect(type.hasSuffix(".\(failure.type)"), "\(failure.type) is not \(type)")
            #expect(failure.arguments.count == arguments.count)
            #expect(zip(failure.arguments, arguments).allSatisfy(Golden.matches), "\(failure.arguments)")
        }
        try check(inner(failure.cause), try #require(wanted["cause"]))
        try check(inner(failure.context), try #require(wanted["context"]))
        #expect(.bool(failure.suppressesContext) == wanted["suppress_context"])
    }

    private func inner(_ box: TaskFailure.Box?) -> TaskFailure? {
        if case .failure(let failure)? = box { failure } else { nil }
    }

    @Test("fields of Python's results are understood")
    func fields() throws {
        func read(_ name: String) throws -> StoredResult {
            let row = try #require(Self.table?.results.first { $0.name == name })
            return try StoredResult(json: try #require(row.encoded?["json"]?.bytes))
        }
        let labelled = try read("ok_with_labels")
        #expect(labelled.executionTime == .milliseconds(120))
        #expect(labelled.labels["i"] == .int(5))
        #expect(labelled.labels["f"] == .double(1.5))
        #expect(labelled.labels["b"] == .bool(true))
        #expect(labelled.labels["s"] == .string("x"))
        #expect(try read("ok_with_log").log == "line 1\nline 2 é\n")
        #expect(try read("ok_bigint").returnValue.text == "1000000000000000000000000000000")
        let failed = try read("err_file_not_found")
        #expect(failed.isError)
        #expect(failed.error?.type == "FileNotFoundError")
        #expect(failed.error?.module == "builtins")
        #expect(failed.error?.message == "2, No such file or directory")
        #expect(try read("err_timeout").error?.description == "TimeoutError")
    }

    /// Results that Python refuses and that are read here, and why.
    private static let lenient = [
        "not_an_exception": "types of errors are names here, and nothing is looked up by them",
        "minimal": "an error without the name of its module says enough",
    ]

    @Test("results of other writers are accepted and refused as Python does", arguments: table?.foreign ?? [])
    private func foreign(row: Table.Foreign) throws {
        let bytes = try #require(row.raw.bytes)
        guard row.error == nil || Self.lenient[row.name] != nil else {
            #expect((#expect(throws: TaskiqError.self) { try StoredResult(json: bytes) })?.code == .malformed)
            return
        }
        let result = try StoredResult(json: bytes)
        #expect(try StoredResult(json: result.json()) == result)
        if let isError = row.is_err { #expect(result.isError == isError) }
        guard let seen = row.python_sees else { return }
        if case .bool(let isError)? = seen["is_err"] {
            #expect(result.isError == isError)
            #expect(Golden.matches(result.returnValue, try #require(seen["return_value"])))
            #expect(seen["execution_time"]?["$float"] == .string("\(result.executionTime.inSeconds)"))
        }
        #expect((result.error == nil) == (seen["type"] == nil))
        // Python's own stand-in for a class whose constructor takes something else is of no concern here.
        if let error = result.error, row.name != "args_do_not_fit_constructor", case .string(let type)? = seen["type"] {
            #expect(type.hasSuffix(".\(error.type)"))
            #expect(seen["args"] == .array(try error.arguments.map { try $0.decode() }))
            #expect(error.cause.map { .string("builtins.\($0.failure.type)") } == seen["cause"]?["type"])
        }
    }

    @Test("the execution time keeps its nanoseconds", arguments: 1...20 as ClosedRange<UInt64>)
    func executionTime(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let time = Duration.nanoseconds(Int64.random(in: 0...1 << 52, using: &generator))
        let result = StoredResult(returnValue: .null, executionTime: time)
        #expect(try StoredResult(json: result.json()).executionTime == time)
        let hundredths = Double(Int.random(in: 0...1_000_000, using: &generator)) / 100
        let text =
            #"{"is_err":false,"log":null,"return_value":null,"execution_time":\#(hundredths),"labels":{},"error":null}"#
        #expect(try String(decoding: StoredResult(json: Array(text.utf8)).json(), as: UTF8.self) == text)
    }

    @Test(
        "labels of results keep their kind",
        arguments: [
            ("5", .int(5)), ("1e+16", .double(1e16)), ("10000000000000000", .int(10_000_000_000_000_000)),
            ("2.0", .double(2)),
            ("-99999999999999999999", .largeInt(digits: "-99999999999999999999")), ("true", .bool(true)),
            (#""x""#, .string("x")), ("null", .json(.null)),
        ] as [(String, LabelValue)]
    )
    func labels(text: String, wanted: LabelValue) throws {
        let json = #"{"is_err":false,"return_value":1,"execution_time":0.0,"labels":{"x":\#(text)}}"#
        let result = try StoredResult(json: Array(json.utf8))
        #expect(result.labels["x"] == wanted)
        #expect(result.labels["x"]?.json.text == text)
    }

    @Test(
        "what is no result is refused",
        arguments: [
            "", "[]", "{}", #"{"is_err":2,"return_value":1,"execution_time":0}"#,
            #"{"is_err":false,"execution_time":0}"#,
            #"{"is_err":false,"return_value":1,"execution_time":"x"}"#,
            #"{"is_err":true,"return_value":1,"execution_time":0,"error":{}}"#,
            #"{"is_err":true,"return_value":1,"execution_time":0,"error":5}"#,
            #"{"is_err":false,"return_value":1,"execution_time":0} x"#,
        ]
    )
    func malformed(text: String) {
        #expect((#expect(throws: TaskiqError.self) { try StoredResult(json: Array(text.utf8)) })?.code == .malformed)
    }

    @Test("an execution time that is none is taken as zero", arguments: ["1e300", "NaN", "-Infinity"])
    func absurdTimes(text: String) throws {
        let json = #"{"is_err":false,"return_value":1,"execution_time":\#(text)}"#
        #expect(try StoredResult(json: Array(json.utf8)).executionTime == .zero)
    }
}

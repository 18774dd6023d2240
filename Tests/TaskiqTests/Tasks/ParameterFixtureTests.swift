// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import TaskiqCron
import Testing

@testable import Taskiq

/// Every row of what Python's worker makes of arguments for typed parameters, put to a task of the same parameters.
@Suite("Parameters convert as Python's do")
struct ParameterFixtureTests {
    private struct Row: Decodable, Sendable, CustomTestStringConvertible {
        var signature: String
        var args: [JSONValue]
        var kwargs: JSONValue
        var cast_args: [JSONValue]
        var cast_kwargs: JSONValue

        var function: String { String(signature.prefix { $0 != "(" }) }
        var input: String { JSONValue.array(args.map(Golden.plain) + [Golden.plain(kwargs)]).fragment.text }
        var testDescription: String { "\(function) \(input)" }
    }

    /// Rows of which Python logs a warning and runs the task with the value as it is; here the task does not run.
    private static let refused: [String: String] = [
        #"f_int ["abc",{}]"#: "does not convert",
        #"f_int [1.5,{}]"#: "does not convert",
        #"f_int [null,{}]"#: "null is a value of optional parameters only",
        #"f_int [{"a":null}]"#: "null is a value of optional parameters only",
        #"f_int ["1","2",{}]"#: "one argument too many, which is a TypeError in Python too",
        #"f_mix ["1","2","3",4,{}]"#: "a number is no string",
        #"f_mix ["1",{"b":"2","d":5}]"#: "a number is no string",
        #"f_model [{"id":"x"},{}]"#: "does not convert",
        #"f_opt [null,5,null,{}]"#: "null is a value of optional parameters only",
    ]

    /// Rows of which a task here takes a part, and why.
    private static let partial: [String: String] = [
        "f_var": "a closure has as many parameters as it has, and no keywords beyond them",
        "f_set": "a tuple is not Codable; an array of a type that is either stands in for it elsewhere",
    ]

    /// Python's `tuple[int, str]`, for which Swift's coders have no type.
    private struct Pair: Codable {
        var number: Int, text: String

        init(from decoder: any Decoder) throws {
            var elements = try decoder.unkeyedContainer()
            number = try elements.decode(Int.self)
            text = try elements.decode(String.self)
        }
    }

    private struct Address: Codable { var street: String, zip: Int }

    private struct User: Codable {
        var id: Int
        var name: String
        var created: Date?
        var tags: [String]?
        var address: Address?
    }

    private struct Point: Codable { var x: Double, y: Double, meta: [String: JSONValue] }

    private enum Color: String, Codable { case red, green }

    /// Python's `Union[int, str]`.
    private enum IntegerOrText: Codable {
        case integer(Int), text(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let value = try? container.decode(Int.self) {
                self = .integer(value)
            } else {
                self = .text(try container.decode(String.self))
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .integer(let value): try container.encode(value)
            case .text(let value): try container.encode(value)
            }
        }
    }

    private static let rows: [Row] = (try? Golden.read("params", as: [Row].self)) ?? []

    private let broker: Broker

    init() {
        broker = Broker(
            transport: RecordingTransport(),
            resultBackend: RecordingBackend(storesWithAcknowledgement: true)
        )
        broker.task("f_int", parameters: ["a"]) { (a: Int) -> [JSONValue] in [.int(a)] }
        broker.task("f_mix", parameters: ["a", "b", .named("c", default: JSONValue.null), .named("d", default: "x")]) {
            (a: JSONValue, b: Int, c: JSONValue, d: String) -> [JSONValue] in [a, .int(b), c, .string(d)]
        }
        broker.task("f_model", parameters: ["u"]) { (u: User) -> [JSONValue] in
            [["$model": "User", "id": .int(u.id), "name": .string(u.name)]]
        }
        broker.task("f_opt", parameters: ["a", "b", "c"]) { (a: Int?, b: IntegerOrText, c: [Int]) -> [JSONValue] in
            let either: JSONValue =
                switch b {
                case .integer(let value): .int(value)
                case .text(let value): .string(value)
                }
            return [a.map(JSONValue.int) ?? .null, either, .array(c.map(JSONValue.int))]
        }
        broker.task("f_dt", parameters: ["a", "b", "c", "d", "e", "f"]) {
            (a: Date, b: Date, c: Duration, d: Data, e: Decimal, f: Color) -> [JSONValue] in
            [
                .double(a.timeIntervalSince1970), .double(b.timeIntervalSince1970), .double(c / .seconds(1)),
                .string(String(decoding: d, as: UTF8.self)), .string("\(e)"), .string(f.rawValue),
            ]
        }
        broker.task("f_any", parameters: ["a"]) { (a: JSONValue) -> [JSONValue] in [a] }
        broker.task("f_bool", parameters: ["a", "b"]) { (a: Bool, b: Double) -> [JSONValue] in [.bool(a), .double(b)] }
        broker.task("f_var", parameters: ["a", "first", "second", .named("k", default: 0)]) {
            (a: Int, first: Int, second: Int, k: Int) -> [JSONValue] in [.int(a), .int(first), .int(second), .int(k)]
        }
        broker.task("f_set", parameters: ["a", "b"]) { (a: Set<Int>, b: Pair) -> [JSONValue] in
            [["$set": .array(a.sorted().map(JSONValue.int))], ["$tuple": [.int(b.number), .string(b.text)]]]
        }
        broker.task("f_dc", parameters: ["p"]) { (p: Point) -> [JSONValue] in
            // In the order of their names, as the file has them.
            [["meta": .object(p.meta.map { .init($0.key, $0.value) }), "x": .double(p.x), "y": .double(p.y)]]
        }
    }

    @Test("the file is there, and every difference is of a row in it")
    func file() {
        #expect(Self.rows.count == 23)
        let names = Set(Self.rows.map(\.testDescription))
        #expect(names.isSuperset(of: Self.refused.keys))
        #expect(Set(Self.rows.map(\.function)).isSuperset(of: Self.partial.keys))
    }

    @Test("a row", arguments: rows)
    private func row(_ row: Row) async throws {
        guard case .object(var keywords) = row.kwargs else { throw TaskiqError(.malformed, row.signature) }
        // What `**kw` takes has no place here.
        if row.function == "f_var" { keywords.removeAll { $0.key == "z" } }
        let message = TaskiqMessage(
            taskID: "i",
            taskName: TaskName(rawValue: row.function),
            args: row.args.map { Golden.plain($0).fragment },
            kwargs: KeywordArguments(keywords.map { .init($0.key, Golden.plain($0.value).fragment) })
        )
        let result = try #require(try await broker.receive(message).settlements.first?.result)
        if Self.refused[row.testDescription] != nil {
            #expect(result.error?.type == "TaskiqError")
            #expect(result.error?.message.contains("argument") == true, "\(result)")
            return
        }
        let found = try result.returnValue.decode([JSONValue].self)
        let wanted = try Self.wanted(row)
        #expect(found == wanted, "\(result)")
    }

    /// What Python made of a row, as the tasks above return it.
    private static func wanted(_ row: Row) throws -> [JSONValue] {
        let keywords = (row.cast_kwargs.members ?? []).filter { row.function != "f_var" || $0.key != "z" }
        return try (row.cast_args + keywords.map(\.value)).map(asReturned)
    }

    /// A value by Python's tags for its types, as the tasks above return it.
    private static func asReturned(_ value: JSONValue) throws -> JSONValue {
        if case .string(let text)? = value["$datetime"] { return .double(try secondsSinceEpoch(text)) }
        if case .string(let text)? = value["$date"] { return .double(try secondsSinceEpoch(text)) }
        if case .string(let seconds)? = value["$seconds"] { return .double(try #require(Double(seconds))) }
        if case .string(let text)? = value["$bytes"] {
            return .string(String(decoding: try #require(Base64.decode(text)), as: UTF8.self))
        }
        // Decimal('1.10'): trailing zeros go here.
        if case .string(let text)? = value["$repr"], value["type"] == "Decimal" {
            return .string(
                "\(try #require(Decimal(string: text.split(separator: "'").dropFirst().first.map(String.init) ?? "")))"
            )
        }
        if value["$enum"] != nil { return try #require(value["value"]) }
        if let fields = value["fields"] {
            // The values that Python's class gives to absent fields are Python's own: only what was sent comes back.
            let sent = (fields.members ?? []).filter { !["created", "tags", "address"].contains($0.key) }
            let plain = sent.map { JSONValue.Member($0.key, Golden.plain($0.value)) }
            return .object((value["$model"].map { [.init("$model", $0)] } ?? []) + plain)
        }
        return Golden.plain(value)
    }

    private static func secondsSinceEpoch(_ text: String) throws -> Double {
        Double(try #require(PythonDateTime(parsing: text)).timestamp.secondsSinceEpoch)
    }
}

extension JSONValue {
    fileprivate var members: [Member]? {
        if case .object(let members) = self { members } else { nil }
    }
}

extension Golden {
    /// A value of a golden file as JSON, its tag for floating-point numbers resolved.
    fileprivate static func plain(_ value: JSONValue) -> JSONValue {
        if case .string(let text)? = value["$float"], let number = Double(text) { return .double(number) }
        return switch value {
        case .array(let values): .array(values.map(plain))
        case .object(let members): .object(members.map { .init($0.key, plain($0.value)) })
        default: value
        }
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

@testable import Taskiq

@Suite("Labels")
struct LabelTests {
    private struct Table: Decodable {
        struct Row: Decodable, Sendable, CustomTestStringConvertible {
            var input: JSONValue?
            var wire: JSONValue
            var type: Int?
            var parsed: JSONValue?

            enum CodingKeys: String, CodingKey {
                case input = "in"
                case wire, type, parsed
            }

            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: CodingKeys.self)
                // A key with null is a value here, and not an absent one.
                func value(_ key: CodingKeys) throws -> JSONValue? {
                    container.contains(key) ? try container.decode(JSONValue.self, forKey: key) : nil
                }
                input = try value(.input)
                wire = try value(.wire) ?? .null
                type = try container.decodeIfPresent(Int.self, forKey: .type)
                parsed = try value(.parsed)
            }

            var testDescription: String { "\(wire.fragment) as \(type.map(String.init) ?? "no type")" }

            var wireFragment: JSONFragment {
                if case .string(let text)? = wire["$float"] {
                    JSONFragment(trusting: Array(text.utf8))
                } else {
                    wire.fragment
                }
            }
        }

        var prepare: [Row]
        var parse: [Row]
    }

    private static let table = try? Golden.read("labels", as: Table.self)

    @Test("the tables are there")
    func file() {
        #expect(Self.table?.prepare.count == 33)
        #expect(Self.table?.parse.count == 32)
    }

    @Test("a value is written as Python writes it", arguments: table?.prepare ?? [])
    private func prepare(row: Table.Row) throws {
        let value = try LabelValue(wire: row.wireFragment, type: row.type, name: "x")
        #expect(.string(value.text) == row.wire)
        #expect(value.wireType?.rawValue == row.type)
        #expect(Golden.matches(value, try #require(row.parsed)))
        // Values that Swift has a type for are made from that type as well.
        let made: LabelValue? =
            switch row.input {
            case .int(let value): .int(value)
            case .bool(let value): .bool(value)
            case .string(let value): .string(value)
            case .object(let members) where members.first?.key == "$float":
                if case .string(let text) = members.first?.value { Double(text).map(LabelValue.double) } else { nil }
            case .object(let members) where members.first?.key == "$bytes":
                if case .string(let text) = members.first?.value {
                    Data(base64Encoded: text).map { .bytes(Array($0)) }
                } else {
                    nil
                }
            default: nil
            }
        if let made {
            #expect(.string(made.text) == row.wire)
            #expect(made.wireType?.rawValue == row.type)
        }
    }

    @Test("odd values are read as Python reads them, or refused as there", arguments: table?.parse ?? [])
    private func parse(row: Table.Row) throws {
        guard let parsed = row.parsed else {
            let error = #expect(throws: TaskiqError.self) {
                try LabelValue(wire: row.wireFragment, type: row.type, name: "odd")
            }
            #expect(error?.code == .malformed)
            #expect(error?.message.contains(#"label "odd""#) == true)
            return
        }
        let value = try LabelValue(wire: row.wireFragment, type: row.type, name: "odd")
        #expect(Golden.matches(value, parsed), "\(value)")
    }

    @Test(
        "numbers that only Swift would read are refused",
        arguments: [
            ("0x10", 4), ("nan(0x1)", 4), ("0x10", 2), ("_5", 2), ("5_", 2), ("5__0", 2), ("+", 2), ("--5", 2),
            ("+_5", 2), ("-_5", 2), ("+_5", 4), ("1_.5", 4), ("1._5", 4), ("1e_5", 4), ("1_e5", 4), ("in_f", 4),
            (String(repeating: "9", count: 4_301), 2), (String(repeating: "0", count: 4_301), 2),
        ]
    )
    func foreignNumbers(text: String, type: Int) {
        #expect(throws: TaskiqError.self) { try LabelValue(wire: JSONFragment(string: text), type: type, name: "x") }
    }

    @Test("underscores between digits are read over", arguments: [("1_0.5_5", 10.55), ("1e1_0", 1e10), (" 1_0 ", 10)])
    func underscores(text: String, number: Double) throws {
        #expect(try LabelValue(wire: JSONFragment(string: text), type: 4, name: "x") == .double(number))
    }

    @Test(
        "a large integer keeps its digits and stays a JSON number",
        arguments: [
            ("99999999999999999999", "99999999999999999999"), ("+99999999999999999999", "99999999999999999999"),
            ("-0099999999999999999999", "-99999999999999999999"), ("0099999999999999999999", "99999999999999999999"),
            ("99_999_999_999_999_999_999", "99999999999999999999"),
        ]
    )
    func largeIntegers(text: String, digits: String) throws {
        let value = try LabelValue(wire: JSONFragment(string: text), type: 2, name: "x")
        #expect(value == .largeInt(digits: digits))
        #expect(try JSONFragment(parsing: Array(value.json.bytes)).text == digits)
    }

    @Test("typed labels read what was written, and text that says the same")
    func typed() {
        let labels: Labels = [
            .queue("mail"), .priority(7), .delay(.milliseconds(1500)), .timeout(.seconds(2)),
            .acknowledge(.manual), .label("tenant", "acme"), .label("dry", true), .label("dry", false),
        ]
        #expect(labels[.queueName] == "mail")
        #expect(labels[.priority] == 7)
        #expect(labels[.delay] == 1.5)
        #expect(labels[.timeout] == 2)
        #expect(labels[.acknowledgeType] == "manual")
        #expect(labels["dry" as Label<Bool>] == false)
        #expect(
            labels.entries.map(\.name) == ["queue_name", "priority", "delay", "timeout", "ack_type", "tenant", "dry"]
        )
        #expect(Labels([.label("n", "5")])["n" as Label<Int>] == 5)
        #expect(Labels([.label("n", "1.5")])["n" as Label<Double>] == 1.5)
        #expect(Labels([.label("n", "TRUE")])["n" as Label<Bool>] == true)
        #expect(Labels([.label("n", "yes")])["n" as Label<Bool>] == nil)
        #expect(Labels([.label("n", Double.nan)])["n" as Label<Int>] == nil)
        #expect(Labels([.label("n", 1e300)])["n" as Label<Int>] == nil)
    }

    @Test("labels laid over others win, and keep the place of those they replace")
    func merging() {
        var labels: Labels = [.label("a", 1), .label("b", 2)]
        labels = labels.merging([.label("c", 3), .label("a", 4)])
        #expect(labels.entries.map(\.name) == ["a", "b", "c"])
        #expect(labels["a"] == .int(4))
        labels["a"] = nil
        #expect(labels.entries.map(\.name) == ["b", "c"])
        let many = Labels((0..<20_000).map { Labels.Entry(name: "l\($0 % 10_000)", value: .int($0)) })
        #expect(many.entries.count == 10_000)
        #expect(many["l9999"] == .int(19_999))
    }

    @Test("Base64 agrees with Foundation's", arguments: 0...40)
    func base64(count: Int) {
        var generator = SeededGenerator(seed: UInt64(count))
        let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let text = Data(bytes).base64EncodedString()
        #expect(Base64.encode(bytes) == text)
        #expect(Base64.decode(text) == bytes)
        #expect(Base64.decode(text.map { "\($0)\n*" }.joined()) == bytes)
        if count % 3 != 0 { #expect(Base64.decode(String(text.dropLast())) == nil) }
    }
}

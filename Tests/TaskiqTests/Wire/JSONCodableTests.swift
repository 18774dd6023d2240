// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

@testable import Taskiq

@Suite("JSON against Foundation's")
struct JSONCodableTests {
    private enum Shape: Codable, Equatable {
        case point
        case circle(radius: Double)
        case polygon([Int], name: String?)
    }

    // Foundation makes an object of a dictionary only if its keys say that they are coding keys.
    private enum Color: String, Codable, CodingKeyRepresentable, CaseIterable { case red, green }

    private struct Leaf: Codable, Equatable {
        var name: String
        var weights: [Int: Double]
        var color: Color?
    }

    private struct Everything: Codable, Equatable {
        var int: Int
        var int8: Int8
        var int16: Int16
        var int32: Int32
        var int64: Int64
        var uint: UInt
        var uint8: UInt8
        var uint16: UInt16
        var uint32: UInt32
        var uint64: UInt64
        var double: Double
        var float: Float
        var bool: Bool
        var text: String
        var maybe: Int?
        var maybes: [String?]
        var matrix: [[Int]]
        var table: [String: [Bool]]
        var colors: [Color: Int]
        var shapes: [Shape]
        var leaf: Leaf?
        var leaves: [String: Leaf]
        var set: Set<Int>

        init(using generator: inout SeededGenerator) {
            int = .random(in: .min ... .max, using: &generator)
            int8 = .random(in: .min ... .max, using: &generator)
            int16 = .random(in: .min ... .max, using: &generator)
            int32 = .random(in: .min ... .max, using: &generator)
            int64 = [.min, .max, 0].randomElement(using: &generator) ?? 0
            uint = .random(in: .min ... .max, using: &generator)
            uint8 = .random(in: .min ... .max, using: &generator)
            uint16 = .random(in: .min ... .max, using: &generator)
            uint32 = .random(in: .min ... .max, using: &generator)
            uint64 = [0, .max, 1 << 63].randomElement(using: &generator) ?? 0
            double = randomDouble(using: &generator)
            float = Float.random(in: -1e6...1e6, using: &generator)
            bool = .random(using: &generator)
            text = randomText(using: &generator)
            maybe = .random(using: &generator) ? 1 : nil
            maybes = some(&generator) { .random(using: &$0) ? randomText(using: &$0) : nil }
            matrix = some(&generator) { some(&$0) { .random(in: -9...9, using: &$0) } }
            table = Dictionary(some(&generator) { (randomText(using: &$0), [true]) }) { $1 }
            colors = Dictionary(some(&generator) { (Color.allCases.randomElement(using: &$0) ?? .red, 1) }) { $1 }
            shapes = some(&generator) {
                switch Int.random(in: 0..<3, using: &$0) {
                case 0: .point
                case 1: .circle(radius: randomDouble(using: &$0))
                default: .polygon([1, 2], name: .random(using: &$0) ? randomText(using: &$0) : nil)
                }
            }
            leaf = .random(using: &generator) ? Leaf(name: "leaf", weights: [-1: 0.5, 7: 2], color: nil) : nil
            leaves = [
                randomText(using: &generator): Leaf(name: randomText(using: &generator), weights: [:], color: .red)
            ]
            set = Set(some(&generator) { .random(in: 0...99, using: &$0) })
        }
    }

    @Test(
        "random values travel between this codec and Foundation's both ways",
        arguments: 1...150 as ClosedRange<UInt64>
    )
    func roundTrips(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let value = Everything(using: &generator)
        let ours = try JSONFragment(encoding: value)
        let theirs = try JSONEncoder().encode(value)
        #expect(try ours.decode(Everything.self) == value)
        #expect(try JSONDecoder().decode(Everything.self, from: Data(ours.bytes)) == value)
        #expect(try JSONFragment(parsing: Array(theirs)).decode(Everything.self) == value)
        #expect(try JSONFragment(parsing: ours.text) == ours)
    }

    @Test("random trees are read alike", arguments: 1...100 as ClosedRange<UInt64>)
    func trees(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let tree = randomTree(depth: 5, using: &generator)
        let text = tree.fragment
        #expect(try text.decode(JSONValue.self) == tree)
        #expect(try JSONFragment(encoding: tree) == text)
        #expect(try JSONDecoder().decode(JSONValue.self, from: Data(text.bytes)) == tree.sorted)
        let theirs = try JSONEncoder().encode(tree)
        #expect(try JSONFragment(parsing: Array(theirs)).decode(JSONValue.self).sorted == tree.sorted)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .prettyPrinted
        let spaced = try encoder.encode(tree)
        let again = try JSONFragment(parsing: Array(spaced)).decode(JSONValue.self).sorted
        #expect(again == tree.sorted)
    }

    @Test("doubles are spelled as Python's repr spells them and read back to the bit")
    func doubles() throws {
        let table: [(Double, String)] = [
            (0, "0.0"), (-0.0, "-0.0"), (1, "1.0"), (1.5, "1.5"), (0.1, "0.1"), (1e15, "1000000000000000.0"),
            (1e16, "1e+16"), (1e22, "1e+22"), (1e100, "1e+100"), (1e-4, "0.0001"), (1e-5, "1e-05"), (1e-7, "1e-07"),
            (.leastNonzeroMagnitude, "5e-324"), (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
            (.infinity, "null"),
            (.nan, "null"),
            (9_007_199_254_740_992, "9007199254740992.0"), (123_456_789.125, "123456789.125"),
        ]
        for (value, text) in table {
            #expect(try JSONFragment(encoding: value).text == text)
            #expect(try JSONFragment(encoding: [value]).text == "[\(text)]")
            #expect(JSONValue.double(value).fragment.text == text)
            if value.isFinite {
                #expect(try JSONFragment(parsing: text).decode(Double.self).bitPattern == value.bitPattern)
            }
        }
    }

    @Test("integers are read from any spelling of the same number, and never cut")
    func integers() throws {
        func read<Value: Decodable>(_ text: String, as type: Value.Type) -> Value? {
            try? JSONFragment(parsing: text).decode(type)
        }
        #expect(read("1.0", as: Int.self) == 1)
        #expect(read("1e3", as: UInt16.self) == 1000)
        #expect(read("-0", as: Int8.self) == 0)
        #expect(read("127", as: Int8.self) == 127)
        #expect(read("128", as: Int8.self) == nil)
        #expect(read("-1", as: UInt.self) == nil)
        #expect(read("1.5", as: Int.self) == nil)
        #expect(read("1e400", as: Int.self) == nil)
        #expect(read("NaN", as: Int.self) == nil)
        #expect(read("18446744073709551615", as: UInt64.self) == .max)
        #expect(read("18446744073709551616", as: UInt64.self) == nil)
        #expect(read("NaN", as: Double.self)?.isNaN == true)
        #expect(read("-Infinity", as: Double.self) == -.infinity)
        #expect(read("true", as: Int.self) == nil)
        #expect(read("1", as: Bool.self) == nil)
        #expect(read("\"1\"", as: Int.self) == nil)
    }

    private class Animal: Codable {
        var name: String
        init(name: String) { self.name = name }
    }

    private final class Dog: Animal {
        enum Keys: String, CodingKey { case tricks, parent }
        var tricks: [String]

        init(name: String, tricks: [String]) {
            self.tricks = tricks
            super.init(name: name)
        }

        required init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Keys.self)
            tricks = try container.decode([String].self, forKey: .tricks)
            _ = try Animal(from: try container.superDecoder(forKey: .parent))
            try super.init(from: try container.superDecoder())
        }

        override func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Keys.self)
            try container.encode(tricks, forKey: .tricks)
            try super.encode(to: container.superEncoder())
            try super.encode(to: container.superEncoder(forKey: .parent))
        }
    }

    /// Shares its superclass's container, and builds its own by hand, out of order.
    private struct ByHand: Codable, Equatable {
        enum Keys: String, CodingKey { case outer, list, early }
        enum Inner: String, CodingKey { case a, b, deep }
        var value: Int

        init(value: Int) { self.value = value }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Keys.self)
            let inner = try container.nestedContainer(keyedBy: Inner.self, forKey: .outer)
            value = try inner.decode(Int.self, forKey: .a)
            #expect(try inner.decode(Int.self, forKey: .b) == value + 1)
            #expect(try inner.decodeNil(forKey: .deep))
            #expect(inner.allKeys.count == 3)
            var list = try container.nestedUnkeyedContainer(forKey: .list)
            #expect(list.count == 4)
            #expect(try list.decode(Int.self) == value)
            #expect(try list.decodeNil())
            var nested = try list.nestedUnkeyedContainer()
            #expect(try nested.decode(String.self) == "x")
            #expect(nested.isAtEnd)
            #expect(throws: DecodingError.self) { try nested.decode(String.self) }
            #expect(try list.nestedContainer(keyedBy: Inner.self).decode(Bool.self, forKey: .deep))
            #expect(try container.decode(String.self, forKey: .early) == "later")
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Keys.self)
            try container.encode("early", forKey: .early)
            var inner = container.nestedContainer(keyedBy: Inner.self, forKey: .outer)
            var list = container.nestedUnkeyedContainer(forKey: .list)
            try list.encode(value)
            try inner.encode(value, forKey: .a)
            try list.encodeNil()
            var nested = list.nestedUnkeyedContainer()
            try nested.encode("x")
            var last = list.nestedContainer(keyedBy: Inner.self)
            try last.encode(true, forKey: .deep)
            // A second container for the key goes on where the first ended, as with Foundation.
            var more = container.nestedContainer(keyedBy: Inner.self, forKey: .outer)
            try more.encode(value + 1, forKey: .b)
            try more.encodeNil(forKey: .deep)
            try container.encode("later", forKey: .early)
        }
    }

    @Test("superclasses and containers made by hand")
    func containers() throws {
        let dog = try JSONFragment(encoding: Dog(name: "Rex", tricks: ["sit"]))
        #expect(dog.text == #"{"tricks":["sit"],"super":{"name":"Rex"},"parent":{"name":"Rex"}}"#)
        #expect(try dog.decode(Dog.self).name == "Rex")
        #expect(try JSONDecoder().decode(Dog.self, from: Data(dog.bytes)).tricks == ["sit"])
        let byHand = ByHand(value: 5)
        let text = try JSONFragment(encoding: byHand)
        #expect(
            text.text == #"{"early":"later","outer":{"a":5,"b":6,"deep":null},"list":[5,null,["x"],{"deep":true}]}"#
        )
        #expect(try text.decode(ByHand.self) == byHand)
        let theirs = try JSONEncoder().encode(byHand)
        #expect(try JSONFragment(parsing: Array(theirs)).decode(ByHand.self) == byHand)
        #expect(try JSONDecoder().decode(ByHand.self, from: Data(text.bytes)) == byHand)
    }

    private struct Empty: Codable {
        func encode(to encoder: any Encoder) throws {}
        init() {}
        init(from decoder: any Decoder) throws {}
    }

    @Test("values that encode nothing, fragments inside values, and top-level scalars")
    func edges() throws {
        #expect(try JSONFragment(encoding: Empty()).text == "{}")
        #expect(try JSONFragment(encoding: [String: Int]()).text == "{}")
        #expect(try JSONFragment(encoding: Int?.none).text == "null")
        #expect(try JSONFragment(encoding: "a\"\\\u{1}\n\u{7F}é/").text == "\"a\\\"\\\\\\u0001\\n\u{7F}é/\"")
        let fragment = try JSONFragment(parsing: "[1,  2]")
        #expect(try JSONFragment(encoding: ["k": fragment]).text == #"{"k":[1,  2]}"#)
        #expect(try JSONFragment(parsing: #"{"k": 1.50}"#).decode([String: JSONFragment].self)["k"]?.text == "1.50")
        #expect(throws: EncodingError.self) { try JSONEncoder().encode(fragment) }
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(JSONFragment.self, from: Data("1".utf8)) }
    }

    @Test("an object of very many keys costs no more than its length")
    func manyKeys() throws {
        let table = Dictionary(uniqueKeysWithValues: (0..<20_000).map { ("key\($0)", $0) })
        let fragment = try JSONFragment(encoding: table)
        #expect(try fragment.decode([String: Int].self) == table)
        let keywords = try KeywordArguments(fragment)
        #expect(keywords.arguments.count == table.count)
        #expect(keywords["key19999"]?.text == "19999")
        let twice = try KeywordArguments(
            JSONFragment(keywords: KeywordArguments(keywords.arguments + keywords.arguments))
        )
        #expect(twice == keywords)
    }

    @Test("an error of shape says where, what was expected and what was found")
    func mismatches() throws {
        func message<Value: Decodable>(_ text: String, as type: Value.Type) throws -> String? {
            let fragment = try JSONFragment(parsing: text)
            return (#expect(throws: DecodingError.self) { try fragment.decode(type) }).map(readableDescription)
        }
        #expect(try message("[1,true]", as: [Int].self) == "[1]: expected an integer, found true")
        #expect(try message("null", as: Int.self) == "expected an integer, found null")
        #expect(
            try message(#"{"a":{"b":[0,"x"]}}"#, as: [String: [String: [Int]]].self)
                == #"a.b.[1]: expected an integer, found "x""#
        )
        #expect(try message("300", as: UInt8.self) == "expected an integer that fits UInt8, found 300")
        #expect(try message("1", as: [Int].self) == "expected an array, found 1")
        #expect(try message("[]", as: [String: Int].self) == "expected an object, found []")
        #expect(try message("[]", as: Leaf.self) == "expected an object, found []")
        #expect(try message("{}", as: Leaf.self) == #"the key "name" is missing"#)
        #expect(try message("\"\(String(repeating: "x", count: 100))\"", as: Bool.self)?.hasSuffix("x…") == true)
    }
}

private func some<Value>(
    _ generator: inout SeededGenerator,
    _ make: (inout SeededGenerator) -> Value
) -> [Value] {
    (0..<Int.random(in: 0...4, using: &generator)).map { _ in make(&generator) }
}

private func randomDouble(using generator: inout SeededGenerator) -> Double {
    while true {
        let value = Double(bitPattern: generator.next())
        if value.isFinite { return value }
    }
}

private func randomText(using generator: inout SeededGenerator) -> String {
    let pieces = [
        "a", "\"", "\\", "/", "\n", "\t", "\u{0}", "\u{1F}", "\u{7F}", "é", "e\u{301}", "世", "🎉", "\u{2028}",
        "\u{FEFF}", "\u{FFFF}", "👨‍👩‍👧", " ",
    ]
    return (0..<Int.random(in: 0...8, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "" }
        .joined()
}

private func randomTree(depth: Int, using generator: inout SeededGenerator) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &generator) {
    case 0: return .null
    case 1: return .bool(.random(using: &generator))
    case 2: return .int(.random(in: .min ... .max, using: &generator))
    case 3: return .double(.random(in: -1...1, using: &generator) / 3)
    case 4: return .string(randomText(using: &generator))
    case 5: return .array(some(&generator) { randomTree(depth: depth - 1, using: &$0) })
    default:
        let values = some(&generator) { randomTree(depth: depth - 1, using: &$0) }
        return .object(values.enumerated().map { .init("\($0)\(randomText(using: &generator))", $1) })
    }
}

extension JSONValue {
    /// The value with the members of all objects in the order of their keys.
    fileprivate var sorted: JSONValue {
        switch self {
        case .array(let values): .array(values.map(\.sorted))
        case .object(let members):
            .object(members.sorted { $0.key < $1.key }.map { Member($0.key, $0.value.sorted) })
        default: self
        }
    }
}

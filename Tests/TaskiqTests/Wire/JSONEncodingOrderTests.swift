// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Taskiq

@Suite("Values that encode themselves in unusual ways")
struct JSONEncodingOrderTests {
    /// Encodes itself as a closure says.
    private struct Custom: Encodable {
        let body: (any Encoder) throws -> Void
        func encode(to encoder: any Encoder) throws { try body(encoder) }
    }

    private enum Key: String, CodingKey { case a, b, c }
    private struct Refused: Error {}

    private func text(_ body: @escaping (any Encoder) throws -> Void) throws -> String {
        let alone = try JSONFragment(encoding: Custom(body: body)).text
        // The same inside other values, whose own text must not suffer.
        let inside = try JSONFragment(encoding: [["x": [Custom(body: body)]], ["y": []]])
        #expect(inside.text == #"[{"x":[\#(alone)]},{"y":[]}]"#)
        #expect(throws: Never.self) { try JSONFragment(parsing: inside.text) }
        return alone
    }

    @Test("a key that comes twice keeps its place and takes the later value")
    func twice() throws {
        let found = try text { encoder in
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(1, forKey: .a)
            try container.encode(2, forKey: .b)
            try container.encode(3, forKey: .a)
        }
        #expect(found == #"{"a":3,"b":2}"#)
    }

    @Test("two containers of one value share its object")
    func shared() throws {
        let found = try text { encoder in
            var first = encoder.container(keyedBy: Key.self)
            var second = encoder.container(keyedBy: Key.self)
            try first.encode(1, forKey: .a)
            try second.encode([2], forKey: .b)
            try first.encode(3, forKey: .c)
        }
        #expect(found == #"{"a":1,"b":[2],"c":3}"#)
    }

    @Test("a member whose error is swallowed does not spoil the text")
    func swallowed() throws {
        let found = try text { encoder in
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(1, forKey: .a)
            try? container.encode(Custom { _ in throw Refused() }, forKey: .b)
            try container.encode(3, forKey: .c)
        }
        #expect(found == #"{"a":1,"b":{},"c":3}"#)
        let list = try text { encoder in
            var container = encoder.unkeyedContainer()
            try? container.encode(Custom { _ in throw Refused() })
            try container.encode("x")
        }
        #expect(list == #"[{},"x"]"#)
    }

    @Test("an outer container that is filled while an inner value is encoded")
    func interleaved() throws {
        let found = try text { encoder in
            let outer = encoder
            var container = outer.container(keyedBy: Key.self)
            try container.encode(
                Custom { inner in
                    var late = outer.container(keyedBy: Key.self)
                    try late.encode(1, forKey: .c)
                    var own = inner.singleValueContainer()
                    try own.encode("in")
                },
                forKey: .a
            )
            try container.encode(2, forKey: .b)
        }
        #expect(try JSONFragment(parsing: found).decode([String: JSONValue].self) == ["a": "in", "b": 2, "c": 1])
    }

    @Test("a single value that is given twice is the later one, and containers of a single value are its own")
    func single() throws {
        let found = try text { encoder in
            var container = encoder.singleValueContainer()
            try container.encode(1)
            try container.encode([2])
        }
        #expect(found == "[2]")
        #expect(try text { try [1: [2]].encode(to: $0) } == #"{"1":[2]}"#)
        #expect(try text { _ in } == "{}")
    }

    @Test("a value that hands the encoder on to one of the library's types")
    func delegating() throws {
        let digits = "123456789012345678901234567890"
        #expect(try text { try #require(BigInteger(digits)).encode(to: $0) } == digits)
        #expect(try text { try JSONFragment(parsing: "1.50").encode(to: $0) } == "1.50")
        let object: JSONValue = ["z": 1, "a": [2, "x"]]
        #expect(try text { try object.encode(to: $0) } == #"{"z":1,"a":[2,"x"]}"#)
    }

    private struct NumberOrText: Decodable {
        var found: [String] = []

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            while !container.isAtEnd {
                if let number = try? container.decode(Int8.self) {
                    found.append("\(number)")
                } else {
                    found.append("text " + (try container.decode(String.self)))
                }
            }
        }
    }

    @Test("an element that was not what was asked for may be asked for anew")
    func probing() throws {
        #expect(try JSONFragment(parsing: #"[1,"x",3]"#).decode(NumberOrText.self).found == ["1", "text x", "3"])
    }

    @Test("objects of very many keys, with one twice")
    func many() throws {
        struct Name: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }
        let found = try text { encoder in
            var container = encoder.container(keyedBy: Name.self)
            for index in 0..<500 { try container.encode(index, forKey: Name(stringValue: "key\(index)")) }
            try container.encode(-1, forKey: Name(stringValue: "key7"))
        }
        let table = try JSONFragment(parsing: found).decode([String: Int].self)
        #expect(table.count == 500 && table["key7"] == -1 && table["key499"] == 499)
        #expect(found.hasPrefix(#"{"key0":0,"#) && found.contains(#""key7":-1,"key8":8"#))
    }

    @Test("the path of an error names every level")
    func paths() throws {
        let error = #expect(throws: TaskiqError.self) {
            try JSONFragment(encoding: ["a": [["b": Data([0xFF])]]])
        }
        #expect(error?.message.contains("a.[0].b: the data is not UTF-8") == true, "\(String(describing: error))")
        _ = try text { encoder in
            var container = encoder.container(keyedBy: Key.self)
            let before = encoder.codingPath.map(\.stringValue)
            try container.encode(
                Custom { inner in
                    #expect(inner.codingPath.map(\.stringValue) == before + ["a"])
                    var value = inner.singleValueContainer()
                    try value.encode(true)
                },
                forKey: .a
            )
        }
    }
}

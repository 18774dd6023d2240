// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

@Suite("JSON scanner")
struct JSONScannerTests {
    @Test(
        "what is JSON is taken, and stays as it was written",
        arguments: [
            "null", "true", "false", "0", "-0", "1.5", "-1.5e+10", "1E5", "1e-5", #""""#, #""a""#, "[]", "{}",
            "[1, 2 ,3]", #"{"a" : [ { } ] }"#, "NaN", "Infinity", "-Infinity", #""\u0041\ud83c\udf89\/\"""#,
            "\"\u{7F}\u{2028}é世🎉\"", "18446744073709551616", "-9223372036854775809",
            "123456789012345678901234567890.123456789012345678901234567890e-1234567890",
        ]
    )
    func valid(text: String) throws {
        #expect(try JSONFragment(parsing: text).text == text)
        #expect(try JSONFragment(parsing: " \t\r\n\(text)\n").text == text)
    }

    @Test(
        "what is not JSON is refused with the place where it stops to be",
        arguments: [
            ("", 0), ("   ", 3), ("nul", 3), ("nulL", 3), ("truE", 3), ("falze", 3), ("NAN", 1), ("-", 1), ("-Inf", 4),
            ("+1", 0), (".5", 0), ("01", 1), ("1.", 2), ("1.e5", 2), ("1e", 2), ("1e+", 3), ("0x10", 1), ("1 2", 2),
            ("[", 1), ("[1", 2), ("[1,", 3), ("[1,]", 3), ("[,1]", 1), ("[1 2]", 3), ("]", 0), ("[1]]", 3),
            ("{", 1), ("{1:2}", 1), (#"{"a"}"#, 4), (#"{"a":}"#, 5), (#"{"a":1,}"#, 7), (#"{"a":1 "b":2}"#, 7),
            (#"{a:1}"#, 1), (#"{'a':1}"#, 1), ("\"", 1), (#""a"#, 2), (#""\"#, 2), (#""\x""#, 2), (#""\u12G4""#, 5),
            (#""\u12"#, 5), ("\"a\nb\"", 2), ("\"\u{0}\"", 1), ("\u{FEFF}1", 0), ("1,", 1), ("/* */ 1", 0),
        ]
    )
    func malformed(text: String, position: Int) {
        let error = #expect(throws: TaskiqError.self) { try JSONFragment(parsing: text) }
        #expect(error?.code == .malformed)
        #expect(
            error?.message.hasPrefix("not valid JSON at byte \(position): ") == true,
            "\(text): \(error?.message ?? "")"
        )
    }

    @Test(
        "a string that is not UTF-8 is refused",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x80, 0x80], [0xE4, 0xB8], [0xED, 0xA0, 0x80],
            [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xE4, 0xB8, 0x41],
        ] as [[UInt8]]
    )
    func encoding(bytes: [UInt8]) {
        let error = #expect(throws: TaskiqError.self) { try JSONFragment(parsing: [0x22, 0x61] + bytes + [0x22]) }
        #expect(error?.message == "not valid JSON at byte 2: a string must be UTF-8")
        #expect(throws: TaskiqError.self) { try JSONFragment(parsing: [0x22] + bytes) }
    }

    @Test("nesting is taken up to the limit and refused beyond it", arguments: [("[", "]"), (#"{"a":"#, "}")])
    func depth(opening: String, closing: String) throws {
        func nested(_ depth: Int) -> String {
            String(repeating: opening, count: depth - 1) + "[]" + String(repeating: closing, count: depth - 1)
        }
        let deepest = JSONScanner.maximumDepth
        _ = try JSONFragment(parsing: nested(deepest)).decode(JSONValue.self)
        let error = #expect(throws: TaskiqError.self) { try JSONFragment(parsing: nested(deepest + 1)) }
        #expect(error?.message.contains("nested more than \(deepest) levels deep") == true)
        #expect(throws: TaskiqError.self) {
            try JSONFragment(parsing: String(repeating: opening, count: 1_000_000))
        }
    }

    @Test(
        "escapes are decoded",
        arguments: [
            (#""\b\f\n\r\t\"\\\/""#, "\u{8}\u{C}\n\r\t\"\\/"), (#""\u00e9""#, "é"), (#""\u4E16\u754c""#, "世界"),
            (#""\ud83c\udf89""#, "🎉"), (#""x\ud83c\udf89y""#, "x🎉y"), (#""\u0000""#, "\0"),
            (#""\ud83c""#, "\u{FFFD}"), (#""\udf89\ud83c""#, "\u{FFFD}\u{FFFD}"), (#""\ud83c\u0041""#, "\u{FFFD}A"),
            (#""\ud83cx""#, "\u{FFFD}x"), (#""\ud83c\ud83c\udf89""#, "\u{FFFD}🎉"), (#""e\u0301""#, "e\u{301}"),
        ]
    )
    func escapes(text: String, wanted: String) throws {
        let found = try JSONFragment(parsing: text).decode(String.self)
        #expect(Array(found.unicodeScalars) == Array(wanted.unicodeScalars))
    }

    @Test("numbers of any size stay the bytes they were")
    func hugeNumbers() throws {
        let digits = String(repeating: "9", count: 5_000)
        let fragment = try JSONFragment(parsing: "[\(digits), -\(digits).\(digits)e\(digits)]")
        let parts = try fragment.decode([JSONFragment].self)
        #expect(parts[0].text == digits)
        #expect(parts[1].text == "-\(digits).\(digits)e\(digits)")
        #expect(throws: DecodingError.self) { try parts[0].decode(Int.self) }
        #expect(throws: DecodingError.self) { try parts[1].decode(UInt64.self) }
        #expect(try parts[0].decode(Double.self) == .infinity)
    }

    @Test("a key that stands twice has its last value")
    func duplicates() throws {
        let fragment = try JSONFragment(parsing: #"{"a":1,"b":2,"a":3}"#)
        #expect(try fragment.decode([String: Int].self) == ["a": 3, "b": 2])
        #expect(try fragment.decode(JSONValue.self)["a"] == .int(3))
        #expect(try KeywordArguments(fragment).arguments.map(\.name) == ["a", "b"])
        #expect(try KeywordArguments(fragment)["a"]?.text == "3")
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

@Suite("CBOR: what others write")
struct CBORReadingTests {
    @Test(
        "forms that Python's encoder does not write",
        arguments: [
            ("d9d9f7 01", "1"), ("f7", "null"), ("18 05", "5"), ("1b 0000000000000001", "1"),
            ("3b ffffffffffffffff", "-18446744073709551616"), ("c3 49 010000000000000000", "-18446744073709551617"),
            ("c2 41 00", "0"), ("c2 40", "0"), ("c3 40", "-1"), ("fa 47c35000", "100000.0"), ("f9 3c00", "1.0"),
            ("f9 0001", "5.960464477539063e-08"), ("f9 fbff", "-65504.0"), ("f9 7c00", "Infinity"),
            // Indefinite lengths.
            ("9f 01 02 ff", "[1,2]"), ("bf 6161 01 ff", #"{"a":1}"#), ("7f 6161 6162 ff", #""ab""#),
            ("5f 42 0102 43 030405 ff", #""AQIDBAU=""#), ("7f ff", #""""#),
            // Keys as Python makes text of them.
            ("a1 01 02", #"{"1":2}"#), ("a1 f6 01", #"{"None":1}"#), ("a1 f5 01", #"{"true":1}"#),
            ("a1 c2 41 01 01", #"{"1":1}"#), ("a1 f97e00 01", #"{"nan":1}"#),
            // Dates, and sets.
            ("c0 74 323031332d30332d32315432303a30343a30305a", #""2013-03-21T20:04:00Z""#),
            ("c1 1a 514b67b0", #""2013-03-21T20:04:00Z""#), ("c1 20", #""1969-12-31T23:59:59Z""#),
            ("c1 fb 41d452d9ec200000", #""2013-03-21T20:04:00.500000Z""#),
            ("d903ec 6a 323031332d30332d3231", #""2013-03-21""#), ("d90102 83 01 02 03", "[1,2,3]"),
            // References, numbered in each namespace by itself.
            ("d90100 82 63 616263 d81900", #"["abc","abc"]"#),
            ("d90100 83 63 616263 d90100 82 63 646566 d81900 d81900", #"["abc",["def","def"],"abc"]"#),
            ("d90100 82 43 414243 d81900", #"["QUJD","QUJD"]"#), ("d90100 a1 63 616263 d81900", #"{"abc":"abc"}"#),
            ("d90100 82 c2 49 010000000000000000 c2 d81900", "[18446744073709551616,18446744073709551616]"),
        ]
    )
    func accepted(hex: String, json: String) throws {
        #expect(try CBORSerializer().loadb(GoldenCodec.bytes(hex: hex)).text == json)
    }

    @Test(
        "what has no meaning is refused at its place",
        arguments: [
            ("d81901", 0, "outside of a namespace"), ("d90100 d81900", 3, "names none of 0"),
            // Neither short strings nor those of indefinite length are numbered, nor those of another namespace.
            ("d90100 82 62 6162 d81900", 7, "names none"), ("d90100 82 7f 63 616263 ff d81900", 10, "names none"),
            ("d90100 82 d90100 81 63 616263 d81900", 12, "names none of 0"),
            ("d90100 d81920", 3, "must be a number"), ("82 00 d87b 01", 2, "tag 123"), ("c4 82 21 19 6ab3", 0, "tag 4"),
            ("e0", 0, "simple value 0"), ("f8 18", 0, "simple value 24"), ("1c", 0, "28 is no length"),
            ("ff", 0, "a break"), ("a1 81 01 02", 1, "cannot be a key"), ("c0 01", 0, "before a string"),
            ("c0 61 78", 0, "RFC 3339"), ("c1 1b 000000ffffffffff", 0, "years 1 to 9999"), ("c1 f97e00", 0, "seconds"),
            ("7f 4161 ff", 1, "another kind"), ("62 c328", 1, "UTF-8"), ("bf 6161 ff", 3, "a break"),
            ("9b ffffffffffffffff", 9, "18446744073709551615 elements"),
            ("5b 7fffffffffffffff", 9, "bytes are announced"),
            ("c2 63 616263", 0, "bytes, not text"),
        ]
    )
    func refused(hex: String, place: Int, reason: String) {
        let error = #expect(throws: TaskiqError.self) { try CBORSerializer().loadb(GoldenCodec.bytes(hex: hex)) }
        #expect(error?.code == .malformed)
        #expect(error?.message.hasPrefix("not valid CBOR at byte \(place): ") == true, "\(error?.message ?? "")")
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }

    @Test("references begin at the length that pays, which grows with their number")
    func thresholds() throws {
        for (count, length, refers) in [
            (23, 3, true), (24, 3, false), (24, 4, true), (255, 4, true), (256, 4, false), (256, 5, true),
            (65535, 5, true), (65536, 5, false), (65536, 7, true),
        ] {
            var values = (0..<count).map { JSONValue.string("~" + String($0 + 10_000_000)) }
            let word = JSONValue.string(String(repeating: "q", count: length))
            values += [word, word]
            let value = JSONValue.array(values).fragment
            let bytes = try CBORSerializer().dumpb(value)
            #expect(bytes.suffix(length).allSatisfy { $0 == UInt8(ascii: "q") } != refers, "\(count), \(length)")
            #expect(try CBORSerializer().loadb(bytes) == value)
        }
    }

    @Test("strings are the same by their bytes, not by what they look like")
    func normalization() throws {
        let value = try JSONFragment(parsing: #"["caf\u00e9","cafe\u0301","café"]"#)
        let read = try CBORSerializer().loadb(CBORSerializer().dumpb(value)).decode([String].self)
        #expect(read.map { Array($0.utf8).count } == [5, 6, 5])
    }

    @Test("a few bytes that refer to much text are refused, not written out")
    func expansion() {
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 100_000)
        var bytes: [UInt8] = [0xD9, 0x01, 0x00, 0x9F, 0x7A, 0x00, 0x01, 0x86, 0xA0] + long
        for _ in 0..<1000 { bytes += [0xD8, 0x19, 0x00] }
        let error = #expect(throws: TaskiqError.self) { try CBORSerializer().loadb(bytes + [0xFF]) }
        #expect(error?.code == .malformed)
        #expect(error?.message.contains("refers to its own parts") == true)
    }

    @Test("a long row of tags costs no stack")
    func tags() throws {
        let row = [UInt8](repeating: 0, count: 300_000).indices.map { [0xD9, 0xD9, 0xF7][$0 % 3] as UInt8 }
        #expect(try CBORSerializer().loadb(row + [0x01]).text == "1")
    }
}

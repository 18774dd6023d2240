// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import TaskiqCron
import Testing

@testable import Taskiq

/// What pydantic 2.14 made of each text, asked value by value; nil where it refused.
@Suite("Values convert as pydantic converts them")
struct ValueConversionTests {
    private func lax<Value: Decodable>(_ text: String, as type: Value.Type) -> Value? {
        try? JSONFragment(parsing: text).decodeLax(type)
    }

    @Test("integers")
    func integers() {
        let table: [(String, Int?)] = [
            (#""11""#, 11), (#"" 11 ""#, 11), (#""1_000""#, 1000), (#""1__0""#, nil), (#""_1""#, nil), (#""1.0""#, 1),
            (#""1.50""#, nil), (#""1.""#, nil), (#""+5""#, 5), (#""-5""#, -5), (#""1e3""#, nil), (#""0x10""#, nil),
            (#""""#, nil), ("1.0", 1), ("1.5", nil), ("true", 1), ("false", 0), ("null", nil), (#""007""#, 7),
            (#""-0""#, 0), (#""１""#, nil), (#""true""#, nil), (#""1.0_0""#, nil), (#""- 5""#, nil), (#""1_0.0""#, 10),
            (#""1 0""#, nil), ("[]", nil), ("NaN", nil), ("1e300", nil), (#""99999999999999999999""#, nil),
        ]
        for (text, wanted) in table {
            #expect(lax(text, as: Int.self) == wanted, "\(text)")
            #expect(lax(text, as: Int?.self) == (text == "null" ? .some(nil) : wanted.map(Optional.some)), "\(text)")
            #expect(lax(text, as: Int16.self) == wanted.flatMap(Int16.init(exactly:)), "\(text)")
            #expect(lax("[\(text)]", as: [Int].self) == wanted.map { [$0] }, "\(text)")
            #expect(lax(#"{"k":\#(text)}"#, as: [String: Int8].self)?["k"] == wanted.flatMap(Int8.init(exactly:)))
            #expect(lax(text, as: BigInteger.self)?.description == bigText(text, wanted), "\(text)")
        }
    }

    private func bigText(_ text: String, _ wanted: Int?) -> String? {
        text.contains("9999") ? "99999999999999999999" : wanted?.description
    }

    @Test("floating-point numbers")
    func doubles() {
        let table: [(String, Double?)] = [
            (#""1.5""#, 1.5), (#"" 1.5 ""#, 1.5), (#""inf""#, .infinity), (#""-Infinity""#, -.infinity),
            (#""1_0.5""#, 10.5), (#""1e3""#, 1000), (#""0x10""#, nil), (#""""#, nil), ("true", 1), ("1", 1),
            (#""1.""#, 1), (#""+.5""#, 0.5), (#"".5""#, 0.5), (#""1e400""#, .infinity), (#""1__0""#, nil),
            (#""_1""#, nil), (#""INF""#, .infinity), ("-Infinity", -.infinity), ("null", nil), ("[]", nil),
        ]
        for (text, wanted) in table {
            #expect(lax(text, as: Double.self) == wanted, "\(text)")
            #expect(lax(text, as: Float.self) == wanted.map(Float.init), "\(text)")
        }
        for text in [#""nan""#, #""NaN""#, "NaN"] { #expect(lax(text, as: Double.self)?.isNaN == true) }
    }

    @Test("truth values")
    func bools() {
        let table: [(String, Bool?)] = [
            ("0", false), ("1", true), ("2", nil), ("0.0", false), ("1.0", true), ("1.5", nil), (#""TRUE""#, true),
            (#""yes""#, true), (#""Y""#, true), (#""n""#, false), (#""on""#, true), (#""OFF""#, false),
            (#""t""#, true), (#""f""#, false), (#""0""#, false), (#""1""#, true), (#"" true""#, nil), (#""""#, nil),
            ("-1", nil), (#""1.0""#, nil), ("null", nil),
        ]
        for (text, wanted) in table { #expect(lax(text, as: Bool.self) == wanted, "\(text)") }
    }

    @Test("text is never made of a number")
    func strings() {
        for text in ["1", "1.5", "true", "null", "[]", "{}"] { #expect(lax(text, as: String.self) == nil) }
        #expect(lax(#""1""#, as: String.self) == "1")
    }

    @Test("dates and times")
    func dates() throws {
        let second = 1_704_164_645.0
        let table: [(String, Double?)] = [
            (#""2024-01-02T03:04:05Z""#, second), (#""2024-01-02 03:04:05""#, second),
            (#""2024-01-02t03:04:05z""#, second), (#""2024-01-02_03:04:05""#, second),
            (#""2024-01-02T03:04""#, second - 5), (#""2024-01-02T03:04:05.123456789Z""#, second + 0.123456),
            (#""2024-01-02T03:04:05,5Z""#, second + 0.5), (#""2024-01-02T03:04:05+05:30""#, second - 19_800),
            (#""2024-01-02T03:04:05+0530""#, second - 19_800), (#""2024-01-02T03:04:05+05""#, nil),
            (#""2024-01-02T03:04:05 +05:30""#, nil), (#""2024-01-02T03:04:05-00:00""#, second),
            (#""2024-01-02""#, 1_704_153_600), (#""20240102""#, 20_240_102), (#""1704164645""#, second),
            (#""1704164645.5""#, second + 0.5), ("1704164645", second), ("1704164645.5", second + 0.5),
            ("1704164645123", second + 0.123), (#""1704164645123""#, second + 0.123), ("-1", -1), (#""-1""#, -1),
            ("20000000000", 20_000_000_000), ("20000000001", 20_000_000.001), ("-20000000000", -20_000_000_000),
            ("-20000000001", -20_000_000.001), ("true", nil), (#""""#, nil), (#""2024-02-30T00:00:00Z""#, nil),
            (#""2023-02-29""#, nil), (#""2024-02-29""#, 1_709_164_800), (#""1900-02-29""#, nil),
            (#""2024-01-02T24:00:00Z""#, nil), (#""2024-01-02T23:59:60Z""#, nil), (#"" 2024-01-02T03:04:05Z""#, nil),
            (#""2024-1-2T03:04:05Z""#, nil), (#""0001-01-01T00:00:00Z""#, -62_135_596_800),
            (#""0000-01-01T00:00:00Z""#, nil), (#""2024-01-02T03:04:05.Z""#, nil), (#""2024-01-02T03Z""#, nil),
            (#""2024-01-02T03:04Z""#, second - 5), ("1e20", nil), (#""1e3""#, nil), ("NaN", nil), (#""inf""#, nil),
            (#""2024-01-02T03:04:05+24:00""#, nil), (#""+5""#, 5), (#""5.""#, 5), (#"".5""#, 0.5),
            (#""2024-01-02T03:04:05−05:30""#, second + 19_800), ("253402300800", 253_402_300.8),
            ("253402300800000", nil), ("null", nil), ("[]", nil), (#"".""#, nil), (#""-""#, nil),
        ]
        for (text, wanted) in table {
            let found = lax(text, as: Date.self)?.timeIntervalSince1970
            #expect((found == nil) == (wanted == nil), "\(text): \(found ?? .nan)")
            #expect(abs((found ?? 0) - (wanted ?? 0)) < 1e-5, "\(text)")
            let timestamp = lax(text, as: Timestamp.self)?.millisecondsSinceEpoch
            #expect(timestamp == wanted.map { Int64(($0 * 1000 + 1e-3).rounded(.down)) }, "\(text)")
        }
        // Asked whether it is a date, a number is none.
        #expect(throws: DecodingError.self) { try JSONFragment(parsing: "5").decode(Date.self) }
        #expect(try JSONFragment(parsing: #""2024-01-02""#).decode(Date.self).timeIntervalSince1970 == 1_704_153_600)
    }

    @Test("dates are written in UTC, with microseconds only if there are any")
    func writtenDates() throws {
        let table: [(Double, String)] = [
            (1_704_164_645, "2024-01-02T03:04:05Z"), (1_704_164_645.1, "2024-01-02T03:04:05.100000Z"),
            (-0.5, "1969-12-31T23:59:59.500000Z"), (0, "1970-01-01T00:00:00Z"),
            (-62_135_596_800, "0001-01-01T00:00:00Z"), (253_402_300_799, "9999-12-31T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"), (1_704_164_645.000001, "2024-01-02T03:04:05.000001Z"),
        ]
        for (seconds, text) in table {
            let fragment = try JSONFragment(encoding: Date(timeIntervalSince1970: seconds))
            #expect(fragment.text == "\"\(text)\"")
            #expect(try JSONFragment(encoding: fragment.decode(Date.self)) == fragment)
        }
        for seconds in [253_402_300_800, -62_135_596_801, .nan, .infinity, 1e300] {
            let error = #expect(throws: TaskiqError.self) {
                try JSONFragment(encoding: ["when": Date(timeIntervalSince1970: seconds)])
            }
            #expect(error?.message.hasSuffix("when: a date must lie in the years 1 to 9999") == true)
        }
        let timestamp = Timestamp(millisecondsSinceEpoch: 250)
        #expect(try JSONFragment(encoding: timestamp).text == #""1970-01-01T00:00:00.250000Z""#)
    }

    @Test("durations")
    func durations() {
        let table: [(String, Double?)] = [
            (#""PT5S""#, 5), (#""P1DT2.000003S""#, 86_402.000003), (#""-PT5S""#, -5), (#""PT0S""#, 0),
            (#""P1D""#, 86_400), (#""P1W""#, 604_800), (#""P1Y""#, 31_536_000), (#""P1M""#, 2_592_000),
            (#""PT1H2M3S""#, 3723), (#""PT1.5H""#, 5400), (#""P1.5D""#, 129_600), (#""+PT5S""#, 5), (#""P-1D""#, nil),
            (#""PT""#, nil), (#""P""#, nil), (#""P1DT""#, 86_400), (#""pt5s""#, nil), (#""00:00:05""#, 5),
            (#""1:02""#, nil), (#""01:02""#, 3720), (#""01:02:03""#, 3723), (#""1:02:03""#, 3723),
            (#""01:02:03.5""#, 3723.5), (#""-01:02:03""#, -3723), (#""+01:02:03""#, 3723),
            (#""1 day, 01:02:03""#, 90_123), (#""1 days 01:02:03""#, 90_123), (#""2 d 01:02:03""#, 176_523),
            (#""1d01:02:03""#, 90_123), (#""25:00:00""#, 90_000), (#""01:60:00""#, nil), (#""00:00:60""#, nil),
            ("5", 5), ("5.5", 5.5), (#""5""#, nil), (#""5.5""#, nil), ("-1", -1), (#""-1""#, nil), ("true", 1),
            (#""1 day""#, 86_400), (#""-1 day, 01:02:03""#, -90_123), (#""""#, nil), (#""P1DT2H""#, 93_600),
            (#""PT5""#, nil), (#""PT1S2M""#, 121), (#""P1Y2M3D""#, 36_979_200), (#""P0.5W""#, 302_400), ("1e20", nil),
            ("NaN", nil), (#""100:00:00""#, 360_000), (#""1000000000 days""#, nil), (#""PT1,5S""#, 1.5),
            (#""P1D1H""#, nil), (#"" PT5S""#, nil), (#""P1W2D""#, 777_600), (#""1e3""#, nil), (#""00:00:05,5""#, 5.5),
            ("null", nil), ("[1,2]", nil), (#""999999999999999999999999999999:00:00""#, nil),
        ]
        for (text, wanted) in table {
            let microseconds = wanted.map { ($0 * 1e6).rounded() }
            #expect(lax(text, as: Duration.self) == microseconds.map { .microseconds(Int64($0)) }, "\(text)")
        }
        #expect(lax(#""999999999 days""#, as: Duration.self) == .seconds(999_999_999 * 86_400))
        #expect(throws: DecodingError.self) { try JSONFragment(parsing: "5").decode(Duration.self) }
    }

    @Test("durations are written as ISO 8601, to the microsecond")
    func writtenDurations() throws {
        let table: [(Duration, String)] = [
            (.seconds(-86_395), "-PT23H59M55S"), (.seconds(400 * 86_400 + 11_045), "P1Y35DT3H4M5S"),
            (.milliseconds(-500), "-PT0.5S"), (.seconds(86_400), "P1D"), (.microseconds(10), "PT0.00001S"),
            (.seconds(-400 * 86_400) + .microseconds(1), "-P1Y34DT23H59M59.999999S"), (.seconds(3600), "PT1H"),
            (.seconds(999_999_999 * 86_400), "P2739726Y9D"), (.nanoseconds(499), "PT0S"),
            (.nanoseconds(500), "PT0.000001S"), (.nanoseconds(-500), "-PT0.000001S"), (.zero, "PT0S"),
        ]
        for (duration, text) in table {
            let fragment = try JSONFragment(encoding: duration)
            #expect(fragment.text == "\"\(text)\"")
            #expect(try JSONFragment(encoding: fragment.decode(Duration.self)) == fragment)
        }
        for duration in [Duration(attoseconds: .max), Duration(attoseconds: .min), .seconds(1_000_000_000 * 86_400)] {
            #expect(throws: TaskiqError.self) { try JSONFragment(encoding: duration) }
        }
    }

    @Test("decimals, to the digit")
    func decimals() throws {
        let table: [(String, String?)] = [
            (#""1.10""#, "1.1"), ("1", "1"), ("1.1", "1.1"), ("0.1", "0.1"), ("true", nil), (#""NaN""#, nil),
            (#""Infinity""#, nil), ("NaN", nil), (#""1_0""#, "10"), (#""1e3""#, "1000"), (#"" 1.5 ""#, "1.5"),
            (#""0x1""#, nil), (#""""#, nil), (#""+1.5""#, "1.5"), (#""1.""#, "1"), (#"".5""#, "0.5"),
            (#""123456789012345678901234567890.123""#, "123456789012345678901234567890.123"),
            ("123456789012345678901234567890.123", "123456789012345678901234567890.123"),
            (#""99999999999999999999999999999999999999""#, "99999999999999999999999999999999999999"),
            (#""999999999999999999999999999999999999999""#, nil), (#""1e200""#, nil), (#""-0.000""#, "0"),
            (#""-12.5e-1""#, "-1.25"), (#""1x""#, nil), (#""1e""#, nil),
        ]
        for (text, wanted) in table {
            let found = lax(text, as: Decimal.self)
            #expect(found?.description == wanted, "\(text)")
            if let found { #expect(try JSONFragment(encoding: found).decode(Decimal.self) == found) }
        }
        #expect(throws: TaskiqError.self) { try JSONFragment(encoding: Decimal.nan) }
    }

    @Test("UUIDs, URLs and data")
    func texts() throws {
        let id = try #require(UUID(uuidString: "ABCDEF12-1234-5678-1234-567812345678"))
        #expect(try JSONFragment(encoding: id).text == #""abcdef12-1234-5678-1234-567812345678""#)
        for text in [
            "abcdef12-1234-5678-1234-567812345678", "ABCDEF12123456781234567812345678",
            "{abcdef12-1234-5678-1234-567812345678}", "urn:uuid:abcdef12-1234-5678-1234-567812345678",
        ] { #expect(lax("\"\(text)\"", as: UUID.self) == id) }
        for text in [
            #""abcdef12-1234-5678-1234-56781234567""#, #""abcdef12-1234-5678-1234-567812345678 ""#, "5", #""""#,
            #""1234-567812345678123456781234567812345678""#, #""éééééééééééééééé""#,
        ] { #expect(lax(text, as: UUID.self) == nil, "\(text)") }
        #expect(lax(#""http://x/y""#, as: URL.self)?.absoluteString == "http://x/y")
        #expect(lax("5", as: URL.self) == nil)
        #expect(lax(#""é""#, as: Data.self) == Data([0xC3, 0xA9]))
        #expect(lax("5", as: Data.self) == nil)
        let error = #expect(throws: TaskiqError.self) { try JSONFragment(encoding: ["image": Data([0xFF, 0xEE])]) }
        #expect(error?.code == .unencodable)
        #expect(error?.message.contains("image: ") == true && error?.message.contains("Base64Data") == true)
    }

    @Test("data that is no text travels as Base64")
    func base64() throws {
        let value = Base64Data(Data([0xFF, 0xEE]))
        #expect(try JSONFragment(encoding: value).text == #""/+4=""#)
        #expect(lax(#""/+4=""#, as: Base64Data.self) == value)
        #expect(lax(#""//4""#, as: Base64Data.self) == nil)
        #expect(lax("5", as: Base64Data.self) == nil)
        let again = try JSONDecoder().decode([Base64Data].self, from: JSONEncoder().encode([value]))
        #expect(again == [value])
    }

    private enum Level: Int, Codable { case low = 1 }
    private struct Pair: Codable, Hashable { var a: Int, b: Int }

    @Test("dictionaries are objects whatever their keys are")
    func dictionaries() throws {
        let id = try #require(UUID(uuidString: "00000000-0000-0000-0000-000000000005"))
        #expect(try JSONFragment(encoding: [1: "x"]).text == #"{"1":"x"}"#)
        #expect(try JSONFragment(encoding: [Int8(-1): "x"]).text == #"{"-1":"x"}"#)
        #expect(try JSONFragment(encoding: [id: 3]).text == #"{"00000000-0000-0000-0000-000000000005":3}"#)
        #expect(try JSONFragment(encoding: [Level.low: 1]).text == #"{"1":1}"#)
        let epoch = Date(timeIntervalSince1970: 0)
        #expect(try JSONFragment(encoding: [epoch: 1]).text == #"{"1970-01-01T00:00:00Z":1}"#)
        #expect(try JSONFragment(encoding: [true: 1]).text == #"{"true":1}"#)
        #expect(try JSONFragment(encoding: [Pair(a: 1, b: 2): [1.5: 1]]).text == #"[{"a":1,"b":2},{"1.5":1}]"#)
        #expect(lax(#"{"1":"2","1.0":3}"#, as: [Int: Int].self) == [1: 3])
        #expect(lax(#"{"00000000-0000-0000-0000-000000000005":3}"#, as: [UUID: Int].self) == [id: 3])
        #expect(lax(#"{"1":5}"#, as: [Level: Int].self) == [.low: 5])
        #expect(lax(#"[1,5]"#, as: [Level: Int].self) == [.low: 5])
        #expect(lax(#"[{"a":1,"b":2},5]"#, as: [Pair: Int].self) == [Pair(a: 1, b: 2): 5])
        #expect(lax(#"{"true":1}"#, as: [Bool: Int].self) == [true: 1])
        #expect(lax("[]", as: [String: Int].self) == nil)
        let error = #expect(throws: DecodingError.self) {
            try JSONFragment(parsing: #"{"x":1}"#).decode([Int: Int].self)
        }
        #expect(error.map(readableDescription) == #"x: expected a key that is Int, found "x""#)
    }

    @Test("integers of any size survive")
    func bigIntegers() throws {
        let digits = "-123456789012345678901234567890123456789012345678901234567890"
        let value = try #require(BigInteger(digits))
        #expect(try JSONFragment(encoding: [value]).text == "[\(digits)]")
        #expect(try JSONFragment(parsing: digits).decode(BigInteger.self) == value)
        #expect(try JSONFragment(parsing: digits).decode(JSONValue.self) == .bigInteger(value))
        #expect(try JSONFragment(parsing: digits).decode(JSONValue.self).fragment.text == digits)
        #expect(LabelValue(JSONValue.bigInteger(value)) == .largeInt(digits: digits))
        #expect(try JSONDecoder().decode(BigInteger.self, from: JSONEncoder().encode(value)) == value)
        #expect(try JSONFragment(parsing: "1e3").decode(BigInteger.self) == 1000)
        #expect(lax(#""1""#, as: BigInteger.self) == 1)
        for number in [Int128.min, .max, 0, Int128(UInt64.max) + 1] {
            let fragment = try JSONFragment(encoding: [number])
            #expect(fragment.text == "[\(number)]")
            #expect(try fragment.decode([Int128].self) == [number])
            #expect(Int128(exactly: BigInteger(number)) == number)
        }
        #expect(try JSONFragment(parsing: "340282366920938463463374607431768211455").decode(UInt128.self) == .max)
        #expect(lax("340282366920938463463374607431768211456", as: UInt128.self) == nil)
        #expect(Int(exactly: value) == nil)
    }

    @Test("big integers: text, order and equality")
    func bigIntegerText() {
        #expect(BigInteger("+007")?.description == "7")
        #expect(BigInteger("-0") == 0)
        for text in ["", "-", "+", "1.0", "1e3", " 1", "１", "--1", "0x1"] { #expect(BigInteger(text) == nil) }
        let ordered = ["-100", "-20", "-3", "0", "1", "19", "20", "100000000000000000000000"].compactMap(
            BigInteger.init
        )
        #expect(ordered.shuffled().sorted() == ordered)
        #expect(BigInteger(UInt8(200)) == 200)
    }
}

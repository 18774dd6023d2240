// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Taskiq

@Suite("Numbers at the limits of the types that hold them")
struct HostileNumberTests {
    @Test(
        "a duration of too many units is refused, not counted",
        arguments: [
            "P999999999999999Y", "P999999999999999W", "P999999999999999M", "-P999999999999999Y", "PT999999999999999H",
            "P999999999999999.999999999999999999Y", "P999999999D" + String(repeating: "1D", count: 100),
            "999999999999 days", "999999999999:00:00", "999999999999 days, 999999999:59:59",
        ]
    )
    func arguments(text: String) throws {
        let fragment = JSONFragment(string: text)
        let error = #expect(throws: DecodingError.self) { try fragment.decodeLax(Duration.self) }
        #expect(error.map(readableDescription(of:))?.contains("a duration such as") == true)
        #expect(throws: DecodingError.self) { try fragment.decode(Duration.self) }
    }

    @Test("the longest duration is still read")
    func longest() throws {
        #expect(try JSONFragment(string: "P999999999D").decode(Duration.self) == .seconds(999_999_999 * 86_400))
    }

    @Test(
        "a schedule's duration of very many fractions is refused",
        arguments: [
            "P" + String(repeating: "0.9Y", count: 330_000), "P100000Y" + String(repeating: "0.9Y", count: 40_000),
            "P999999999999999999Y", "P100000Y100000Y1Y", "36500000 days, 24:00", "-P292471Y",
        ]
    )
    func schedules(text: String) {
        #expect(Duration.parse(pydantic: text) == nil)
    }

    @Test(
        "an instant beyond what microseconds count is refused",
        arguments: [9_223_372_036_854.9, -9_223_372_036_854.9, 9_223_372_036_855, 1e15, 1e300, .infinity, .nan]
    )
    func instants(seconds: Double) {
        #expect(PythonDateTime(secondsSinceEpoch: seconds) == nil)
        #expect(PythonDateTime(pydantic: seconds * 1000) == nil)
        var bytes: [UInt8] = [0xC1, 0xFB]
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: seconds.bitPattern >> shift))
        }
        let error = #expect(throws: TaskiqError.self) { try CBORSerializer().loadb(bytes) }
        #expect(error?.message.contains("years 1 to 9999") == true)
    }

    @Test("timestamps of MessagePack at the limits", arguments: [Int64.min, .max, -62_135_596_801, 253_402_300_800])
    func timestamps(seconds: Int64) {
        var bytes: [UInt8] = [0xC7, 12, 0xFF, 0x3B, 0x9A, 0xC9, 0xFF]
        for shift in stride(from: Int64(56), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: seconds >> shift))
        }
        #expect(throws: TaskiqError.self) { try MSGPackSerializer().loadb(bytes) }
    }

    @Test("an offset of any size is none")
    func offsets() {
        for offset in [Int.min, .max, 86_400, -86_400] {
            #expect(PythonDateTime(microseconds: 0, utcOffset: offset) == nil)
        }
    }

    // MARK: Large integers

    /// A list of lists of lists, each of so many references to the one below, of one integer.
    private func references(to integer: [UInt8], width: Int, levels: UInt8) -> [UInt8] {
        var bytes: [UInt8] = [0x80, 0x04, 0x8B]
        bytes += (0..<4).map { UInt8(truncatingIfNeeded: integer.count >> ($0 * 8)) }
        bytes += integer + [0x94, 0x30]
        for level in 0..<levels {
            bytes += [0x5D, 0x94, 0x28]
            for _ in 0..<width { bytes += [0x68, level] }
            bytes += [0x65, 0x30]
        }
        return bytes + [0x68, levels, 0x2E]
    }

    @Test("an integer of many bytes that only repeat the sign is the small one that it is", .timeLimit(.minutes(1)))
    func signBytes() throws {
        for (byte, digits) in [(0xFF as UInt8, "-1"), (0, "0")] {
            let integer = [UInt8](repeating: byte, count: 1787)
            let value = try PickleSerializer().loadb(references(to: integer, width: 80, levels: 3))
            #expect(value.bytes.count == 512_000 * (digits.utf8.count + 1) + 80 * 80 * 2 + 80 * 2 + 1)
            #expect(value.text.hasPrefix("[[[\(digits),"))
        }
        let padded = [UInt8](repeating: 0x80, count: 8) + [UInt8](repeating: 0, count: 1000)
        #expect(
            try PickleSerializer().loadb(references(to: padded, width: 1, levels: 1)).text == "[9259542123273814144]"
        )
    }

    @Test("an integer that is referred to again is converted once", .timeLimit(.minutes(1)))
    func largeIntegers() {
        let integer = [UInt8](repeating: 0x7F, count: 1785)
        let error = #expect(throws: TaskiqError.self) {
            try PickleSerializer().loadb(references(to: integer, width: 80, levels: 3))
        }
        #expect(error?.message.contains("refers to its own parts") == true, "\(error?.message ?? "")")
    }
}

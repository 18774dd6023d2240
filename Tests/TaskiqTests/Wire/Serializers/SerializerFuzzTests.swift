// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

@testable import Taskiq

/// How many inputs each test takes: `TASKIQ_FUZZ_INPUTS`, or a number that passes in seconds.
private let inputs = ProcessInfo.processInfo.environment["TASKIQ_FUZZ_INPUTS"].flatMap { Int($0) } ?? 2000

@Suite("Serializer fuzz")
struct SerializerFuzzTests {
    private struct Case: Decodable {
        var encoded: [String: Golden.Bytes]?
    }

    private static let cases: [Case] = (try? Golden.read("messages", as: [Case].self)) ?? []

    private static func seeds(_ codec: GoldenCodec) -> [[UInt8]] {
        cases.compactMap { $0.encoded?["proxy_\(codec.rawValue)"]?.bytes }.filter { $0.count < 2000 }
    }

    private static func mutate(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
        let place = Int.random(in: 0..<max(1, bytes.count), using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0 where place < bytes.count: bytes.remove(at: place)
        case 1: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
        case 2 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 3 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 4: bytes = Array(bytes.prefix(place))
        default:
            let end = min(bytes.count, place + Int.random(in: 0..<40, using: &generator))
            if place < end { bytes.insert(contentsOf: bytes[place..<end], at: place) }
        }
    }

    /// A number near a limit: a power of two or ten, its negation, or a neighbour of these; of seconds, a limit of
    /// microseconds.
    private static func hostileNumber(using generator: inout SeededGenerator) -> Double {
        let limits = [0x1p31, 0x1p53, 0x1p63, 0x1p63 / 1e6, 0x1p63 / 1e3, 253_402_300_800, 62_135_596_800, 2e10, 1e15]
        var number = limits.randomElement(using: &generator) ?? 0
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: number = number.nextUp
        case 1: number = number.nextDown
        case 2: number += Double.random(in: -1..<1, using: &generator)
        default: break
        }
        return generator.chance(30) ? -number : number
    }

    private static func bigEndian(_ bits: UInt64) -> [UInt8] {
        stride(from: UInt64(56), through: 0, by: -8).map { UInt8(truncatingIfNeeded: bits >> $0) }
    }

    /// A date that a codec has a form for, next to what can be counted; nil for codecs that have none.
    private static func hostileDate(_ codec: GoldenCodec, using generator: inout SeededGenerator) -> [UInt8]? {
        let number = hostileNumber(using: &generator)
        let whole = Int64(exactly: number.rounded()) ?? .max
        switch codec {
        case .cbor, .cborWithoutReferences:
            if generator.chance(70) { return [0xC1, 0xFB] + bigEndian(number.bitPattern) }
            return whole >= 0
                ? [0xC1, 0x1B] + bigEndian(UInt64(whole)) : [0xC1, 0x3B] + bigEndian(UInt64(-(whole + 1)))
        case .msgpack: return [0xC7, 12, 0xFF, 0x3B, 0x9A, 0xC9, 0xFF] + bigEndian(UInt64(bitPattern: whole))
        case .json, .asciiless, .orjson, .pickle: return nil
        }
    }

    /// A duration of amounts with as many digits as are taken, and more.
    private static func hostileDuration(using generator: inout SeededGenerator) -> String {
        let units = ["Y", "M", "W", "D", "TH", "TM", "TS"]
        let unit = units.randomElement(using: &generator) ?? "Y"
        let digits = String(repeating: "9", count: Int.random(in: 1...20, using: &generator))
        let fraction = generator.chance(40) ? "." + String(repeating: "9", count: 18) : ""
        let sign = generator.chance(30) ? "-" : ""
        let isTime = unit.hasPrefix("T")
        let part = digits + fraction + unit.suffix(1)
        // Rarely very many parts, whose sum is the trouble.
        let count = generator.chance(1) ? 330_000 / (part.utf8.count + 1) : Int.random(in: 1...3, using: &generator)
        return "\(sign)P\(isTime ? "T" : "")"
            + String(repeating: generator.chance(50) ? part : "0.9\(unit.suffix(1))", count: count)
    }

    /// Bytes that begin many values: heads of the codecs' containers, references and lengths.
    private static func structured(_ codec: GoldenCodec, using generator: inout SeededGenerator) -> [UInt8] {
        let pieces: [[UInt8]] =
            switch codec {
            case .json, .asciiless, .orjson:
                ["[", "]", "{", "}", ",", ":", "\"a\"", "1", "-", "1.5e", "null", "\\u", "\"", "true"].map {
                    Array($0.utf8)
                }
            case .msgpack:
                [
                    [0x91], [0x92], [0x81], [0xDC, 0, 2], [0xDF, 0, 0, 0, 1], [0xA1, 0x61], [0xC4, 1, 0xFF], [0xC0],
                    [0xC3],
                ]
                    + [
                        [0xCA], [0xCB], [0xD6, 0xFF], [0xD7, 0xFF], [0xC7, 12, 0xFF], [0x05], [0xD3], [0xCF], [0xDD],
                        [0xDB],
                    ]
            case .cbor, .cborWithoutReferences:
                [
                    [0x81], [0x82], [0xA1], [0x9F], [0xBF], [0xFF], [0xD9, 1, 0], [0xD8, 25, 0], [0xD8, 25, 1],
                    [0x63, 97, 98, 99],
                ]
                    + [
                        [0x7F], [0x5F], [0xC0], [0xC1], [0xC2, 0x49], [0xC3], [0xF9], [0xFB], [0xF6], [0x18], [0x1B],
                        [0x9B], [0x5B],
                    ]
                    + [[0xD9, 0xD9, 0xF7], [0xD9, 1, 2], [0x43, 1, 2, 3], [0x20]]
            case .pickle:
                [
                    [0x80, 4], [0x5D], [0x7D], [0x94], [0x28], [0x65], [0x75], [0x61], [0x73], [0x68, 0], [0x68, 1],
                    [0x2E],
                ]
                    + [
                        [0x8C, 1, 97], [0x4B, 7], [0x8A, 9], [0x4E], [0x88], [0x47], [0x85], [0x86], [0x87], [0x74],
                        [0x6C],
                    ]
                    + [
                        [0x64], [0x30], [0x31], [0x32], [0x8F], [0x90], [0x91], [0x71, 3], [0x72], [0x6A], [0x95],
                        [0x29],
                    ]
            }
        var bytes: [UInt8] = codec == .pickle ? [0x80, 4] : []
        for _ in 0..<Int.random(in: 1...30, using: &generator) {
            if generator.chance(90) {
                bytes += pieces.randomElement(using: &generator) ?? []
            } else {
                bytes.append(UInt8.random(in: 0...255, using: &generator))
            }
        }
        if codec == .pickle { bytes.append(0x2E) }
        return bytes
    }

    private static func input(
        _ codec: GoldenCodec,
        _ seeds: [[UInt8]],
        using generator: inout SeededGenerator
    ) -> [UInt8] {
        if generator.chance(15), let date = hostileDate(codec, using: &generator) { return date }
        switch Int.random(in: 0..<4, using: &generator) {
        case 0:
            return (0..<Int.random(in: 0..<40, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
        case 1: return structured(codec, using: &generator)
        default:
            var bytes = seeds.randomElement(using: &generator) ?? []
            for _ in 0..<Int.random(in: 1...3, using: &generator) { mutate(&bytes, using: &generator) }
            return bytes
        }
    }

    @Test(
        "no bytes trap, what is read is JSON, and every error says where it is wrong",
        arguments: GoldenCodec.allCases
    )
    func readers(codec: GoldenCodec) {
        let seeds = Self.seeds(codec)
        let serializer = codec.serializer
        var generator = SeededGenerator(seed: 7)
        var counts = [TaskiqError.Code?: Int]()
        for _ in 0..<inputs {
            let bytes = Self.input(codec, seeds, using: &generator)
            do throws(TaskiqError) {
                let value = try serializer.loadb(bytes)
                counts[nil, default: 0] += 1
                // What was read is JSON, and comes back the same when it is written and read again.
                #expect((try? JSONFragment(parsing: Array(value.bytes))) == value, "\(hexadecimal(bytes))")
                guard let written = try? serializer.dumpb(value) else { continue }
                let again = try serializer.loadb(written)
                if codec != .json, codec != .asciiless, codec != .orjson {
                    #expect(again == value, "\(hexadecimal(bytes))")
                }
                #expect((try? serializer.dumpb(again)) == written, "\(hexadecimal(bytes))")
            } catch {
                counts[error.code, default: 0] += 1
                #expect(error.code == .malformed || codec == .pickle && error.code == .security)
                #expect(error.message.contains("at byte"), "\(error)")
            }
        }
        #expect(counts[nil, default: 0] > inputs / 100)
        #expect(counts[.malformed, default: 0] > inputs / 10)
        #expect((counts[.security, default: 0] > 0) == (codec == .pickle))
    }

    @Test(
        "messages, results, reports and schedules are read from any bytes without a trap",
        arguments: GoldenCodec.allCases
    )
    func models(codec: GoldenCodec) {
        let seeds = Self.seeds(codec)
        var generator = SeededGenerator(seed: 8)
        var accepted = 0
        for _ in 0..<inputs {
            let bytes = Self.input(codec, seeds, using: &generator)
            let formatter = ProxyFormatter(serializer: codec.serializer)
            if let message = try? formatter.loads(bytes) {
                accepted += 1
                let again = try? formatter.loads(formatter.dumps(message).message)
                #expect(
                    again?.taskName == message.taskName || again == nil && codec != .pickle,
                    "\(hexadecimal(bytes))"
                )
            }
            _ = try? StoredResult(serialized: bytes, by: codec.serializer)
            _ = try? TaskProgress(serialized: bytes, by: codec.serializer)
            _ = try? StoredSchedule(serialized: bytes, by: codec.serializer)
        }
        #expect(accepted > inputs / 50)
    }

    @Test("dates and durations are read from any text without a trap")
    func times() {
        var generator = SeededGenerator(seed: 9)
        let seeds = [
            "2030-01-02T03:04:05.123456+03:00", "P1Y2M3W4DT5H6M7.5S", "3 days, 01:00:05.5", "-1893553445.5", "99:59:59",
        ]
        for _ in 0..<inputs {
            var bytes = Array((seeds.randomElement(using: &generator) ?? "").utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) { Self.mutate(&bytes, using: &generator) }
            if generator.chance(10) { bytes = Array(Self.hostileDuration(using: &generator).utf8) }
            if generator.chance(10) { bytes = Array("\(Self.hostileNumber(using: &generator))".utf8) }
            let text = String(decoding: bytes, as: UTF8.self)
            _ = try? JSONFragment(string: text).decodeLax(Duration.self)
            _ = try? JSONFragment(string: text).decodeLax(Date.self)
            if let time = PythonDateTime(parsing: text) {
                #expect(PythonDateTime(parsing: time.description) == time, "\(text)")
                _ = time.timestamp
            }
            if let duration = Duration.parse(pydantic: text) {
                #expect(Duration.parse(pydantic: duration.iso8601) == duration, "\(text)")
            }
        }
    }

    @Test("a random value comes back from every codec that can hold it", arguments: GoldenCodec.allCases)
    func roundTrips(codec: GoldenCodec) throws {
        var generator = SeededGenerator(seed: 10)
        let serializer = codec.serializer
        var written = 0
        for _ in 0..<inputs {
            var text: [UInt8] = []
            Self.value(depth: 0, to: &text, using: &generator)
            let value = try JSONFragment(parsing: text)
            guard let bytes = try? serializer.dumpb(value) else { continue }
            written += 1
            let read = try serializer.loadb(bytes)
            // Numbers and escapes have one spelling after the first round; the plainest codec tells it.
            #expect(try JSONSerializer().dumpb(read) == JSONSerializer().dumpb(value), "\(value)")
        }
        #expect(written > inputs / 2)
    }

    private static func value(depth: Int, to text: inout [UInt8], using generator: inout SeededGenerator) {
        func add(_ part: String) { text.append(contentsOf: part.utf8) }
        switch Int.random(in: 0..<(depth < 4 ? 9 : 6), using: &generator) {
        case 0: add(["null", "true", "false"].randomElement(using: &generator) ?? "null")
        case 1: add("\(Int64(bitPattern: generator.next()) >> Int64.random(in: 0..<64, using: &generator))")
        case 2: add(generator.chance(10) ? "-1\(generator.next())" : "\(generator.next())")
        case 3: add("\(Double(Int32(truncatingIfNeeded: generator.next())) / 64)")
        case 4...5: string(to: &text, using: &generator)
        case 6...7:
            add("[")
            for index in 0..<Int.random(in: 0..<5, using: &generator) {
                if index > 0 { add(generator.chance(50) ? ", " : ",") }
                value(depth: depth + 1, to: &text, using: &generator)
            }
            add("]")
        default:
            add("{")
            for index in 0..<Int.random(in: 0..<5, using: &generator) {
                if index > 0 { add(",") }
                string(to: &text, using: &generator)
                add(":")
                value(depth: depth + 1, to: &text, using: &generator)
            }
            add("}")
        }
    }

    private static func string(to text: inout [UInt8], using generator: inout SeededGenerator) {
        let parts = [
            "a", "name", "é", "世", "🎉", "\\n", "\\u00e9", "\\ud83c\\udf89", "\\\"", "/", "\\/", "\u{7F}", "abcabcabc",
            " ",
        ]
        text.append(UInt8(ascii: "\""))
        for _ in 0..<Int.random(in: 0..<6, using: &generator) {
            text.append(contentsOf: (parts.randomElement(using: &generator) ?? "").utf8)
        }
        text.append(UInt8(ascii: "\""))
    }
}

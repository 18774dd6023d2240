// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import TaskiqCron
import TestSupport
import Testing

@testable import Taskiq

/// Inputs for each of these tests; TASKIQ_FUZZ_INPUTS asks for more.
private let inputs = ProcessInfo.processInfo.environment["TASKIQ_FUZZ_INPUTS"].flatMap(Int.init) ?? 4_000

@Suite("Scanner, fragments, messages and typed arguments under fuzz")
struct ValueFuzzTests {
    private static let shares = 8

    // MARK: Inputs

    private static let words =
        [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u00e9", "\\ud83c", "\\udf89", "é", "世", "🎉", " ", "\n", "null",
            "true",
            "false", "NaN", "-Infinity", "0", "-1", "1.0", "1e3", "1e999", "18446744073709551616", "\"11\"", "\"1_0\"",
            "\"a\"", "\"yes\"", "\"2024-01-02T03:04:05.5Z\"", "\"PT5S\"", "\"00:00:05\"", "\"1.10\"", "\"k\":",
            "\"12345678-1234-5678-1234-567812345678\"", "\u{0}",
        ].map { Array($0.utf8) } + [[0x80], [0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90], [0xFF]]

    /// Bytes of three kinds: at random, of JSON's words in any order, and of a value that is right but for a mutation.
    private static func bytes(using generator: inout SeededGenerator) -> [UInt8] {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0:
            let count = Int.random(in: 0...40, using: &generator)
            return (0..<count).map { _ in .random(in: 0...255, using: &generator) }
        case 1:
            return (0..<Int.random(in: 0...16, using: &generator)).flatMap { _ in
                words.randomElement(using: &generator) ?? []
            }
        default:
            var bytes: [UInt8] = []
            write(value: 4, to: &bytes, using: &generator)
            if generator.chance(50) { mutate(&bytes, using: &generator) }
            return bytes
        }
    }

    private static func write(value depth: Int, to bytes: inout [UInt8], using generator: inout SeededGenerator) {
        switch Int.random(in: 0..<(depth > 0 ? 5 : 3), using: &generator) {
        case 3:
            bytes += Array("[".utf8)
            for index in 0..<Int.random(in: 0...3, using: &generator) {
                if index > 0 { bytes += Array(",".utf8) }
                write(value: depth - 1, to: &bytes, using: &generator)
            }
            bytes += Array("]".utf8)
        case 4:
            bytes += Array("{".utf8)
            for index in 0..<Int.random(in: 0...3, using: &generator) {
                if index > 0 { bytes += Array(",".utf8) }
                let key = ["a", "b", "n", "on", "\\u0061", "é"].randomElement(using: &generator) ?? ""
                bytes += Array("\"\(key)\":".utf8)
                write(value: depth - 1, to: &bytes, using: &generator)
            }
            bytes += Array("}".utf8)
        default:
            let scalars = words.filter { $0.first != UInt8(ascii: "{") && $0.count > 2 }
            bytes += scalars.randomElement(using: &generator) ?? []
        }
    }

    private static func mutate(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
        let place = Int.random(in: 0...bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes.insert(contentsOf: words.randomElement(using: &generator) ?? [], at: place)
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + 2))
        case 2: bytes = Array(bytes.prefix(place))
        default: if place < bytes.count { bytes[place] = .random(in: 0...255, using: &generator) }
        }
    }

    private func each(_ share: Int, _ body: (inout SeededGenerator) throws -> Void) rethrows {
        var generator = SeededGenerator(seed: UInt64(share) &* 7_919)
        for _ in 0..<max(1, inputs / Self.shares) { try body(&generator) }
    }

    // MARK: Tests

    @Test("what the scanner takes is UTF-8 and is taken again, and errors are its own", arguments: 0..<shares)
    func scanner(share: Int) {
        var accepted = 0
        each(share) { generator in
            let bytes = Self.bytes(using: &generator)
            do throws(TaskiqError) {
                let fragment = try JSONFragment(parsing: bytes)
                accepted += 1
                #expect(String(validating: fragment.bytes, as: UTF8.self) != nil)
                let again = try JSONFragment(parsing: Array(fragment.bytes))
                #expect(again == fragment)
                var inner = JSONScanner(bytes)
                switch fragment.kind {
                case .object: try inner.object { _, _ in }
                case .array: _ = try inner.array()
                case .string: #expect(try inner.string() == fragment.stringValue())
                case .number, .bool, .null: _ = try inner.fragment()
                }
                try inner.expectEnd()
            } catch {
                #expect(error.code == .malformed && !error.message.isEmpty)
            }
        }
        #expect(accepted > 0)
    }

    private struct Everything: Codable, Sendable {
        struct Inner: Codable { var a: Int?, b: [String]?, on: Bool? }
        var n: Int?
        var a: Double?
        var b: [Int: Inner]?
        var on: Inner?
    }

    private static let types: [any (Codable & Sendable).Type] = [
        Int.self, Int8.self, UInt64.self, Int128.self, BigInteger.self, Double.self, Float.self, Bool.self,
        String.self, Date.self, Timestamp.self, Duration.self, UUID.self, Decimal.self, URL.self, Data.self,
        Base64Data.self, Int?.self, [Int].self, [String].self, [String?].self, Set<Int>.self, [String: Int].self,
        [Int: Bool].self, [UUID: Date].self, JSONValue.self, JSONFragment.self, Everything.self, [Everything].self,
    ]

    @Test(
        "any value is read as any type or refused, and what was read is written and read again",
        arguments: 0..<shares
    )
    func fragments(share: Int) {
        var read = 0
        each(share) { generator in
            let bytes = Self.bytes(using: &generator)
            guard let fragment = try? JSONFragment(parsing: bytes) else { return }
            for _ in 0..<3 {
                guard let type = Self.types.randomElement(using: &generator) else { return }
                if generator.chance(50), travels(fragment, as: type, .lax) { read += 1 }
                if travels(fragment, as: type, .strict) { read += 1 }
            }
        }
        #expect(read > 0)
    }

    /// Reads, writes and reads a value; false if it is none of the type.
    private func travels<Value: Codable>(
        _ fragment: JSONFragment,
        as type: Value.Type,
        _ conversion: Conversion
    ) -> Bool {
        do {
            let value = try conversion == .lax ? fragment.decodeLax(type) : fragment.decode(type)
            // Dates and decimals that pydantic reads can be written; what cannot is refused, not cut.
            guard let written = try? JSONFragment(encoding: value) else { return true }
            #expect((try? JSONFragment(parsing: written.text)) == written, "\(fragment) as \(type)")
            // What is infinite or no number is written as null, which is not a number again.
            let isNumberless = written.text.contains("null")
            let again = try? JSONFragment(encoding: written.decodeLax(type))
            // Sets and dictionaries come in any order.
            let isSame = again.map { $0.text.utf8.sorted() } == written.text.utf8.sorted()
            #expect(isNumberless || isSame, "\(fragment) as \(type)")
            return true
        } catch let error as DecodingError {
            #expect(!readableDescription(of: error).isEmpty)
        } catch let error as TaskiqError {
            #expect(error.code == .malformed)
        } catch {
            Issue.record("\(error) for \(fragment) as \(type)")
        }
        return false
    }

    /// A message whose fields hold anything, in any order, some twice, some missing.
    private static func message(using generator: inout SeededGenerator) -> [UInt8] {
        var fields: [(String, [UInt8])] = [
            ("task_id", Array(#""i""#.utf8)), ("task_name", Array(#""n""#.utf8)), ("labels", Array("{}".utf8)),
            ("args", Array("[]".utf8)), ("kwargs", Array("{}".utf8)),
        ]
        if generator.chance(50) {
            fields.append(("labels_types", Array(#"{"x":2,"y":"3"}"#.utf8)))
            fields[2].1 = Array((generator.chance(50) ? #"{"x":"1","y":"é"}"# : #"{"y":"\n","x":"7"}"#).utf8)
        }
        for place in [3, 4] where generator.chance(70) {
            var bytes = place == 3 ? Array("[".utf8) : Array(#"{"n":"#.utf8)
            write(value: 3, to: &bytes, using: &generator)
            fields[place].1 = bytes + Array((place == 3 ? "]" : "}").utf8)
        }
        if generator.chance(20) { fields.shuffle(using: &generator) }
        if generator.chance(10) { fields.append(("args", Array("[1]".utf8))) }
        if generator.chance(10) { fields.append((#"task\u005fid"#, Array(#""j""#.utf8))) }
        if generator.chance(10) { fields.remove(at: Int.random(in: 0..<fields.count, using: &generator)) }
        var bytes = Array("{".utf8)
        for (index, field) in fields.enumerated() {
            bytes += Array("\(index > 0 ? ", " : "")\"\(field.0)\": ".utf8) + field.1
        }
        bytes += Array("}".utf8)
        if generator.chance(40) { mutate(&bytes, using: &generator) }
        return bytes
    }

    @Test("any message is read or refused, and what was read is written and read again", arguments: 0..<shares)
    func messages(share: Int) {
        var accepted = 0
        each(share) { generator in
            let bytes = generator.chance(90) ? Self.message(using: &generator) : Self.bytes(using: &generator)
            do throws(TaskiqError) {
                let message = try JSONFormatter().loads(bytes)
                accepted += 1
                let written = try JSONFormatter().dumps(message).message
                // Arguments that were read are written as they came, or one by one without the white space between them.
                let apart = try JSONMessageWriter.bytes(of: message)
                if written.allSatisfy({ $0 > 0x20 }) { #expect(written == apart) }
                #expect(try JSONFormatter().loads(apart) == message, "\(String(decoding: bytes, as: UTF8.self))")
                #expect(try JSONFormatter().loads(written) == message, "\(String(decoding: bytes, as: UTF8.self))")
            } catch {
                #expect(error.code == .malformed && !error.message.isEmpty)
            }
        }
        #expect(accepted > 0)
    }

    private struct Task: TaskContract {
        static let defaults: KeywordArguments = ["a": 1.5]
        var n: Int
        var a: Double
        var b: [Int: Everything]?
        var on: Bool?
    }

    @Test("any arguments fit a task's parameters or are refused by name", arguments: 0..<shares)
    func arguments(share: Int) {
        var accepted = 0
        each(share) { generator in
            guard let message = try? JSONFormatter().loads(Self.message(using: &generator)) else { return }
            check {
                let task = try message.task(Task.self)
                accepted += 1
                let again = try TaskiqMessage(task, taskID: "i").task(Task.self)
                #expect(again.n == task.n && again.on == task.on)
            }
            check {
                _ = try message.arguments(
                    Int.self,
                    String?.self,
                    [Date]?.self,
                    parameters: ["n", "a", .named("b", default: [Date]())]
                )
                accepted += 1
            }
            check {
                _ = try message.arguments(Duration.self, BigInteger?.self)
                accepted += 1
            }
        }
        #expect(accepted > 0)
    }

    private func check(_ read: () throws -> Void) {
        do {
            try read()
        } catch let error as TaskiqError {
            #expect(error.code == .invalidArguments || error.code == .unencodable, "\(error)")
            #expect(error.message.hasPrefix("task \"") || error.code == .unencodable, "\(error)")
        } catch {
            Issue.record("\(error)")
        }
    }
}

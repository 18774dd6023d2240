// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TestSupport

/// Messages at random, the same for the same seed.
struct RandomMessage {
    private var generator: SeededGenerator
    /// Whether integers may go beyond 64 bits.
    private let isWide: Bool

    init(seed: UInt64, isWide: Bool) {
        generator = SeededGenerator(seed: seed)
        self.isWide = isWide
    }

    mutating func message() throws -> TaskiqMessage {
        TaskiqMessage(
            taskID: TaskID(rawValue: text()),
            taskName: TaskName(rawValue: text()),
            labels: Labels(list(upTo: 4) { Labels.Entry(name: $0.text(), value: $0.label()) }),
            args: try list(upTo: 4) { $0.value(depth: 3) }.map { try JSONFragment(parsing: $0) },
            kwargs: KeywordArguments(
                try list(upTo: 4) { ($0.text(), $0.value(depth: 3)) }
                    .map { KeywordArguments.Argument($0.0, try JSONFragment(parsing: $0.1)) }
            )
        )
    }

    private mutating func list<Element>(upTo limit: Int, _ make: (inout Self) throws -> Element) rethrows -> [Element] {
        let count = Int.random(in: 0...limit, using: &generator)
        var elements: [Element] = []
        for _ in 0..<count { elements.append(try make(&self)) }
        return elements
    }

    private mutating func label() -> LabelValue {
        switch Int.random(in: 0..<7, using: &generator) {
        case 0: .int(Int(bitPattern: UInt(truncatingIfNeeded: generator.next())))
        case 1: .double(double())
        case 2: .bool(generator.chance(50))
        case 3: .string(text())
        case 4: .bytes((0..<Int.random(in: 0..<5, using: &generator)).map { UInt8($0 &* 61) })
        case 5: .any(text())
        default: .largeInt(digits: "-123456789012345678901234567890")
        }
    }

    /// JSON text of a value.
    private mutating func value(depth: Int) -> String {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 7), using: &generator) {
        case 0: "null"
        case 1: generator.chance(50) ? "true" : "false"
        case 2: "\(Int.random(in: -1000...1000, using: &generator))"
        case 3: isWide ? "-98765432109876543210987654321\(Int.random(in: 0...9, using: &generator))" : "\(Int.min)"
        case 4: "\(double())"
        case 5, 6: JSONFragment(string: text()).text
        case 7: "[" + list(upTo: 4) { $0.value(depth: depth - 1) }.joined(separator: ",") + "]"
        default: object(depth: depth)
        }
    }

    private mutating func object(depth: Int) -> String {
        // Numbered, because of two members with one name only one is read.
        var members: [String] = []
        for index in 0..<Int.random(in: 0..<4, using: &generator) {
            members.append(JSONFragment(string: text() + "\(index)").text + ":" + value(depth: depth - 1))
        }
        return "{" + members.joined(separator: ",") + "}"
    }

    private mutating func double() -> Double {
        let value = Double(bitPattern: generator.next())
        return value.isFinite ? value : -0.0
    }

    private mutating func text() -> String {
        let ranges: [ClosedRange<UInt32>] = [
            0x20...0x7E, 0...0x1F, 0x7F...0x7FF, 0x800...0xD7FF, 0xE000...0xFFFF, 0x10000...0x10FFFF,
        ]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<8, using: &generator) {
            let range = ranges[Int.random(in: 0..<ranges.count, using: &generator)]
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &generator)) { text.append(scalar) }
        }
        return String(text)
    }
}

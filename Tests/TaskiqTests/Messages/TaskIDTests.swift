// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TestSupport
import Testing

@testable import Taskiq

@Suite("Task ids")
struct TaskIDTests {
    @Test("ids of 32 lowercase hexadecimal digits are kept as a number")
    func numbers() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<2_000 {
            let bytes = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let text = hexadecimal(bytes)
            let id = TaskID(rawValue: text)
            #expect(id.rawValue == text)
            guard case .number = id.form else {
                Issue.record("\(text) is kept as text")
                return
            }
            // One digit changed is another id, and what is no digit any more is text.
            var other = Array(text.utf8)
            let place = Int.random(in: 0..<32, using: &generator)
            other[place] = .random(in: 0x20...0x7E, using: &generator)
            let changed = String(decoding: other, as: UTF8.self)
            #expect(TaskID(rawValue: changed).rawValue == changed)
            #expect((TaskID(rawValue: changed) == id) == (changed == text))
        }
    }

    @Test("no other character passes for a digit")
    func digits() {
        for byte in UInt8(0)...0x7F {
            for place in [0, 3, 7, 8, 31] {
                var text = Array("0123456789abcdef0123456789abcdef".utf8)
                text[place] = byte
                let id = TaskID(rawValue: String(decoding: text, as: UTF8.self))
                let isDigit = (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
                if case .number = id.form { #expect(isDigit) } else { #expect(!isDigit) }
                #expect(Array(id.rawValue.utf8) == text)
            }
        }
    }

    @Test(
        "all other ids are text",
        arguments: [
            "", "a", "0123456789abcdef0123456789abcde", "0123456789abcdef0123456789abcdef0",
            "0123456789ABCDEF0123456789ABCDEF", "01234567-89ab-cdef-0123-456789abcdef",
            "０123456789abcdef0123456789abcde",
        ]
    )
    func texts(text: String) throws {
        let id = TaskID(rawValue: text)
        #expect(id.rawValue == text && id.description == text)
        #expect(try JSONFragment(encoding: id).decode(TaskID.self) == id)
        #expect(Set([id, TaskID(rawValue: text), "other"]).count == 2)
    }
}

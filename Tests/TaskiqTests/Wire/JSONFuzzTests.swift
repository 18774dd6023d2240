// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

@testable import Taskiq

/// Inputs for each of these tests; TASKIQ_FUZZ_INPUTS asks for more.
private let inputs = ProcessInfo.processInfo.environment["TASKIQ_FUZZ_INPUTS"].flatMap(Int.init) ?? 12_000

@Suite("JSON fuzz")
struct JSONFuzzTests {
    private static let seeds = [
        #"{"task_id": "i", "task_name": "n", "labels": {"x": "1", "b": "AA=="}, "labels_types": {"x": 2, "b": 6}, "#
            + #""args": [1, -2.5e3, "a\n\ud83c\udf89é", null, [true, {"k": []}]], "kwargs": {"a": {"b": "世"}}}"#,
        #"{"is_err": true, "log": "x", "return_value": null, "execution_time": 1.25, "labels": {"a": 1, "f": 2.0}, "#
            + #""error": {"exc_type": "E", "exc_message": ["m", 1], "exc_module": null, "exc_cause": {"exc_type": "C"}}}"#,
        #"{"application":"app","tasks":[{"name":"t","labels":{"schedule":[{"cron":"* * * * *","args":[1]},"#
            + #"{"interval":1.5},{"time":"2026-01-01T00:00:00Z"}]},"labels_types":{}}]}"#,
        #"{"task_id":"i","task_name":"n","labels":\#(many),"args":[\#(many)],"kwargs":\#(many)}"#,
    ].map { Array($0.utf8) }

    /// An object of many keys, of few shapes, some of which stand twice.
    private static let many = "{" + (0..<40).map { #""k\#($0 % 36)":\#($0)"# }.joined(separator: ",") + "}"

    private static func mutated(using generator: inout SeededGenerator) -> [UInt8] {
        var bytes = seeds.randomElement(using: &generator) ?? []
        let interesting = Array("\"\\{}[],:0129.eE+-ntfNI u\u{0}".utf8) + [0x80, 0xC3, 0xED, 0xF4, 0xFF]
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            let place = Int.random(in: 0..<max(1, bytes.count), using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0 where place < bytes.count: bytes.remove(at: place)
            case 1: bytes.insert(interesting.randomElement(using: &generator) ?? 0, at: place)
            case 2 where place < bytes.count: bytes[place] = interesting.randomElement(using: &generator) ?? 0
            case 3: bytes = Array(bytes.prefix(place))
            default:
                let end = Int.random(in: place...bytes.count, using: &generator)
                bytes.insert(contentsOf: bytes[place..<end], at: place)
            }
        }
        return bytes
    }

    @Test("no bytes trap, and every error says what is wrong", arguments: 1...8 as ClosedRange<UInt64>)
    func readers(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var accepted = 0
        for _ in 0..<max(1_500, inputs / 8) {
            let bytes = Self.mutated(using: &generator)
            check { () throws(TaskiqError) in
                let message = try JSONFormatter().loads(bytes)
                accepted += 1
                let again = try JSONFormatter().loads(try JSONFormatter().dumps(message).message)
                #expect(again == message || "\(message)".contains("nan"), "\(String(decoding: bytes, as: UTF8.self))")
            }
            check { () throws(TaskiqError) in
                let result = try StoredResult(json: bytes)
                accepted += 1
                let again = try StoredResult(json: result.json())
                #expect(again.error == result.error && again.executionTime == result.executionTime)
            }
            check { () throws(TaskiqError) in
                let catalogue = try TaskCatalogue(json: bytes)
                accepted += 1
                for task in catalogue.tasks {
                    for label in task.labels.entries {
                        _ = LabelSchedule.entries(of: label.value, task: task.name)
                        _ = (label.value.intValue, label.value.doubleValue, label.value.boolValue)
                        #expect(throws: Never.self) { try JSONFragment(parsing: Array(label.value.json.bytes)) }
                    }
                }
            }
        }
        #expect(accepted > 100)
    }

    private func check(_ read: () throws(TaskiqError) -> Void) {
        do throws(TaskiqError) {
            try read()
        } catch {
            #expect(error.code == .malformed && !error.message.isEmpty)
        }
    }

    @Test("what is accepted is what Foundation accepts", arguments: 11...14 as ClosedRange<UInt64>)
    func oracle(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var agreed = [true: 0, false: 0]
        for _ in 0..<max(1_500, min(inputs, 100_000) / 8) {
            let bytes = Self.mutated(using: &generator)
            let text = String(decoding: bytes, as: UTF8.self)
            // Beyond RFC 8259 both sides follow their own custom: Python's literals, lone surrogates, infinite numbers,
            // and Foundation's guesses at UTF-16 from null bytes and its liking for a comma after the last element.
            if text.contains("N") || text.contains("I") || text.contains("\\u") || text.contains("\0") { continue }
            if text.contains(#/,\s*[}\]]/#) { continue }
            let ours = (try? JSONFragment(parsing: bytes)) != nil
            let theirs = (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
            #expect(ours == theirs, "\(text)")
            agreed[ours, default: 0] += 1
        }
        #expect(agreed.values.allSatisfy { $0 > 10 })
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

@testable import Taskiq

/// Inputs for each of these tests; TASKIQ_FUZZ_INPUTS asks for more.
private let inputs = ProcessInfo.processInfo.environment["TASKIQ_FUZZ_INPUTS"].flatMap(Int.init) ?? 4_000

/// The short way by which most messages are read must give what the long way gives.
///
/// Their fields are in order, their strings are plain, and their arguments are asked for as they stand.
@Suite("The short way of the usual message")
struct UsualMessageTests {
    private static let texts = [
        #"{"task_id":"0123456789abcdef0123456789abcdef","task_name":"shop:send","labels":{"queue_name":"mail"},"#
            + #""labels_types":{"queue_name":3},"args":[42,"user@example.org",true],"kwargs":{}}"#,
        #"{"task_id": "id", "task_name": "t", "labels": {"a": "1", "b": "x", "c": "True"}, "#
            + #""labels_types": {"a": 2, "b": 3, "c": 5}, "args": [], "kwargs": {"n": 5, "s": "x#\"", "b": false}}"#,
        #"{"task_id":"","task_name":"","labels":{},"labels_types":{},"args":[1,-2,0,"",null,false,2.5,[1],{"a":1}],"#
            + #""kwargs":{"s":"","b":true,"n":0,"x":[{}]}}"#,
        #"{"task_id":"ABCDEF6789abcdef0123456789abcdef","task_name":"é","labels":{"é":"\n"},"labels_types":{"é":1},"#
            + ##""args":["#",1e3,18446744073709551616,"1","abcdefgh","abcdefg\""],"kwargs":{"n":"7","n":8}}"##,
        many(15), many(40),
    ]

    /// A message of so many labels and keywords, of few shapes.
    private static func many(_ count: Int) -> String {
        func object(_ value: String) -> String {
            "{" + (0..<count).map { #""k\#($0 % 38)":\#(value)"# }.joined(separator: ",") + "}"
        }
        return #"{"task_id":"i","task_name":"t","labels":\#(object(#""x""#)),"labels_types":\#(object("3")),"args":[],"#
            + #""kwargs":\#(object("1"))}"#
    }

    private static let words = [
        "\"", "#", "\\", "\\\"", "\\u0041", ",", ":", "{", "}", "[", "]", " ", "\n", "\u{1}", "é", "\u{7F}", "0", "-",
        "9", "1.5", "1e2", "true", "tru", "false", "null", "NaN", "\"a\":", "\"n\":1,", "\"labels_types\":null,",
        "\"args\":[],", "12345678901234567890",
    ].map { Array($0.utf8) }

    private static func bytes(using generator: inout SeededGenerator) -> [UInt8] {
        var bytes = Array((texts.randomElement(using: &generator) ?? "").utf8)
        for _ in 0..<Int.random(in: 0...3, using: &generator) {
            let place = Int.random(in: 0..<max(1, bytes.count), using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0 where place < bytes.count: bytes.remove(at: place)
            case 1 where place < bytes.count: bytes[place] = .random(in: 0...255, using: &generator)
            case 2: bytes = Array(bytes.prefix(place))
            default: bytes.insert(contentsOf: words.randomElement(using: &generator) ?? [], at: min(place, bytes.count))
            }
        }
        return bytes
    }

    @Test("a message reads the same by either way, or is refused by both", arguments: 0..<4)
    func reading(share: Int) {
        var generator = SeededGenerator(seed: UInt64(share) &+ 1)
        var accepted = 0
        for _ in 0..<max(1, inputs / 4) {
            let bytes = Self.bytes(using: &generator)
            // White space in front is enough to leave the short way.
            let short = Result { () throws(TaskiqError) in try JSONFormatter().loads(bytes) }
            let long = Result { () throws(TaskiqError) in try JSONFormatter().loads([0x20] + bytes) }
            switch (short, long) {
            case (.success(let short), .success(let long)):
                accepted += 1
                #expect(short == long, "\(String(decoding: bytes, as: UTF8.self))")
            case (.failure, .failure): break
            default: Issue.record("only one way reads \(String(decoding: bytes, as: UTF8.self))")
            }
        }
        #expect(accepted > inputs / 40)
    }

    private struct Call: Codable, Equatable {
        var n: Int
        var s: String
        var b: Bool
    }

    /// What comes of reading, as text; two ways must give the same.
    private func outcome(_ read: () throws -> some Any) -> String {
        do { return "\(try read())" } catch { return "\(error)" }
    }

    @Test("arguments read the same from the text and one by one", arguments: 0..<4)
    func arguments(share: Int) {
        var generator = SeededGenerator(seed: UInt64(share) &+ 101)
        var accepted = 0
        for _ in 0..<max(1, inputs / 4) {
            guard let message = try? JSONFormatter().loads(Self.bytes(using: &generator)) else { continue }
            accepted += 1
            var apart = message
            apart.args = message.args
            apart.kwargs = KeywordArguments(message.kwargs.arguments)
            for (one, other) in [
                (outcome { try message.arguments() }, outcome { try apart.arguments() }),
                (
                    outcome { try message.arguments(Int.self, String.self, Bool.self) },
                    outcome { try apart.arguments(Int.self, String.self, Bool.self) }
                ),
                (
                    outcome { try message.arguments(String.self, Double.self, Int?.self) },
                    outcome { try apart.arguments(String.self, Double.self, Int?.self) }
                ),
                (
                    outcome { try TaskArguments.decode(Call.self, from: message) },
                    outcome { try TaskArguments.decode(Call.self, from: apart) }
                ),
            ] { #expect(one == other, "\(message)") }
        }
        #expect(accepted > inputs / 40)
    }

    @Test("a special character is found wherever it stands, the last few bytes of a text included")
    func specialCharacters() throws {
        for special in ["\"", "\\", "\n", "é", "\u{0}"] {
            for before in 0...20 {
                for after in 0...20 {
                    // Next to a quotation mark a number sign looks like one to a careless subtraction.
                    let text = String(repeating: "#", count: before) + special + String(repeating: "#", count: after)
                    let fragment = JSONFragment(string: text)
                    #expect(fragment.stringValue() == text)
                    #expect(try JSONFragment(parsing: fragment.text).decode(String.self) == text)
                    #expect(throws: TaskiqError.self) { try JSONFragment(parsing: Array(fragment.bytes.dropLast())) }
                    let message = TaskiqMessage(taskID: "i", taskName: TaskName(rawValue: text), args: [fragment])
                    #expect(try JSONFormatter().loads(JSONFormatter().dumps(message).message) == message)
                }
            }
        }
    }

    @Test("text of any length is copied to the byte")
    func lengths() throws {
        for length in 0...600 {
            let text = String((0..<length).map { Character(Unicode.Scalar(UInt8(0x61 + $0 % 26))) })
            let message = TaskiqMessage(
                taskID: TaskID(rawValue: text),
                taskName: TaskName(rawValue: text),
                labels: [.label("l", text)],
                args: [JSONFragment(string: text)],
                kwargs: [text: .string(text)]
            )
            #expect(try JSONFormatter().loads(JSONFormatter().dumps(message).message) == message)
            var encoder = ArgumentEncoder(task: "t")
            try encoder.append(text)
            try encoder.append([text])
            #expect(encoder.finish().list.map(\.text) == [#""\#(text)""#, #"["\#(text)"]"#])
        }
    }
}

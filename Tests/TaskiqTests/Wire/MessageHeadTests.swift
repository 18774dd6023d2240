// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TestSupport
import Testing

@testable import Taskiq

/// The part of a message that is the same for most messages of a task is remembered; what is read must not show it.
@Suite("Heads of messages that were read before")
struct MessageHeadTests {
    private static func text(_ name: String, _ labels: String, _ types: String, kwargs: String) -> [UInt8] {
        let head = #""task_name":"\#(name)","labels":{\#(labels)},"labels_types":{\#(types)}"#
        return Array(#"{"task_id":"0123456789abcdef0123456789abcdef",\#(head),"args":[],"kwargs":\#(kwargs)}"#.utf8)
    }

    @Test("messages of a task differ in their labels only")
    func labels() throws {
        for round in 0..<40 {
            for value in ["a", "b", "\(round)"] {
                let labels = #""tenant":"\#(value)""#
                let bytes = Self.text("mail:send", labels, #""tenant":3"#, kwargs: #"{"n":\#(round)}"#)
                let message = try JSONFormatter().loads(bytes)
                #expect(message.taskName == "mail:send" && message.kwargs["n"]?.text == "\(round)")
                #expect(message.labels.entries == [.init(name: "tenant", value: .string(value))])
            }
        }
    }

    @Test("tasks whose names begin alike are told apart, however many they are")
    func names() throws {
        let stem = String(repeating: "x", count: 60)
        for round in 0..<2 {
            for number in 0..<600 {
                let name = "\(stem)\(number)"
                let bytes = Self.text(name, "", "", kwargs: "{}")
                #expect(try JSONFormatter().loads(bytes).taskName.rawValue == name, "round \(round)")
            }
        }
    }

    @Test("labels of every kind read the same each time")
    func kinds() throws {
        let texts = [
            (#""a":"1","b":"x","c":"True","d":"2.5""#, #""a":2,"b":3,"c":5,"d":4"#),
            (#""a":"AA==""#, #""a":6"#),
            (#""schedule":[{"cron":"* * * * *"}]"#, ""),
            (#""a":"123456789012345678901234567890""#, #""a":2"#),
            (#""long":"\#(String(repeating: "y", count: 600))""#, #""long":3"#),
        ]
        for (labels, types) in texts {
            let bytes = Self.text("t", labels, types, kwargs: #"{"n":1}"#)
            let first = try JSONFormatter().loads(bytes)
            for _ in 0..<300 { #expect(try JSONFormatter().loads(bytes) == first) }
            // White space in front leaves the short way.
            #expect(try JSONFormatter().loads([0x20] + bytes) == first)
        }
    }

    @Test("what follows a head that is known is looked at as ever")
    func rest() throws {
        let bytes = Self.text("mail:send", #""tenant":"a""#, #""tenant":3"#, kwargs: #"{"n":1}"#)
        for _ in 0..<10 { _ = try JSONFormatter().loads(bytes) }
        for length in 0..<bytes.count {
            #expect(throws: TaskiqError.self, "the first \(length) bytes") {
                try JSONFormatter().loads(Array(bytes.prefix(length)))
            }
        }
    }
}

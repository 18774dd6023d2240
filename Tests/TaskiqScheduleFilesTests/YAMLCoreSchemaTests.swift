// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import TaskiqScheduleFiles

@Suite("Plain scalars")
struct YAMLCoreSchemaTests {
    @Test(
        "Words, dates, times and numbers with leading zeros stay text",
        arguments: [
            "no", "No", "yes", "on", "off", "y", "n", "tRUE", "nULL", "02:30", "12:30:45", "1:2", "012", "-012", "00",
            "007.5", "2026-12-01", "2026-12-01T06:00:00Z", "1_000", "0b11", "0xZZ", "0x", "0o8", "0o", "1e", "1e+", ".",
            "..", "+", "-", "+-1", "1.2.3", "1,5", ".e1", "e1", "0x-1", "-0x1", ".INf", "nan", "inf", "٣", "1٣", "=",
            "<<",
        ]
    )
    func text(_ text: String) {
        #expect(YAMLCoreSchema.content(ofPlain: text) == .string(text))
    }

    @Test(
        "What the core schema gives a meaning to",
        arguments: [
            ("", .null), ("~", .null), ("null", .null), ("Null", .null), ("NULL", .null),
            ("true", .bool(true)), ("True", .bool(true)), ("TRUE", .bool(true)),
            ("false", .bool(false)), ("False", .bool(false)), ("FALSE", .bool(false)),
            ("0", .int(0)), ("-0", .int(0)), ("12", .int(12)), ("+12", .int(12)), ("-12", .int(-12)),
            ("0x1F", .int(31)), ("0o17", .int(15)), ("9223372036854775807", .int(.max)),
            ("-9223372036854775808", .int(.min)),
            ("1.5", .double(1.5)), ("-1.5", .double(-1.5)), (".5", .double(0.5)), ("5.", .double(5)),
            ("1e3", .double(1000)), ("1.5E-1", .double(0.15)), ("0.10", .double(0.1)),
            (".inf", .double(.infinity)), ("+.Inf", .double(.infinity)), ("-.INF", .double(-.infinity)),
        ] as [(String, ScheduleNode.Content)]
    )
    func value(_ text: String, _ content: ScheduleNode.Content) {
        #expect(YAMLCoreSchema.content(ofPlain: text) == content)
    }

    @Test("A number that does not fit is refused", arguments: ["9223372036854775808", "0xFFFFFFFFFFFFFFFFFF", "1e999"])
    func tooLarge(_ text: String) {
        guard case .rejected(.badValue, let reason) = YAMLCoreSchema.content(ofPlain: text) else {
            Issue.record("\(text) was read")
            return
        }
        #expect(reason.contains("quote it"))
    }

    @Test("Not a number is read as one")
    func notANumber() {
        guard case .double(let value) = YAMLCoreSchema.content(ofPlain: ".nan") else {
            Issue.record(".nan was not read")
            return
        }
        #expect(value.isNaN)
    }
}

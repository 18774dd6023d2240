// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Taskiq

/// Messages made of Swift's own types, against the bytes that Python made of its own.
@Suite("Typed arguments are spelled as Python spells them")
struct MessageSpellingTests {
    private struct Message: Decodable {
        var name: String
        var task_name: String
        var task_id: String?
        var encoded: [String: Golden.Bytes]?
    }

    private struct Address: Codable { var street: String, zip: Int }

    private struct User: Codable, Sendable {
        var id: Int
        var name: String
        var created = Date(timeIntervalSince1970: 1_704_164_645)
        var tags: [String]
        var address: Address?

        // Python's models write what is absent as null.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(id, forKey: .id)
            try container.encode(name, forKey: .name)
            try container.encode(created, forKey: .created)
            try container.encode(tags, forKey: .tags)
            try container.encode(address, forKey: .address)
        }
    }

    private struct Point: Codable { var x: Double, y: Double, meta: [String: String] }
    private enum Color: String, Codable { case red }
    private enum Level: Int, Codable { case low = 1 }

    private struct Echo: TaskContract {
        static let taskName: TaskName = "golden.tasks:echo"
        var u: User
    }

    /// Named arguments of one message.
    private struct Flags: Codable {
        var flag: Bool, nothing: Int?
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(flag, forKey: .flag)
            try container.encode(nothing, forKey: .nothing)
        }
    }

    private struct Cyrillic: Codable {
        enum CodingKeys: String, CodingKey { case a, b, key = "ключ" }
        var a = 1
        var b = "two"
        var key = [3]
    }

    private struct Ordered: Codable { var z = 1, a = 2, m = 3 }
    private struct OrderedKeywords: Codable { var zz = 1, aa = 2 }
    private struct Why: Codable { var y = 2.0 }
    private struct Options: Codable { var options = [String: Int]() }
    private struct Deep: Codable {
        struct B: Codable { var b = C() }
        struct C: Codable { var c = [JSONValue.int(1), .object([.init("d", .null)])] }
        var a = B()
    }

    /// What has no natural Swift type, or another spelling, and why.
    private static let differing: [String: String] = [
        "floats": "1e-07 as Python's repr and its default formatter spell it; pydantic writes 1e-7",
        "dict_nonstr_keys": "Swift's keys are of one type",
        "datetime_naive": "a Date is an instant; it always says Z",
        "datetime_aware": "a Date has no zone of its own; it always says Z",
        "dataclass_arg": "holds a naive datetime",
        "decimal_uuid_path_enum": "Foundation's Decimal drops the zero of 1.10",
        "date_time_timedelta": "holds a date and times of day, which Swift has no types for",
    ]

    private func bytes(_ name: String, _ taskName: String, _ id: String, _ arguments: Arguments) throws -> String {
        let message = TaskiqMessage(
            taskID: TaskID(rawValue: id),
            taskName: TaskName(rawValue: taskName),
            args: arguments.args,
            kwargs: arguments.kwargs
        )
        return String(decoding: try JSONFormatter().dumps(message).message, as: UTF8.self)
    }

    private struct Arguments: Sendable {
        var args: [JSONFragment] = []
        var kwargs: KeywordArguments = [:]

        init<each Value: Encodable>(_ value: repeat each Value) throws {
            var encoder = ArgumentEncoder(task: "t")
            repeat try encoder.append(each value)
            args = encoder.finish().list
        }

        init(fragments: [JSONFragment]) {
            args = fragments
        }

        func named(_ value: some Encodable) throws -> Arguments {
            var arguments = self
            arguments.kwargs = try KeywordArguments(encoding: value)
            return arguments
        }
    }

    private func arguments() throws -> [String: Arguments] {
        let created = Date(timeIntervalSince1970: 1_704_164_645)
        let digits = String(repeating: "0123456789", count: 30)
        return [
            "no_args": try Arguments(),
            "int_small": try Arguments(1, Int8(0), Int16(-1), UInt8(255), Int32(256), UInt64(65536)),
            "int_edges_64": try Arguments(
                2_147_483_648,
                -2_147_483_648,
                9_007_199_254_740_992,
                Int.max,
                Int64.min
            ),
            "int_uint64_max": try Arguments(UInt64.max),
            "int_beyond_64": try Arguments(
                Int128(UInt64.max) + 1,
                Int128(Int64.min) - 1,
                BigInteger("1000000000000000000000000000000")
            ),
            "float_inf": try Arguments(Double.infinity, -Float.infinity),
            "float_nan": try Arguments(Double.nan),
            "bools_none": try Arguments(true, false, Int?.none).named(Flags(flag: true, nothing: nil)),
            "str_ascii": try Arguments("", "hello", "quote \" back \\ slash /"),
            "str_unicode": try Arguments("héllo", "世界", "🎉", "e\u{301}", "\u{2028}\u{2029}", "\u{FEFF}"),
            "str_control": try Arguments("\u{0}\u{1}\u{1F}\u{7F}\t\n\r\u{8}\u{C}"),
            "str_long": try Arguments(digits),
            "list_nested": try Arguments([JSONValue.int(1), [2, [3, []]]], [Int](), [[Int]()]),
            "dict_nested": try Arguments(Deep()).named(Options()),
            "dict_key_order": try Arguments(Ordered()).named(OrderedKeywords()),
            "tuple_set": try Arguments([1, 2], Set([3]), Set([4])),
            "bytes_utf8": try Arguments(Data("plain ascii".utf8), Data("é".utf8)),
            "pydantic_model": try Arguments(
                User(id: 1, name: "Zoë", tags: ["a"], address: Address(street: "S", zip: 12345))
            ).named(Echo(u: User(id: 2, name: "B", created: created, tags: []))),
            "pydantic_nested_in_containers": try Arguments(
                [Address(street: "S", zip: 1)],
                ["k": Address(street: "T", zip: 2)]
            ),
            "kwargs_only": try Arguments().named(Cyrillic()),
            "args_and_kwargs": try Arguments(1, "x").named(Why()),
            "many_args": Arguments(fragments: try (0..<40).map { try JSONFragment(encoding: $0) }),
            "custom_task_id": try Arguments(1),
            "empty_task_id": try Arguments(),
            "custom_task_name": try Arguments(1),
        ]
    }

    @Test("the bytes are Python's")
    func bytes() throws {
        let golden = try Golden.read("messages", as: [Message].self)
        var compared = 0
        for (name, arguments) in try arguments() {
            let wanted = try #require(golden.first { $0.name == name })
            let text = String(decoding: try #require(wanted.encoded?["json_formatter"]?.bytes), as: UTF8.self)
            let found = try bytes(name, wanted.task_name, wanted.task_id ?? "", arguments)
            #expect(found == text, "\(name)")
            compared += 1
        }
        #expect(compared == 25)
    }

    @Test("every message with arguments is compared, or differs for a reason")
    func complete() throws {
        let golden = try Golden.read("messages", as: [Message].self)
        let compared = try arguments()
        let impossible = ["str_lone_surrogate", "bytes_binary", "unserializable_object", "dataclass_type_not_instance"]
        let missing = golden.map(\.name).filter { name in
            compared[name] == nil && Self.differing[name] == nil && !impossible.contains(name)
                && !name.hasPrefix("label_")
        }
        #expect(missing == ["repeated_strings"])
    }

    @Test("of the messages that differ, what has a Swift type is spelled alike")
    func parts() throws {
        let parts: [(any Encodable, String)] = [
            (Date(timeIntervalSince1970: 1_704_164_645), #""2024-01-02T03:04:05Z""#),
            (Duration.seconds(86_402) + .microseconds(3), #""P1DT2.000003S""#),
            (Duration.seconds(-5), #""-PT5S""#),
            (Duration.zero, #""PT0S""#),
            (UUID(uuidString: "12345678-1234-5678-1234-567812345678"), #""12345678-1234-5678-1234-567812345678""#),
            (URL(string: "https://example.org/a?b=c"), #""https://example.org/a?b=c""#),
            (Decimal(string: "1.1"), #""1.1""#),
            (Color.red, #""red""#),
            (Level.low, "1"),
            (Point(x: 1, y: 2.5, meta: [:]), #"{"x":1.0,"y":2.5,"meta":{}}"#),
        ]
        for (value, text) in parts { #expect(try JSONFragment(encoding: value).text == text) }
    }
}

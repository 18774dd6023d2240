// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation

@testable import Taskiq

/// The golden files: what the released Python packages wrote and how they read it, in `Tests/Fixtures/golden`.
enum Golden {
    static func read<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
        let file = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/golden/\(name).json")
        return try JSONDecoder().decode(type, from: Data(contentsOf: file))
    }

    /// Bytes, in Base64; absent where Python itself could not write them.
    struct Bytes: Decodable {
        var b64: String?

        var bytes: [UInt8]? { b64.flatMap { Data(base64Encoded: $0) }.map(Array.init) }
    }

    /// Whether a fragment is the value that a golden file tells, tags such as `$float` included.
    static func matches(_ fragment: JSONFragment, _ golden: JSONValue) -> Bool {
        if case .string(let digits)? = golden["$int"] { return fragment.text == digits }
        if case .string(let text)? = golden["$float"] {
            guard let wanted = Double(text), let found = try? fragment.decode(Double.self) else { return false }
            return Golden.same(wanted, found) && Int(fragment.text) == nil
        }
        if case .string(let hex)? = golden["$surrogates"] {
            return hex == "eda080" && fragment.text.lowercased() == #""\ud800""#
                && (try? fragment.decode(String.self)) == "\u{FFFD}"
        }
        var scanner = JSONScanner(fragment)
        switch golden {
        case .null: return fragment.isNull
        case .bool(let value): return (try? fragment.decode(Bool.self)) == value
        case .int(let value): return fragment.text == "\(value)" && (try? fragment.decode(Int.self)) == value
        case .bigInteger(let value): return fragment.text == value.description
        case .double: return false
        case .string(let value): return (try? fragment.decode(String.self)) == value
        case .array(let values):
            guard let elements = try? scanner.array(), elements.count == values.count else { return false }
            return zip(elements, values).allSatisfy(matches)
        case .object(let members):
            guard let found = try? fragment.decode([String: JSONFragment].self), found.count == members.count else {
                return false
            }
            return members.allSatisfy { member in found[member.key].map { matches($0, member.value) } ?? false }
        }
    }

    /// Whether a label is the value that a golden file tells.
    static func matches(_ label: LabelValue, _ golden: JSONValue) -> Bool {
        switch (label, golden) {
        case (.int(let found), .int(let value)): found == value
        case (.bool(let found), .bool(let value)): found == value
        case (.string(let found), .string(let value)), (.any(let found), .string(let value)): found == value
        case (.json(let fragment), _): matches(fragment, golden)
        case (.largeInt(let digits), _): golden["$int"] == .string(digits)
        case (.bytes(let bytes), _): golden["$bytes"] == .string(Data(bytes).base64EncodedString())
        case (.double(let found), _):
            if case .string(let text)? = golden["$float"], let value = Double(text) {
                same(value, found)
            } else {
                false
            }
        default: false
        }
    }

    private static func same(_ left: Double, _ right: Double) -> Bool {
        left.isNaN ? right.isNaN : left.bitPattern == right.bitPattern
    }

    /// JSON text without the white space between its tokens, which is all that tells Python's spellings apart.
    static func compacted(_ text: String) -> String {
        var isInString = false
        var isEscaped = false
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.filter { character in
                    defer { isEscaped = isInString && character == "\\" && !isEscaped }
                    if character == "\"", !isEscaped { isInString.toggle() }
                    return isInString || character != " "
                }
            )
        )
    }
}

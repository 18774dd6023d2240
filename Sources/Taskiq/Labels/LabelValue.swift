// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The value of a label.
///
/// On the wire a label is text with a type number beside it (Python's `LabelType`); a label without a number keeps its
/// JSON value as it is.
public enum LabelValue: Sendable, Hashable {
    /// An integer (type 2).
    case int(Int)
    /// A floating-point number (type 4).
    case double(Double)
    /// True or false (type 5).
    case bool(Bool)
    /// Text (type 3).
    case string(String)
    /// Bytes, in Base64 on the wire (type 6).
    case bytes([UInt8])
    /// Text whose meaning the sender did not say (type 1): what Python's `str` made of any other object.
    case any(String)
    /// An integer too large for `Int` (type 2), as its digits.
    case largeInt(digits: String)
    /// A JSON value that came without a type number.
    case json(JSONFragment)
}

extension LabelValue {
    /// The value as text, as Python's `str` spells it.
    public var text: String {
        switch self {
        case .int(let value): value.description
        case .double(let value): value.description
        case .bool(let value): value ? "True" : "False"
        case .string(let value), .any(let value), .largeInt(let value): value
        case .bytes(let value): Base64.encode(value)
        case .json(let fragment): (try? fragment.decode(String.self)) ?? fragment.text
        }
    }

    /// The value as an integer, if it is one or its text reads as one.
    public var intValue: Int? {
        switch self {
        case .int(let value): value
        case .double(let value): Int(exactly: value)
        case .string, .any, .json: Int(text)
        case .bool, .bytes, .largeInt: nil
        }
    }

    /// The value as a number, if it is one or its text reads as one.
    public var doubleValue: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        case .string, .any, .json, .largeInt: Double(text)
        case .bool, .bytes: nil
        }
    }

    /// The value as true or false, if it is one or its text reads as one.
    public var boolValue: Bool? {
        switch self {
        case .bool(let value): value
        case .string, .any, .json:
            switch text.lowercased() {
            case "true": true
            case "false": false
            default: nil
            }
        case .int, .double, .bytes, .largeInt: nil
        }
    }

    /// The value as JSON, as results carry it.
    public var json: JSONFragment {
        switch self {
        case .int(let value): JSONValue.int(value).fragment
        case .double(let value): JSONValue.double(value).fragment
        case .bool(let value): JSONValue.bool(value).fragment
        case .largeInt(let digits): JSONFragment(trusting: Array(digits.utf8))
        case .json(let fragment): fragment
        case .bytes(let value): JSONFragment(string: String(decoding: value, as: UTF8.self))
        case .string(let value), .any(let value): JSONFragment(string: value)
        }
    }
}

extension LabelValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral
{
    /// Text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// An integer.
    public init(integerLiteral value: Int) { self = .int(value) }
    /// A floating-point number.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// True or false.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Python's `LabelType`: how the text of a label is to be read.
enum LabelType: Int {
    case any = 1
    case int = 2
    case string = 3
    case float = 4
    case bool = 5
    case bytes = 6
}

extension LabelValue {
    /// The type number that travels beside the text; nil for a value that travels as plain JSON.
    var wireType: LabelType? {
        switch self {
        case .any: .any
        case .int, .largeInt: .int
        case .string: .string
        case .double: .float
        case .bool: .bool
        case .bytes: .bytes
        case .json: nil
        }
    }

    /// Reads a label as it travelled.
    ///
    /// - Parameters:
    ///   - fragment: the JSON value, normally a string.
    ///   - type: the number beside it; nil when there is none.
    ///   - name: the label's name, for the error.
    /// - Throws: `TaskiqError` with code `malformed` for a value that Python would not read either.
    init(wire fragment: JSONFragment, type: Int?, name: String) throws(TaskiqError) {
        guard let type else {
            self = .json(fragment)
            return
        }
        guard let kind = LabelType(rawValue: type) else {
            throw TaskiqError(.malformed, "label \"\(name)\": \(type) is not a label type; types are 1 to 6")
        }
        let decoder = JSONFragmentDecoder(fragment)
        let text = Self.pythonText(of: decoder)
        switch kind {
        // Python leaves such a value as it is, whatever its shape.
        case .any: self = decoder.kind == .string ? .any(text) : .json(fragment)
        case .string: self = .string(text)
        case .bool: self = .bool(text.lowercased() == "true")
        case .int: self = try Self.integer(Self.numeral(of: decoder, text), name: name)
        case .float:
            guard let value = Self.double(Self.numeral(of: decoder, text)) else {
                throw Self.misfit(text, "a number", name)
            }
            self = .double(value)
        case .bytes:
            guard let value = Base64.decode(text) else { throw Self.misfit(text, "Base64 text", name) }
            self = .bytes(value)
        }
    }

    /// Python's `str()`, as far as plain values go.
    private static func pythonText(of decoder: JSONFragmentDecoder) -> String {
        switch decoder.kind {
        case .string: (try? decoder.string()) ?? ""
        case .null: "None"
        case .bool: (try? decoder.bool()) == true ? "True" : "False"
        case .number, .array, .object: decoder.fragment.text
        }
    }

    /// The text of a number; to Python, true and false are 1 and 0.
    private static func numeral(of decoder: JSONFragmentDecoder, _ text: String) -> String {
        decoder.kind == .bool ? ((try? decoder.bool()) == true ? "1" : "0") : text
    }

    /// Python's `float()`: Swift alone reads hexadecimal numbers, and what is in parentheses after `nan`.
    private static func double(_ text: String) -> Double? {
        guard let text = number(text), !text.utf8.contains(where: { "xX(".utf8.contains($0) }) else { return nil }
        return Double(text)
    }

    /// Python's `int()`: white space around the number, a sign, and underscores between digits are allowed; zeros at the
    /// front count as digits.
    private static func integer(_ text: String, name: String) throws(TaskiqError) -> LabelValue {
        guard let number = number(text) else { throw misfit(text, "an integer", name) }
        let digits = number.drop { $0 == "-" || $0 == "+" }
        guard !digits.isEmpty, number.utf8.count - digits.utf8.count <= 1, digits.utf8.allSatisfy(isDigit) else {
            throw misfit(text, "an integer", name)
        }
        guard digits.utf8.count <= FragmentBuilder.maximumDigits else {
            throw misfit(text, "an integer of at most \(FragmentBuilder.maximumDigits) digits", name)
        }
        if let value = Int(number) { return .int(value) }
        let significant = String(digits.drop { $0 == "0" })
        return .largeInt(digits: number.hasPrefix("-") ? "-" + significant : significant)
    }

    /// The text without the white space around it and the underscores between its digits; nil when one stands elsewhere.
    private static func number(_ text: String) -> String? {
        let number = String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        let bytes = Array(number.utf8)
        guard bytes.contains(UInt8(ascii: "_")) else { return number }
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "_") {
            guard index > 0, index + 1 < bytes.count, isDigit(bytes[index - 1]), isDigit(bytes[index + 1]) else {
                return nil
            }
        }
        return String(decoding: bytes.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    private static func misfit(_ text: String, _ wanted: String, _ name: String) -> TaskiqError {
        TaskiqError(.malformed, "label \"\(name)\": expected \(wanted), found \"\(text.prefix(60))\"")
    }
}

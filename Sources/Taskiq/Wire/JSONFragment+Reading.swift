// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension JSONFragment {
    /// What a value is, told by its first byte.
    enum Kind {
        case object, array, string, number, bool, null
    }

    @inline(__always)
    var kind: Kind {
        switch firstByte {
        case UInt8(ascii: "{"): .object
        case UInt8(ascii: "["): .array
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
        case UInt8(ascii: "n"): .null
        default: .number
        }
    }

    @inline(__always)
    var firstByte: UInt8 { range.isEmpty ? 0 : storage[range.lowerBound] }

    /// The content of a string; nil for anything else.
    @inline(__always)
    func stringValue() -> String? {
        guard firstByte == UInt8(ascii: "\"") else { return nil }
        return storage.withUnsafeBufferPointer { bytes in
            let content = range.lowerBound + 1..<range.upperBound - 1
            let text = UnsafeBufferPointer(rebasing: bytes[content])
            // The fragment is a valid string, so that only escapes keep it from being its own text.
            guard text.contains(UInt8(ascii: "\\")) else { return String(decoding: text, as: UTF8.self) }
            let key = JSONKeyRange(range: content, isEscaped: true)
            return JSONCursor(bytes, from: 0, to: bytes.count).text(of: key)
        }
    }

    /// The value as true or false.
    func boolValue(_ conversion: Conversion) -> Bool? {
        switch kind {
        case .bool: firstByte == UInt8(ascii: "t")
        case .number where conversion == .lax:
            switch Double(text) {
            case 0: false
            case 1: true
            default: nil
            }
        case .string where conversion == .lax: stringValue().flatMap(LaxText.bool)
        default: nil
        }
    }

    /// The value as an integer that fits a type.
    @inline(__always)
    func integerValue<Number: FixedWidthInteger>(_ type: Number.Type, _ conversion: Conversion) -> Number? {
        if let small = smallInteger { return Number(exactly: small) }
        return otherIntegerValue(type, conversion)
    }

    private func otherIntegerValue<Number: FixedWidthInteger>(
        _ type: Number.Type,
        _ conversion: Conversion
    ) -> Number? {
        switch kind {
        case .number:
            let text = text
            if let number = Number(text) { return number }
            return Double(text).flatMap(Number.init(exactly:))
        case .bool where conversion == .lax: return firstByte == UInt8(ascii: "t") ? 1 : 0
        case .string where conversion == .lax:
            return stringValue().flatMap(LaxText.integerDigits).flatMap { Number($0) }
        default: return nil
        }
    }

    /// The value of plain digits that cannot overflow.
    @inline(__always)
    private var smallInteger: Int? {
        storage.withUnsafeBufferPointer { JSONCursor($0, from: 0, to: 0).smallInteger(in: range) }
    }

    /// The value as a number.
    func doubleValue(_ conversion: Conversion) -> Double? {
        switch kind {
        case .number: smallInteger.map(Double.init) ?? Double(text)
        case .bool where conversion == .lax: firstByte == UInt8(ascii: "t") ? 1 : 0
        case .string where conversion == .lax: stringValue().flatMap(LaxText.double)
        default: nil
        }
    }
}

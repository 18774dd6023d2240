// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension JSONCursor {
    /// Steps over an array of plain values, which comes next; takes nothing and returns false for any other array.
    ///
    /// Plain are strings of printable ASCII without escapes, whole numbers, `true`, `false` and `null`, with at most one
    /// space after a comma, as Python writes it. Most arguments are no more, and need no general scanner.
    mutating func skipPlainArray() -> Bool {
        var index = position + 1
        if index < end, bytes[index] == UInt8(ascii: "]") {
            position = index + 1
            return true
        }
        while let valueEnd = endOfPlainValue(from: index), valueEnd < end {
            if bytes[valueEnd] == UInt8(ascii: "]") {
                position = valueEnd + 1
                return true
            }
            guard bytes[valueEnd] == UInt8(ascii: ",") else { return false }
            index = afterSpace(valueEnd + 1)
        }
        return false
    }

    /// Steps over an object of plain values with keys that are certain to be different, which comes next.
    ///
    /// - Returns: how many members it has; nil for any other object, of which nothing is taken.
    mutating func skipPlainObject() -> Int? {
        var keys = JSONKeyShapes()
        var count = 0
        var index = position + 1
        if index < end, bytes[index] == UInt8(ascii: "}") {
            position = index + 1
            return 0
        }
        while index < end, bytes[index] == UInt8(ascii: "\"") {
            let keyEnd = endOfPlainText(from: index + 1)
            guard keyEnd + 1 < end, bytes[keyEnd] == UInt8(ascii: "\""), bytes[keyEnd + 1] == UInt8(ascii: ":"),
                keys.insert(UnsafeBufferPointer(rebasing: bytes[index + 1..<keyEnd])),
                let valueEnd = endOfPlainValue(from: afterSpace(keyEnd + 2)), valueEnd < end
            else { return nil }
            count += 1
            if bytes[valueEnd] == UInt8(ascii: "}") {
                position = valueEnd + 1
                return count
            }
            guard bytes[valueEnd] == UInt8(ascii: ",") else { return nil }
            index = afterSpace(valueEnd + 1)
        }
        return nil
    }

    /// Where a plain value ends, what follows a number being left to be looked at; nil for any other value.
    @inline(__always)
    private func endOfPlainValue(from start: Int) -> Int? {
        guard start < end else { return nil }
        switch bytes[start] {
        case UInt8(ascii: "\""):
            let textEnd = endOfPlainText(from: start + 1)
            return textEnd < end && bytes[textEnd] == UInt8(ascii: "\"") ? textEnd + 1 : nil
        case UInt8(ascii: "1")...UInt8(ascii: "9"):
            var index = start + 1
            while index < end, bytes[index] &- UInt8(ascii: "0") < 10 { index += 1 }
            return index
        case UInt8(ascii: "0"): return start + 1
        case UInt8(ascii: "t"): return end(of: "true", from: start)
        case UInt8(ascii: "f"): return end(of: "false", from: start)
        case UInt8(ascii: "n"): return end(of: "null", from: start)
        default: return nil
        }
    }

    @inline(__always)
    private func end(of literal: StaticString, from start: Int) -> Int? {
        let count = literal.utf8CodeUnitCount
        return count <= end - start && equals(literal.utf8Start, at: start, count: count) ? start + count : nil
    }

    @inline(__always)
    private func afterSpace(_ index: Int) -> Int {
        index < end && bytes[index] == 0x20 ? index + 1 : index
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Steps through the tokens of a fragment, without building anything.
///
/// A fragment has been checked when it was made, so there is nothing to report; bytes that are no JSON would only end
/// the walk early.
struct JSONTokens {
    enum Token {
        case beginArray, endArray, beginObject, endObject
        case comma, colon
        case null
        case bool(Bool)
        /// The text between the quotation marks, escapes included.
        case string(Range<Int>, isEscaped: Bool)
        /// Digits, with a minus sign at most.
        case integer(Range<Int>)
        /// Any other number, `NaN` and infinities among them.
        case real(Range<Int>)
    }

    let bytes: [UInt8]
    private let end: Int
    private(set) var position: Int

    init(_ fragment: JSONFragment) {
        bytes = fragment.storage
        position = fragment.range.lowerBound
        end = fragment.range.upperBound
    }

    mutating func next() -> Token? {
        while position < end {
            let start = position
            position += 1
            switch bytes[start] {
            case UInt8(ascii: "{"): return .beginObject
            case UInt8(ascii: "}"): return .endObject
            case UInt8(ascii: "["): return .beginArray
            case UInt8(ascii: "]"): return .endArray
            case UInt8(ascii: ","): return .comma
            case UInt8(ascii: ":"): return .colon
            case UInt8(ascii: "\""): return string()
            case UInt8(ascii: "n"): return literal(length: 4, .null)
            case UInt8(ascii: "t"): return literal(length: 4, .bool(true))
            case UInt8(ascii: "f"): return literal(length: 5, .bool(false))
            case UInt8(ascii: "N"): return literal(length: 3, .real(start..<min(start + 3, end)))
            case UInt8(ascii: "I"): return literal(length: 8, .real(start..<min(start + 8, end)))
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return number(from: start)
            default: continue
            }
        }
        return nil
    }

    private mutating func literal(length: Int, _ token: Token) -> Token {
        position = min(position + length - 1, end)
        return token
    }

    private mutating func string() -> Token {
        let start = position
        var isEscaped = false
        while position < end, bytes[position] != UInt8(ascii: "\"") {
            if bytes[position] == UInt8(ascii: "\\") {
                isEscaped = true
                position += 1
            }
            position += 1
        }
        let content = start..<min(position, end)
        position = min(position + 1, end)
        return .string(content, isEscaped: isEscaped)
    }

    private mutating func number(from start: Int) -> Token {
        var isInteger = true
        while position < end {
            switch bytes[position] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): break
            // The letters of exponents and of `Infinity`.
            case UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"):
                isInteger = false
            default: return isInteger ? .integer(start..<position) : .real(start..<position)
            }
            position += 1
        }
        return isInteger ? .integer(start..<position) : .real(start..<position)
    }
}

extension JSONTokens {
    /// How many elements or members each array and object has, in the order in which they begin: binary codecs say it
    /// before the first.
    static func counts(of fragment: JSONFragment) -> [Int] {
        var counts: [Int] = []
        var open: [Int] = []
        var isFirst = false
        var tokens = JSONTokens(fragment)
        while let token = tokens.next() {
            switch token {
            case .endArray, .endObject:
                _ = open.popLast()
                isFirst = false
                continue
            case .comma:
                if let place = open.last { counts[place] += 1 }
                continue
            case .colon: continue
            default: break
            }
            if isFirst, let place = open.last { counts[place] += 1 }
            isFirst = false
            switch token {
            case .beginArray, .beginObject:
                open.append(counts.count)
                counts.append(0)
                isFirst = true
            default: break
            }
        }
        return counts
    }
}

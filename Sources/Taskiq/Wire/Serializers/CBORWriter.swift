// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

struct CBORWriter {
    private(set) var bytes: [UInt8] = []
    private var tokens: JSONTokens
    private let counts: [Int]
    private let stringReferencing: Bool
    /// The numbers of strings of text.
    ///
    /// Equal content of text and of bytes is not the same string. Compared by bytes, since Swift takes different
    /// spellings of an accented letter for equal.
    private var textNumbers: [ArraySlice<UInt8>: Int] = [:]
    /// The numbers of the bytes of large integers.
    private var byteNumbers: [ArraySlice<UInt8>: Int] = [:]

    init(_ fragment: JSONFragment, stringReferencing: Bool) {
        tokens = JSONTokens(fragment)
        counts = JSONTokens.counts(of: fragment)
        self.stringReferencing = stringReferencing
        bytes.reserveCapacity(fragment.range.count)
    }

    mutating func write() throws(TaskiqError) {
        var container = 0
        while let token = tokens.next() {
            switch token {
            case .beginArray:
                beginNamespace()
                head(.array, UInt64(counts[container]))
                container += 1
            case .beginObject:
                beginNamespace()
                head(.map, UInt64(counts[container]))
                container += 1
            case .endArray, .endObject, .comma, .colon: break
            case .null: bytes.append(0xF6)
            case .bool(let value): bytes.append(value ? 0xF5 : 0xF4)
            case .real(let range): real(tokens.double(range))
            case .integer(let range): try integer(range)
            case .string(let range, let isEscaped):
                if isEscaped {
                    var text: [UInt8] = []
                    if tokens.unescape(range, into: &text) { throw .loneSurrogate("CBOR") }
                    string(.text, text[...])
                } else {
                    string(.text, tokens.bytes[range])
                }
            }
        }
    }

    /// As in cbor2, the namespace of references begins with the outermost container; a single scalar has none.
    private mutating func beginNamespace() {
        if stringReferencing, bytes.isEmpty { head(.tag, 256) }
    }

    private mutating func real(_ value: Double) {
        if value.isFinite {
            bytes.append(0xFB)
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
            }
        } else {
            bytes.append(contentsOf: value.isNaN ? [0xF9, 0x7E, 0x00] : [0xF9, value < 0 ? 0xFC : 0x7C, 0x00])
        }
    }

    private mutating func integer(_ range: Range<Int>) throws(TaskiqError) {
        switch tokens.integer(range) {
        case .unsigned(let value): head(.unsigned, value)
        case .negative(let value): head(.negative, UInt64(bitPattern: ~value))
        case .large(let digits, let isNegative):
            guard var magnitude = LargeInteger.littleEndian(digits: tokens.bytes[digits]) else {
                throw TaskiqError(
                    .unencodable,
                    "integers have up to \(FragmentBuilder.maximumDigits) digits in Python, not \(digits.count)"
                )
            }
            // A negative number n is stored as -1 - n.
            if isNegative { LargeInteger.decrement(&magnitude) }
            if magnitude.count <= 8 {
                head(isNegative ? .negative : .unsigned, magnitude.reversed().reduce(0) { $0 << 8 | UInt64($1) })
            } else {
                head(.tag, isNegative ? 3 : 2)
                string(.bytes, magnitude.reversed()[...])
            }
        }
    }

    private mutating func string(_ type: CBORMajorType, _ content: ArraySlice<UInt8>) {
        if stringReferencing {
            if let number = type == .text ? textNumbers[content] : byteNumbers[content] {
                head(.tag, 25)
                head(.unsigned, UInt64(number))
                return
            }
            let next = textNumbers.count + byteNumbers.count
            if content.count >= StringReferences.shortestLength(at: next) {
                if type == .text { textNumbers[content] = next } else { byteNumbers[content] = next }
            }
        }
        head(type, UInt64(content.count))
        bytes.append(contentsOf: content)
    }

    private mutating func head(_ type: CBORMajorType, _ argument: UInt64) {
        let high = type.rawValue << 5
        let length: UInt64
        switch argument {
        case 0..<24:
            bytes.append(high | UInt8(argument))
            return
        case ...0xFF: length = 1
        case ...0xFFFF: length = 2
        case ...0xFFFF_FFFF: length = 4
        default: length = 8
        }
        bytes.append(high | UInt8(24 + length.trailingZeroBitCount))
        for place in stride(from: Int(length) - 1, through: 0, by: -1) {
            bytes.append(UInt8(truncatingIfNeeded: argument >> UInt64(place * 8)))
        }
    }
}

/// The upper three bits of the first byte of an item.
enum CBORMajorType: UInt8 {
    case unsigned = 0
    case negative = 1
    case bytes = 2
    case text = 3
    case array = 4
    case map = 5
    case tag = 6
    case simple = 7
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

struct MSGPackWriter {
    private(set) var bytes: [UInt8] = []
    private var tokens: JSONTokens
    private let counts: [Int]
    private var text: [UInt8] = []

    init(_ fragment: JSONFragment) {
        tokens = JSONTokens(fragment)
        counts = JSONTokens.counts(of: fragment)
        bytes.reserveCapacity(fragment.range.count)
    }

    mutating func write() throws(TaskiqError) {
        var container = 0
        while let token = tokens.next() {
            switch token {
            case .beginArray:
                try head(short: 0x90, below: 16, byte: nil, two: 0xDC, four: 0xDD, length: counts[container])
                container += 1
            case .beginObject:
                try head(short: 0x80, below: 16, byte: nil, two: 0xDE, four: 0xDF, length: counts[container])
                container += 1
            case .endArray, .endObject, .comma, .colon: break
            case .null: bytes.append(0xC0)
            case .bool(let value): bytes.append(value ? 0xC3 : 0xC2)
            case .real(let range):
                bytes.append(0xCB)
                big(tokens.double(range).bitPattern, 8)
            case .integer(let range): try integer(range)
            case .string(let range, let isEscaped): try string(range, isEscaped)
            }
        }
    }

    private mutating func integer(_ range: Range<Int>) throws(TaskiqError) {
        switch tokens.integer(range) {
        case .unsigned(let value):
            switch value {
            case 0..<0x80: bytes.append(UInt8(value))
            case ...0xFF: tagged(0xCC, value, 1)
            case ...0xFFFF: tagged(0xCD, value, 2)
            case ...0xFFFF_FFFF: tagged(0xCE, value, 4)
            default: tagged(0xCF, value, 8)
            }
        case .negative(let value):
            let pattern = UInt64(bitPattern: value)
            switch value {
            case (-32)...: bytes.append(UInt8(truncatingIfNeeded: value))
            case (-0x80)...: tagged(0xD0, pattern, 1)
            case (-0x8000)...: tagged(0xD1, pattern, 2)
            case (-0x8000_0000)...: tagged(0xD2, pattern, 4)
            default: tagged(0xD3, pattern, 8)
            }
        case .large(let digits, _): throw .tooLarge("MessagePack", digits: digits.count)
        }
    }

    private mutating func string(_ range: Range<Int>, _ isEscaped: Bool) throws(TaskiqError) {
        guard isEscaped else {
            try head(short: 0xA0, below: 32, byte: 0xD9, two: 0xDA, four: 0xDB, length: range.count)
            bytes.append(contentsOf: tokens.bytes[range])
            return
        }
        text.removeAll(keepingCapacity: true)
        if tokens.unescape(range, into: &text) { throw .loneSurrogate("MessagePack") }
        try head(short: 0xA0, below: 32, byte: 0xD9, two: 0xDA, four: 0xDB, length: text.count)
        bytes.append(contentsOf: text)
    }

    private mutating func head(
        short: UInt8,
        below limit: Int,
        byte: UInt8?,
        two: UInt8,
        four: UInt8,
        length: Int
    ) throws(TaskiqError) {
        if length < limit {
            bytes.append(short | UInt8(length))
        } else if let byte, length <= 0xFF {
            tagged(byte, UInt64(length), 1)
        } else if length <= 0xFFFF {
            tagged(two, UInt64(length), 2)
        } else if length <= 0xFFFF_FFFF {
            tagged(four, UInt64(length), 4)
        } else {
            throw TaskiqError(.unencodable, "MessagePack cannot hold \(length) bytes or elements in one value")
        }
    }

    private mutating func tagged(_ tag: UInt8, _ value: UInt64, _ count: UInt64) {
        bytes.append(tag)
        big(value, count)
    }

    private mutating func big(_ value: UInt64, _ count: UInt64) {
        for place in stride(from: Int(count) - 1, through: 0, by: -1) {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(place * 8)))
        }
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

struct MSGPackReader {
    private var reader: BinaryReader
    private var output: FragmentBuilder

    init(_ data: [UInt8]) {
        reader = BinaryReader(data, codec: "MessagePack")
        output = FragmentBuilder(inputSize: data.count)
    }

    mutating func read() throws(TaskiqError) -> JSONFragment {
        try value(depth: 0)
        try reader.expectEnd()
        return output.fragment
    }

    private mutating func value(depth: Int) throws(TaskiqError) {
        guard depth < JSONScanner.maximumDepth else {
            throw reader.malformed("the value is nested more than \(JSONScanner.maximumDepth) levels deep")
        }
        let start = reader.position
        let head = try reader.byte()
        switch head {
        case 0...0x7F: output.append(head)
        case 0xE0...0xFF: output.append(Int8(bitPattern: head))
        case 0x80...0x8F: try map(UInt64(head & 0x0F), depth)
        case 0xDE: try map(try reader.bigEndian(2), depth)
        case 0xDF: try map(try reader.bigEndian(4), depth)
        case 0x90...0x9F: try array(UInt64(head & 0x0F), depth)
        case 0xDC: try array(try reader.bigEndian(2), depth)
        case 0xDD: try array(try reader.bigEndian(4), depth)
        case 0xA0...0xBF: try string(UInt64(head & 0x1F))
        case 0xD9: try string(try reader.bigEndian(1))
        case 0xDA: try string(try reader.bigEndian(2))
        case 0xDB: try string(try reader.bigEndian(4))
        case 0xC0: output.append(literal: "null")
        case 0xC2: output.append(literal: "false")
        case 0xC3: output.append(literal: "true")
        case 0xC4: try binary(try reader.bigEndian(1))
        case 0xC5: try binary(try reader.bigEndian(2))
        case 0xC6: try binary(try reader.bigEndian(4))
        case 0xCA: output.append(Double(Float(bitPattern: UInt32(try reader.bigEndian(4)))))
        case 0xCB: output.append(Double(bitPattern: try reader.bigEndian(8)))
        case 0xCC: output.append(try reader.bigEndian(1))
        case 0xCD: output.append(try reader.bigEndian(2))
        case 0xCE: output.append(try reader.bigEndian(4))
        case 0xCF: output.append(try reader.bigEndian(8))
        case 0xD0: output.append(Int8(truncatingIfNeeded: try reader.bigEndian(1)))
        case 0xD1: output.append(Int16(truncatingIfNeeded: try reader.bigEndian(2)))
        case 0xD2: output.append(Int32(truncatingIfNeeded: try reader.bigEndian(4)))
        case 0xD3: output.append(Int64(truncatingIfNeeded: try reader.bigEndian(8)))
        case 0xD4...0xD8: try extended(1 << UInt64(head - 0xD4), start)
        case 0xC7: try extended(try reader.bigEndian(1), start)
        case 0xC8: try extended(try reader.bigEndian(2), start)
        case 0xC9: try extended(try reader.bigEndian(4), start)
        default: throw reader.malformed("0xc1 is never used", at: start)
        }
    }

    private mutating func array(_ count: UInt64, _ depth: Int) throws(TaskiqError) {
        try reader.expectRoom(for: count, bytesEach: 1)
        output.append("[")
        for index in 0..<count {
            if index > 0 { output.append(",") }
            try value(depth: depth + 1)
        }
        output.append("]")
    }

    private mutating func map(_ count: UInt64, _ depth: Int) throws(TaskiqError) {
        try reader.expectRoom(for: count, bytesEach: 2)
        output.append("{")
        for index in 0..<count {
            if index > 0 { output.append(",") }
            try key(depth)
            output.append(":")
            try value(depth: depth + 1)
        }
        output.append("}")
    }

    private mutating func key(_ depth: Int) throws(TaskiqError) {
        let (start, mark) = (reader.position, output.bytes.count)
        try value(depth: depth + 1)
        guard output.makeKey(from: mark) else { throw reader.malformed("a map or an array cannot be a key", at: start) }
    }

    private mutating func string(_ length: UInt64) throws(TaskiqError) {
        let text = reader.bytes[try reader.take(length)]
        if let place = JSONText.firstInvalid(in: text) {
            throw reader.malformed("a string must be UTF-8", at: place)
        }
        output.append(string: text)
    }

    private mutating func binary(_ length: UInt64) throws(TaskiqError) {
        output.append(base64: reader.bytes[try reader.take(length)])
    }

    private mutating func extended(_ length: UInt64, _ start: Int) throws(TaskiqError) {
        let type = Int8(bitPattern: try reader.byte())
        guard type == -1 else { throw reader.malformed("extension type \(type) has no meaning here", at: start) }
        let seconds: Int64
        let nanoseconds: UInt64
        switch length {
        case 4: (seconds, nanoseconds) = (Int64(try reader.bigEndian(4)), 0)
        case 8:
            let value = try reader.bigEndian(8)
            (seconds, nanoseconds) = (Int64(value & 0x3_FFFF_FFFF), value >> 34)
        case 12:
            nanoseconds = try reader.bigEndian(4)
            seconds = Int64(bitPattern: try reader.bigEndian(8))
        default: throw reader.malformed("a timestamp has 4, 8 or 12 bytes, not \(length)", at: start)
        }
        guard nanoseconds < 1_000_000_000, let time = PythonDateTime(seconds: seconds, nanoseconds: Int64(nanoseconds))
        else { throw reader.malformed("the timestamp is not in the years 1 to 9999", at: start) }
        output.append(plain: time.description)
    }
}

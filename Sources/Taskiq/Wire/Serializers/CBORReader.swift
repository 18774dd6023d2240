// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

struct CBORReader {
    /// A string that references can name: a place in the input.
    private struct Named {
        var range: Range<Int>
        var isText: Bool
    }

    /// The bytes of a string: a place in the input, or the chunks of one of indefinite length put together.
    private struct StringItem {
        var content: ArraySlice<UInt8>
        var isText: Bool
    }

    private var reader: BinaryReader
    private var output: FragmentBuilder
    /// The strings of each namespace (tag 256), the innermost last.
    private var namespaces: [[Named]] = []

    init(_ data: [UInt8]) {
        reader = BinaryReader(data, codec: "CBOR")
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
        let outer = namespaces.count
        // Tags before one value are taken in a loop, so that a long row of them costs no stack.
        while true {
            let start = reader.position
            let (type, info) = try head()
            switch type {
            case .unsigned: output.append(try argument(info))
            case .negative: appendNegative(try argument(info))
            case .bytes, .text: try append(try string(type, info), at: start)
            case .array: try array(info, depth)
            case .map: try map(info, depth)
            case .simple: try simple(info, start)
            case .tag:
                let tag = try argument(info)
                switch tag {
                case 256:
                    namespaces.append([])
                    continue
                // Sets and self-described CBOR are what they hold; a date of tag 1004 is ISO 8601 text already.
                case 258, 1004, 55799: continue
                default: try tagged(tag, start)
                }
            }
            break
        }
        namespaces.removeSubrange(outer...)
    }

    private mutating func head() throws(TaskiqError) -> (CBORMajorType, UInt8) {
        let byte = try reader.byte()
        return (CBORMajorType(rawValue: byte >> 5) ?? .simple, byte & 0x1F)
    }

    private mutating func argument(_ info: UInt8) throws(TaskiqError) -> UInt64 {
        switch info {
        case 0..<24: return UInt64(info)
        case 24...27: return try reader.bigEndian(1 << Int(info - 24))
        default: throw reader.malformed("\(info) is no length that an item can have here", at: reader.position - 1)
        }
    }

    /// Whether an item of indefinite length ends here.
    private mutating func takesBreak() throws(TaskiqError) -> Bool {
        guard try reader.peek() == 0xFF else { return false }
        _ = try reader.byte()
        return true
    }

    // MARK: Containers

    private mutating func array(_ info: UInt8, _ depth: Int) throws(TaskiqError) {
        let count: UInt64? = info == 31 ? nil : try argument(info)
        if let count { try reader.expectRoom(for: count, bytesEach: 1) }
        output.append("[")
        var index: UInt64 = 0
        while true {
            if let count { if index == count { break } } else if try takesBreak() { break }
            if index > 0 { output.append(",") }
            try value(depth: depth + 1)
            index += 1
        }
        output.append("]")
    }

    private mutating func map(_ info: UInt8, _ depth: Int) throws(TaskiqError) {
        let count: UInt64? = info == 31 ? nil : try argument(info)
        if let count { try reader.expectRoom(for: count, bytesEach: 2) }
        output.append("{")
        var index: UInt64 = 0
        while true {
            if let count { if index == count { break } } else if try takesBreak() { break }
            if index > 0 { output.append(",") }
            let (start, mark) = (reader.position, output.bytes.count)
            try value(depth: depth + 1)
            guard output.makeKey(from: mark) else {
                throw reader.malformed("a map or an array cannot be a key", at: start)
            }
            output.append(":")
            try value(depth: depth + 1)
            index += 1
        }
        output.append("}")
    }

    // MARK: Numbers and simple values

    private mutating func appendNegative(_ argument: UInt64) {
        output.append("-")
        if argument == .max {
            output.append(literal: "18446744073709551616")
        } else {
            output.append(argument + 1)
        }
    }

    private mutating func simple(_ info: UInt8, _ start: Int) throws(TaskiqError) {
        switch info {
        case 20: output.append(literal: "false")
        case 21: output.append(literal: "true")
        case 22, 23: output.append(literal: "null")
        case 25: output.append(Self.half(UInt16(try reader.bigEndian(2))))
        case 26: output.append(Double(Float(bitPattern: UInt32(try reader.bigEndian(4)))))
        case 27: output.append(Double(bitPattern: try reader.bigEndian(8)))
        case 31: throw reader.malformed("a break ends nothing here", at: start)
        default: throw reader.malformed("simple value \(info) has no meaning here", at: start)
        }
    }

    /// A float of 16 bits (IEEE 754 binary16).
    private static func half(_ bits: UInt16) -> Double {
        let fraction = Double(bits & 0x3FF)
        let magnitude: Double
        switch bits >> 10 & 0x1F {
        case 0: magnitude = fraction * 0x1p-24
        case 31: magnitude = fraction == 0 ? .infinity : .nan
        case let exponent:
            magnitude = (1024 + fraction) * Double(sign: .plus, exponent: Int(exponent) - 25, significand: 1)
        }
        return bits & 0x8000 == 0 ? magnitude : -magnitude
    }

    // MARK: Strings

    private mutating func string(_ type: CBORMajorType, _ info: UInt8) throws(TaskiqError) -> StringItem {
        let isText = type == .text
        if info == 31 {
            var content: [UInt8] = []
            while try !takesBreak() {
                let start = reader.position
                let (chunk, info) = try head()
                guard chunk == type, info != 31 else {
                    throw reader.malformed("a chunk of another kind than its string", at: start)
                }
                content.append(contentsOf: reader.bytes[try reader.take(try argument(info))])
            }
            return StringItem(content: content[...], isText: isText)
        }
        let range = try reader.take(try argument(info))
        if let innermost = namespaces.indices.last,
            range.count >= StringReferences.shortestLength(at: namespaces[innermost].count)
        {
            namespaces[innermost].append(Named(range: range, isText: isText))
        }
        return StringItem(content: reader.bytes[range], isText: isText)
    }

    private mutating func append(_ string: StringItem, at start: Int) throws(TaskiqError) {
        guard string.isText else { return output.append(base64: string.content) }
        if let place = JSONText.firstInvalid(in: string.content) {
            // Of chunks put together, the place is that of the string.
            throw reader.malformed("a string must be UTF-8", at: place >= start ? place : start)
        }
        output.append(string: string.content)
    }

    private mutating func reference(_ start: Int) throws(TaskiqError) -> StringItem {
        guard let names = namespaces.last else {
            throw reader.malformed("a string reference outside of a namespace", at: start)
        }
        let (type, info) = try head()
        guard type == .unsigned else { throw reader.malformed("a string reference must be a number", at: start) }
        let number = try argument(info)
        guard number < UInt64(names.count) else {
            throw reader.malformed("string reference \(number) names none of \(names.count) strings", at: start)
        }
        let named = names[Int(number)]
        return StringItem(content: reader.bytes[named.range], isText: named.isText)
    }

    /// A string that a tag goes with, by itself or by reference.
    private mutating func stringItem(_ start: Int) throws(TaskiqError) -> StringItem {
        let (type, info) = try head()
        switch type {
        case .bytes, .text: return try string(type, info)
        case .tag where try argument(info) == 25: return try reference(start)
        default: throw reader.malformed("the tag must stand before a string", at: start)
        }
    }

    // MARK: Tags

    private mutating func tagged(_ tag: UInt64, _ start: Int) throws(TaskiqError) {
        switch tag {
        case 25:
            try append(try reference(start), at: start)
            try output.checkBudget(reader)
        case 2, 3:
            let item = try stringItem(start)
            guard !item.isText else { throw reader.malformed("a large integer must be bytes, not text", at: start) }
            var magnitude = Array(item.content.reversed())
            if tag == 3 { LargeInteger.increment(&magnitude) }
            guard let digits = LargeInteger.digits(littleEndian: magnitude) else {
                throw reader.malformed(
                    "an integer of more than \(FragmentBuilder.maximumDigits) digits",
                    at: start
                )
            }
            if tag == 3 { output.append("-") }
            output.append(digits: digits)
            try output.checkBudget(reader)
        case 0:
            let item = try stringItem(start)
            let text = String(decoding: item.content, as: UTF8.self)
            guard item.isText, let time = PythonDateTime(parsing: text) else {
                throw reader.malformed("tag 0 must stand before a date and time as in RFC 3339", at: start)
            }
            output.append(plain: time.description)
        case 1: try instant(start)
        default: throw reader.malformed("tag \(tag) has no meaning here", at: start)
        }
    }

    private mutating func instant(_ start: Int) throws(TaskiqError) {
        let mark = output.bytes.count
        let (type, info) = try head()
        switch type {
        case .unsigned: output.append(try argument(info))
        case .negative: appendNegative(try argument(info))
        case .simple: try simple(info, start)
        default: break
        }
        let text = String(decoding: output.bytes[mark...], as: UTF8.self)
        output.truncate(to: mark)
        guard let time = Double(text).flatMap({ PythonDateTime(secondsSinceEpoch: $0) }) else {
            throw reader.malformed("tag 1 must stand before seconds in the years 1 to 9999", at: start)
        }
        output.append(plain: time.description)
    }
}

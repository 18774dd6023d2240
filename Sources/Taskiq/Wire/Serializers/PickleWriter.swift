// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Writes protocol 4 with the frames, batches and memo numbers of CPython's own pickler.
struct PickleWriter {
    private struct Container {
        var isObject: Bool
        var count: Int
        /// Elements or members that are written.
        var written = 0
        /// Whether the next value of an object is a key.
        var expectsKey = true
    }

    /// A frame is closed once it is as long as this; a string as long stands outside of frames.
    private static let frameTarget = 1 << 16
    private static let frameHeader = 9
    private static let batch = 1000

    private var bytes: [UInt8] = []
    private var tokens: JSONTokens
    private let counts: [Int]
    private var containers: [Container] = []
    private var frameStart: Int?
    private var memoCount: UInt32 = 0
    /// The memo numbers of the empty string (256) and of single characters up to U+00FF, of which Python has one each.
    private var singletons = [UInt32?](repeating: nil, count: 257)

    init(_ fragment: JSONFragment) {
        tokens = JSONTokens(fragment)
        counts = JSONTokens.counts(of: fragment)
        bytes.reserveCapacity(fragment.range.count + 32)
    }

    mutating func write() throws(TaskiqError) -> [UInt8] {
        bytes.append(contentsOf: [PickleOpcode.proto.rawValue, 4])
        var container = 0
        while let token = tokens.next() {
            switch token {
            case .comma, .colon: continue
            case .beginArray, .beginObject:
                begin()
                var isObject = false
                if case .beginObject = token { isObject = true }
                emit(isObject ? .emptyDict : .emptyList)
                memoize()
                containers.append(Container(isObject: isObject, count: counts[container]))
                container += 1
                continue
            case .endArray, .endObject:
                if let ended = containers.popLast(), ended.isObject, ended.count > 1 {
                    // A whole number of batches is followed by an empty one.
                    if ended.count % Self.batch == 0 { emit(.mark) }
                    emit(.setitems)
                }
            case .null:
                begin()
                emit(.none)
            case .bool(let value):
                begin()
                emit(value ? .newtrue : .newfalse)
            case .real(let range):
                begin()
                emit(.binfloat)
                emit(tokens.double(range).bitPattern.byteSwapped, 8)
            case .integer(let range):
                begin()
                try integer(range)
            case .string(let range, let isEscaped):
                begin()
                if isEscaped {
                    var text: [UInt8] = []
                    // Python lets lone surrogates pass here.
                    _ = tokens.unescape(range, into: &text)
                    string(text[...])
                } else {
                    string(tokens.bytes[range])
                }
            }
            end()
        }
        emit(.stop)
        closeFrame()
        return bytes
    }

    // MARK: Batches

    /// Before each value: the mark of a batch, and the end of a frame that is full.
    private mutating func begin() {
        if let top = containers.last, top.count > 1, top.written % Self.batch == 0, !top.isObject || top.expectsKey {
            emit(.mark)
        }
        if let frameStart, bytes.count - frameStart - Self.frameHeader >= Self.frameTarget { closeFrame() }
    }

    /// After each value: it is put into what holds it, by itself or with its batch.
    private mutating func end() {
        guard var top = containers.popLast() else { return }
        defer { containers.append(top) }
        if top.isObject {
            top.expectsKey.toggle()
            guard top.expectsKey else { return }
            top.written += 1
            if top.count == 1 {
                emit(.setitem)
            } else if top.written % Self.batch == 0 {
                emit(.setitems)
            }
        } else {
            top.written += 1
            if top.count == 1 {
                emit(.append)
            } else if top.written % Self.batch == 0 || top.written == top.count {
                emit(.appends)
            }
        }
    }

    // MARK: Values

    private mutating func integer(_ range: Range<Int>) throws(TaskiqError) {
        let magnitude: [UInt8]
        let isNegative: Bool
        switch tokens.integer(range) {
        case .unsigned(let value):
            switch value {
            case 0...0xFF:
                emit(.binint1)
                return emit(value, 1)
            case ...0xFFFF:
                emit(.binint2)
                return emit(value, 2)
            case ...0x7FFF_FFFF:
                emit(.binint)
                return emit(value, 4)
            default: (magnitude, isNegative) = (Self.littleEndian(value), false)
            }
        case .negative(let value):
            if value >= -0x8000_0000 {
                emit(.binint)
                return emit(UInt64(bitPattern: value), 4)
            }
            (magnitude, isNegative) = (Self.littleEndian(value.magnitude), true)
        case .large(let digits, let sign):
            guard let large = LargeInteger.littleEndian(digits: tokens.bytes[digits]) else {
                throw TaskiqError(
                    .unencodable,
                    "integers have up to \(FragmentBuilder.maximumDigits) digits in Python, not \(digits.count)"
                )
            }
            (magnitude, isNegative) = (large, sign)
        }
        let number = LargeInteger.twosComplement(magnitude: magnitude, isNegative: isNegative)
        emit(number.count < 256 ? .long1 : .long4)
        emit(UInt64(number.count), number.count < 256 ? 1 : 4)
        bytes.append(contentsOf: number)
    }

    private static func littleEndian(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        var value = value
        while value > 0 {
            bytes.append(UInt8(truncatingIfNeeded: value))
            value >>= 8
        }
        return bytes
    }

    private mutating func string(_ text: ArraySlice<UInt8>) {
        let singleton = Self.singleton(text)
        if let singleton {
            if let number = singletons[singleton] {
                emit(number < 256 ? .binget : .longBinget)
                return emit(UInt64(number), number < 256 ? 1 : 4)
            }
            singletons[singleton] = memoCount
        }
        let standsAlone = text.count >= Self.frameTarget
        if standsAlone { closeFrame() } else { openFrame() }
        switch text.count {
        case ...0xFF: head(.shortBinunicode, text.count, 1)
        case ...0xFFFF_FFFF: head(.binunicode, text.count, 4)
        default: head(.binunicode8, text.count, 8)
        }
        bytes.append(contentsOf: text)
        memoize()
    }

    private static func singleton(_ text: ArraySlice<UInt8>) -> Int? {
        guard let first = text.first else { return 256 }
        if text.count == 1 { return Int(first) }
        guard text.count == 2, first == 0xC2 || first == 0xC3 else { return nil }
        return Int(first & 3) << 6 | Int(text[text.startIndex + 1] & 0x3F)
    }

    private mutating func memoize() {
        memoCount &+= 1
        emit(.memoize)
    }

    // MARK: Bytes and frames

    private mutating func emit(_ opcode: PickleOpcode) {
        openFrame()
        bytes.append(opcode.rawValue)
    }

    private mutating func head(_ opcode: PickleOpcode, _ length: Int, _ count: Int) {
        bytes.append(opcode.rawValue)
        emit(UInt64(length), count)
    }

    /// A number of so many bytes, the lowest first.
    private mutating func emit(_ value: UInt64, _ count: Int) {
        for place in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(place * 8))) }
    }

    private mutating func openFrame() {
        guard frameStart == nil else { return }
        frameStart = bytes.count
        bytes.append(PickleOpcode.frame.rawValue)
        bytes.append(contentsOf: repeatElement(0, count: 8))
    }

    private mutating func closeFrame() {
        guard let start = frameStart else { return }
        frameStart = nil
        let length = bytes.count - start - Self.frameHeader
        // CPython drops the frame around fewer than four bytes.
        guard length >= 4 else { return bytes.removeSubrange(start..<start + Self.frameHeader) }
        for place in 0..<8 { bytes[start + 1 + place] = UInt8(truncatingIfNeeded: length >> (place * 8)) }
    }
}

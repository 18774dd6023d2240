// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Decodes a compiled zone file (TZif, RFC 9636, versions 1 to 4).
struct ZoneFile {
    /// What is wrong with a file.
    struct Malformed: Error {
        var reason: String

        init(_ reason: String) {
            self.reason = reason
        }
    }

    private struct Header {
        var version: UInt8
        var isUTCount: Int
        var isStandardCount: Int
        var leapCount: Int
        var timeCount: Int
        var typeCount: Int
        var characterCount: Int

        static let size = 44

        /// The bytes of the data block after this header, with transition times of a width.
        func blockSize(timeWidth: Int) -> Int {
            timeCount * (timeWidth + 1) + typeCount * 6 + characterCount + leapCount * (timeWidth + 4)
                + isStandardCount + isUTCount
        }
    }

    private let bytes: [UInt8]

    /// Decodes the contents of a file.
    ///
    /// - Parameter bytes: The whole file.
    /// - Returns: The rules of the zone.
    /// - Throws: ``Malformed`` if the file breaks the format or counts leap seconds.
    static func decode(_ bytes: [UInt8]) throws(Malformed) -> ZoneRules {
        try ZoneFile(bytes: bytes).rules()
    }

    private func rules() throws(Malformed) -> ZoneRules {
        let first = try header(at: 0)
        if first.version == 0 {
            let (initial, transitions) = try block(first, at: Header.size, timeWidth: 4)
            return ZoneRules(initialOffset: initial, transitions: transitions, rule: nil)
        }
        // Later versions repeat everything with 64-bit times after a block for old readers.
        let start = Header.size + first.blockSize(timeWidth: 4)
        let second = try header(at: start)
        let blockStart = start + Header.size
        let (initial, transitions) = try block(second, at: blockStart, timeWidth: 8)
        let rule = try footer(at: blockStart + second.blockSize(timeWidth: 8))
        return ZoneRules(initialOffset: initial, transitions: transitions, rule: rule)
    }

    private func header(at start: Int) throws(Malformed) -> Header {
        guard bytes.count - start >= Header.size else { throw Malformed("it is too short for a header") }
        guard bytes[start..<(start + 4)].elementsEqual("TZif".utf8) else {
            throw Malformed("it does not start with TZif")
        }
        let version = bytes[start + 4]
        guard version == 0 || version >= UInt8(ascii: "2") else { throw Malformed("its version is unknown") }
        func count(_ index: Int) -> Int { integer(at: start + 20 + index * 4, width: 4) & 0xFFFF_FFFF }
        let header = Header(
            version: version,
            isUTCount: count(0),
            isStandardCount: count(1),
            leapCount: count(2),
            timeCount: count(3),
            typeCount: count(4),
            characterCount: count(5)
        )
        return header
    }

    private func block(
        _ header: Header,
        at start: Int,
        timeWidth: Int
    ) throws(Malformed) -> (initialOffset: Int, transitions: [(time: Int, offset: Int)]) {
        guard bytes.count - start >= header.blockSize(timeWidth: timeWidth) else {
            throw Malformed("it is shorter than its header says")
        }
        guard (1...256).contains(header.typeCount) else { throw Malformed("it has no or too many local time types") }
        guard header.leapCount == 0 else { throw Malformed("it counts leap seconds, which Unix time does not") }

        let typeIndexStart = start + header.timeCount * timeWidth
        let typeStart = typeIndexStart + header.timeCount
        var offsets: [Int] = []
        for index in 0..<header.typeCount {
            let offset = integer(at: typeStart + index * 6, width: 4)
            // RFC 9636 recommends -24:59:59 to 25:59:59; nothing beyond it can be a clock.
            guard (-89_999...93_599).contains(offset) else { throw Malformed("an offset is more than a day") }
            offsets.append(offset)
        }
        var transitions: [(time: Int, offset: Int)] = []
        transitions.reserveCapacity(header.timeCount)
        var last = Int.min
        for index in 0..<header.timeCount {
            let time = integer(at: start + index * timeWidth, width: timeWidth)
            let type = Int(bytes[typeIndexStart + index])
            guard time > last else { throw Malformed("its transitions are not in ascending order") }
            guard time.magnitude <= 1 << 59 else { throw Malformed("a transition is out of range") }
            guard type < offsets.count else { throw Malformed("a transition has an unknown local time type") }
            transitions.append((time, offsets[type]))
            last = time
        }
        return (offsets[0], transitions)
    }

    private func footer(at start: Int) throws(Malformed) -> PosixRule? {
        guard start < bytes.count, bytes[start] == 0x0A,
            let end = bytes[(start + 1)...].firstIndex(of: 0x0A)
        else { throw Malformed("its footer is missing") }
        let text = bytes[(start + 1)..<end]
        if text.isEmpty { return nil }
        guard text.count <= 256, let rule = PosixRuleParser.parse(text) else {
            throw Malformed("the rule in its footer is not readable")
        }
        return rule
    }

    /// A signed big-endian number; the caller has checked the bounds.
    private func integer(at start: Int, width: Int) -> Int {
        var value: Int = bytes[start] >= 0x80 ? -1 : 0
        for byte in bytes[start..<(start + width)] { value = value << 8 | Int(byte) }
        return value
    }
}

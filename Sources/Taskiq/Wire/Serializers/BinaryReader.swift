// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Reads numbers and runs of bytes off binary input, never beyond its end.
struct BinaryReader {
    let bytes: [UInt8]
    /// What the input should be, for errors: `MessagePack`.
    let codec: StaticString
    private(set) var position = 0

    init(_ bytes: [UInt8], codec: StaticString) {
        self.bytes = bytes
        self.codec = codec
    }

    var remaining: Int { bytes.count - position }
    var isAtEnd: Bool { position >= bytes.count }

    mutating func byte() throws(TaskiqError) -> UInt8 {
        guard position < bytes.count else { throw malformed("the input ends in the middle of a value") }
        defer { position += 1 }
        return bytes[position]
    }

    /// The next byte, left where it is.
    func peek() throws(TaskiqError) -> UInt8 {
        guard position < bytes.count else { throw malformed("the input ends in the middle of a value") }
        return bytes[position]
    }

    /// A number of so many bytes, at most eight, the highest first.
    mutating func bigEndian(_ count: Int) throws(TaskiqError) -> UInt64 {
        var value: UInt64 = 0
        for byte in bytes[try take(count)] { value = value << 8 | UInt64(byte) }
        return value
    }

    /// A number of so many bytes, at most eight, the lowest first.
    mutating func littleEndian(_ count: Int) throws(TaskiqError) -> UInt64 {
        var value: UInt64 = 0
        for byte in bytes[try take(count)].reversed() { value = value << 8 | UInt64(byte) }
        return value
    }

    /// The next bytes, as a place in the input; a length that the input cannot hold is an error, whatever it says.
    mutating func take(_ count: some BinaryInteger) throws(TaskiqError) -> Range<Int> {
        guard count >= 0, count <= remaining else {
            throw malformed("\(count) bytes are announced and \(remaining) are left")
        }
        let start = position
        position += Int(count)
        return start..<position
    }

    /// Refuses a count of elements that the rest of the input cannot hold, at so many bytes each at least.
    func expectRoom(for count: UInt64, bytesEach: UInt64) throws(TaskiqError) {
        guard count <= UInt64(remaining) / bytesEach else {
            throw malformed("\(count) elements are announced and \(remaining) bytes are left")
        }
    }

    func expectEnd() throws(TaskiqError) {
        if !isAtEnd { throw malformed("\(remaining) bytes follow the value") }
    }

    func malformed(_ reason: String) -> TaskiqError {
        malformed(reason, at: position)
    }

    func malformed(_ reason: String, at place: Int) -> TaskiqError {
        TaskiqError(.malformed, "not valid \(codec) at byte \(place): \(reason)")
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A task's id, in as little memory as it needs.
///
/// Nearly all ids are 32 hexadecimal digits, as Python and this library make them, or a UUID in its usual form: they
/// take sixteen bytes and no memory of their own, which counts when a million of them wait.
enum TaskKey: Hashable, Sendable {
    case hexadecimal(UInt64, UInt64)
    case uuid(UInt64, UInt64)
    case text(String)

    init(_ taskID: String) {
        self = Self.number(taskID) ?? .text(taskID)
    }

    /// The id as it was given.
    var text: String {
        switch self {
        case .text(let text): text
        case .hexadecimal(let high, let low): Self.text(high, low, dashes: [])
        case .uuid(let high, let low): Self.text(high, low, dashes: Self.dashes)
        }
    }

    private static let dashes = [8, 13, 18, 23]

    private static func number(_ text: String) -> TaskKey? {
        let isUUID = text.utf8.count == 36
        guard isUUID || text.utf8.count == 32 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        var position = 0
        for byte in text.utf8 {
            defer { position += 1 }
            if isUUID, dashes.contains(position) {
                guard byte == 0x2D else { return nil }
                continue
            }
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            // Capital letters would not come back as they were.
            case 0x61...0x66: digit = byte - 0x57
            default: return nil
            }
            high = high << 4 | low >> 60
            low = low << 4 | UInt64(digit)
        }
        return isUUID ? .uuid(high, low) : .hexadecimal(high, low)
    }

    private static func text(_ high: UInt64, _ low: UInt64, dashes: [Int]) -> String {
        String(unsafeUninitializedCapacity: 32 + dashes.count) { buffer in
            var digits = 0
            for index in buffer.indices.prefix(32 + dashes.count) {
                if dashes.contains(index) {
                    buffer[index] = 0x2D
                    continue
                }
                let half = digits < 16 ? high : low
                let digit = UInt8(truncatingIfNeeded: half >> UInt64(60 - digits % 16 * 4)) & 0xF
                buffer[index] = digit < 10 ? 0x30 + digit : 0x57 + digit
                digits += 1
            }
            return 32 + dashes.count
        }
    }
}

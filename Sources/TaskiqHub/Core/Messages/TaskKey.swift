// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

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
        case .hexadecimal(let high, let low): Taskiq.hexadecimal(high, low)
        case .uuid(let high, let low): Self.uuid(Taskiq.hexadecimal(high, low))
        }
    }

    /// Where a UUID has its dashes.
    private static func isDash(_ position: Int) -> Bool {
        position == 8 || position == 13 || position == 18 || position == 23
    }

    private static func number(_ text: String) -> TaskKey? {
        let count = text.utf8.count
        guard count == 36 || count == 32 else { return nil }
        return text.utf8.withContiguousStorageIfAvailable { number($0, isUUID: count == 36) } ?? nil
    }

    private static func number(_ bytes: UnsafeBufferPointer<UInt8>, isUUID: Bool) -> TaskKey? {
        var high: UInt64 = 0
        var low: UInt64 = 0
        for position in bytes.indices {
            let byte = bytes[position]
            if isUUID, isDash(position) {
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

    private static func uuid(_ digits: String) -> String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            var position = 0
            for digit in digits.utf8 {
                if isDash(position) {
                    buffer[position] = 0x2D
                    position += 1
                }
                buffer[position] = digit
                position += 1
            }
            return position
        }
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The contents of a schedule file, with its lines.
public struct SourceText: Sendable {
    /// The path, as messages name it.
    public let path: String
    /// The contents.
    public let bytes: [UInt8]
    /// Where each line begins; a byte order mark belongs to none.
    private let lineStarts: [Int]

    /// Finds the lines of a file.
    ///
    /// - Parameters:
    ///   - path: the path, as messages name it.
    ///   - bytes: the contents.
    public init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
        lineStarts = Self.lineStarts(in: bytes)
    }

    /// The number of lines, at least 1.
    public var lineCount: Int { lineStarts.count }

    /// The text of a line without its line break, damaged characters replaced.
    ///
    /// - Parameter number: the line, counted from 1.
    /// - Returns: the text; nil when there is no such line.
    public func line(_ number: Int) -> String? {
        lineBytes(number).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The place of a byte.
    ///
    /// - Parameter offset: the byte, counted from 0.
    /// - Returns: its line and column.
    public func mark(ofByte offset: Int) -> SourceMark {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        let start = lineStarts[low]
        let before = String(decoding: bytes[start..<max(start, min(offset, bytes.count))], as: UTF8.self)
        return SourceMark(line: low + 1, column: before.unicodeScalars.count + 1)
    }

    /// The place of the first byte that is no UTF-8; nil when all of it is.
    public var firstDamage: SourceMark? {
        guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
        for number in 1...lineCount {
            guard let line = lineBytes(number), String(validating: line, as: UTF8.self) == nil else { continue }
            let scalars = String(decoding: line, as: UTF8.self).unicodeScalars
            return SourceMark(line: number, column: scalars.prefix { $0 != "\u{FFFD}" }.count + 1)
        }
        return .start
    }

    private func lineBytes(_ number: Int) -> ArraySlice<UInt8>? {
        guard number >= 1, number <= lineStarts.count else { return nil }
        var end = number < lineStarts.count ? lineStarts[number] : bytes.count
        let start = lineStarts[number - 1]
        if number < lineStarts.count {
            switch bytes[end - 1] {
            case 0x0A: end -= end - 2 >= start && bytes[end - 2] == 0x0D ? 2 : 1
            case 0x0D: end -= 1
            case 0x85: end -= 2
            default: end -= 3
            }
        }
        return bytes[start..<end]
    }

    /// Lines end where YAML's scanner says so: at LF, CR, CR LF, and the separators U+0085, U+2028 and U+2029.
    private static func lineStarts(in bytes: [UInt8]) -> [Int] {
        var index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var starts = [index]
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case 0x0A: starts.append(index)
            case 0x0D:
                if index < bytes.count, bytes[index] == 0x0A { index += 1 }
                starts.append(index)
            case 0xC2 where index < bytes.count && bytes[index] == 0x85:
                index += 1
                starts.append(index)
            case 0xE2 where index + 1 < bytes.count && bytes[index] == 0x80 && bytes[index + 1] & 0xFE == 0xA8:
                index += 2
                starts.append(index)
            default: break
            }
        }
        return starts
    }
}

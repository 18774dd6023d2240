// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Writes a fragment again in another spelling of JSON.
struct JSONRewriter {
    private(set) var tokens: JSONTokens
    var bytes: [UInt8] = []
    private let spacing: Bool
    private var text: [UInt8] = []

    init(_ fragment: JSONFragment, spacing: Bool) {
        tokens = JSONTokens(fragment)
        self.spacing = spacing
        bytes.reserveCapacity(fragment.range.count + fragment.range.count / 8)
    }

    /// Takes the next token, and writes it if there is but one way to.
    mutating func step() -> JSONTokens.Token? {
        guard let token = tokens.next() else { return nil }
        switch token {
        case .beginArray: bytes.append(UInt8(ascii: "["))
        case .endArray: bytes.append(UInt8(ascii: "]"))
        case .beginObject: bytes.append(UInt8(ascii: "{"))
        case .endObject: bytes.append(UInt8(ascii: "}"))
        case .comma:
            bytes.append(UInt8(ascii: ","))
            if spacing { bytes.append(UInt8(ascii: " ")) }
        case .colon:
            bytes.append(UInt8(ascii: ":"))
            if spacing { bytes.append(UInt8(ascii: " ")) }
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: value ? "true".utf8 : "false".utf8)
        case .string, .integer, .real: break
        }
        return token
    }

    mutating func copy(integer range: Range<Int>) {
        // "-0" is Python's 0.
        let isNegativeZero = range.count == 2 && tokens.bytes[range.upperBound - 1] == UInt8(ascii: "0")
        bytes.append(contentsOf: tokens.bytes[range.dropFirst(isNegativeZero && isMinus(range) ? 1 : 0)])
    }

    private func isMinus(_ range: Range<Int>) -> Bool {
        tokens.bytes[range.lowerBound] == UInt8(ascii: "-")
    }

    /// Writes a string in UTF-8, with the escapes that JSON demands.
    mutating func copy(_ range: Range<Int>, isEscaped: Bool, codec: String) throws(TaskiqError) {
        bytes.append(UInt8(ascii: "\""))
        if isEscaped {
            text.removeAll(keepingCapacity: true)
            if tokens.unescape(range, into: &text) { throw .loneSurrogate(codec) }
            JSONText.append(escaping: text[...], to: &bytes)
        } else {
            bytes.append(contentsOf: tokens.bytes[range])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes a string in ASCII.
    mutating func copyAsASCII(_ range: Range<Int>, isEscaped: Bool) {
        bytes.append(UInt8(ascii: "\""))
        if isEscaped {
            text.removeAll(keepingCapacity: true)
            _ = tokens.unescape(range, into: &text)
            JSONText.append(escapingToASCII: text[...], to: &bytes)
        } else {
            JSONText.append(escapingToASCII: tokens.bytes[range], to: &bytes)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

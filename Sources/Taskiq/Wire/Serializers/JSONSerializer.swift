// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Python's `json`: the serializer that taskiq uses unless told otherwise.
///
/// It writes what `json.dumps` writes, byte for byte: a space after each comma and colon, floats by `repr`, and either
/// ASCII alone (the default) or UTF-8. It reads any JSON text.
public struct JSONSerializer: TaskiqSerializer, Hashable {
    /// Whether characters beyond ASCII, and DEL, are written as `\uXXXX`.
    public let ensureASCII: Bool

    /// Makes a serializer.
    ///
    /// - Parameter ensureASCII: whether characters beyond ASCII, and DEL, are written as `\uXXXX`.
    public init(ensureASCII: Bool = true) {
        self.ensureASCII = ensureASCII
    }

    /// Writes a value.
    ///
    /// - Parameter value: the value.
    /// - Returns: its JSON text.
    /// - Throws: `TaskiqError` with code `unencodable` for a lone surrogate that would have to be UTF-8.
    public func dumpb(_ value: JSONFragment) throws(TaskiqError) -> [UInt8] {
        var writer = JSONRewriter(value, spacing: true)
        while let token = writer.step() {
            switch token {
            case .string(let range, let isEscaped):
                if !ensureASCII {
                    try writer.copy(range, isEscaped: isEscaped, codec: "UTF-8 JSON")
                } else {
                    writer.copyAsASCII(range, isEscaped: isEscaped)
                }
            case .real(let range): PythonFloat.writeRepr(writer.tokens.double(range), to: &writer.bytes)
            case .integer(let range): writer.copy(integer: range)
            default: break
            }
        }
        return writer.bytes
    }

    /// Reads a value.
    ///
    /// - Parameter data: JSON text, in UTF-8.
    /// - Returns: the value, which shares the storage of the text.
    /// - Throws: `TaskiqError` with code `malformed`.
    public func loadb(_ data: [UInt8]) throws(TaskiqError) -> JSONFragment {
        try JSONFragment(parsing: data)
    }
}

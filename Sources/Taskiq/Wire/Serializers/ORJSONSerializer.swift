// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Python's `orjson`: compact JSON in UTF-8, with integers of 64 bits.
///
/// It reads any JSON text; integers beyond 64 bits keep their digits, where orjson makes floats of them.
public struct ORJSONSerializer: TaskiqSerializer, Hashable {
    /// Makes a serializer.
    public init() {}

    /// Writes a value.
    ///
    /// - Parameter value: the value.
    /// - Returns: its JSON text; `NaN` and infinities become `null`.
    /// - Throws: `TaskiqError` with code `unencodable` for integers beyond 64 bits and for lone surrogates.
    public func dumpb(_ value: JSONFragment) throws(TaskiqError) -> [UInt8] {
        var writer = JSONRewriter(value, spacing: false)
        while let token = writer.step() {
            switch token {
            case .string(let range, let isEscaped): try writer.copy(range, isEscaped: isEscaped, codec: "orjson")
            case .real(let range): PythonFloat.writeORJSON(writer.tokens.double(range), to: &writer.bytes)
            case .integer(let range):
                if case .large(let digits, _) = writer.tokens.integer(range) {
                    throw .tooLarge("orjson", digits: digits.count)
                }
                writer.copy(integer: range)
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

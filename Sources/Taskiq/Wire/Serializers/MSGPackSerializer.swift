// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// MessagePack, as Python's `msgpack` writes it: each value in its shortest form, floats in 64 bits.
///
/// It reads besides: floats of 32 bits, bytes (as Base64 text), timestamps (as ISO 8601 text in UTC), and keys of maps
/// that are numbers, booleans or nil (as the text that Python makes of them). Other extension types are refused.
public struct MSGPackSerializer: TaskiqSerializer, Hashable {
    /// Makes a serializer.
    public init() {}

    /// Writes a value.
    ///
    /// - Parameter value: the value.
    /// - Returns: its MessagePack form.
    /// - Throws: `TaskiqError` with code `unencodable` for integers beyond 64 bits, for lone surrogates, and for what
    ///   is longer than 4 GiB.
    public func dumpb(_ value: JSONFragment) throws(TaskiqError) -> [UInt8] {
        var writer = MSGPackWriter(value)
        try writer.write()
        return writer.bytes
    }

    /// Reads a value.
    ///
    /// - Parameter data: exactly one value.
    /// - Returns: the value as JSON.
    /// - Throws: `TaskiqError` with code `malformed`.
    public func loadb(_ data: [UInt8]) throws(TaskiqError) -> JSONFragment {
        var reader = MSGPackReader(data)
        return try reader.read()
    }
}

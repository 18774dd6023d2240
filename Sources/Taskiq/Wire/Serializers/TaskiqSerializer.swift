// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Turns JSON values into bytes and back: Python taskiq's serializer.
///
/// Python converts everything to JSON values before it serializes, whatever the codec, so a serializer never meets
/// anything else; numbers keep their size on the way.
public protocol TaskiqSerializer: Sendable {
    /// Writes a value.
    ///
    /// - Parameter value: the value.
    /// - Returns: its bytes.
    /// - Throws: `TaskiqError` with code `unencodable` for a value that this codec cannot hold.
    func dumpb(_ value: JSONFragment) throws(TaskiqError) -> [UInt8]

    /// Reads a value.
    ///
    /// - Parameter data: exactly one value.
    /// - Returns: the value as JSON.
    /// - Throws: `TaskiqError` with code `malformed`, or `security` for bytes that ask to run code; the message says
    ///   at which byte and why.
    func loadb(_ data: [UInt8]) throws(TaskiqError) -> JSONFragment
}

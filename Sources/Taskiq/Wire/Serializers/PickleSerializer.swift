// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Python's `pickle`, for plain data and nothing else.
///
/// It writes protocol 4 as Python does for dictionaries, lists, strings, numbers, booleans and `None`. It reads those,
/// tuples, sets and bytes (as Base64 text) in protocols 2 to 5. A pickle is a program, and what makes it one is refused:
/// every opcode that names a class, calls something or asks for an object from elsewhere is an error with code
/// `security`.
///
/// Reading takes memory of up to about 50 times the input, as Python's own does.
public struct PickleSerializer: TaskiqSerializer, Hashable {
    /// Makes a serializer.
    public init() {}

    /// Writes a value.
    ///
    /// Python writes an object that it meets again as a reference to the first. Which strings are one object is not
    /// known from a value; as in Python, those of at most one character up to U+00FF always are, and no others here.
    ///
    /// - Parameter value: the value.
    /// - Returns: its pickle.
    /// - Throws: `TaskiqError` with code `unencodable` for integers of more than 4300 digits.
    public func dumpb(_ value: JSONFragment) throws(TaskiqError) -> [UInt8] {
        var writer = PickleWriter(value)
        return try writer.write()
    }

    /// Reads a value.
    ///
    /// - Parameter data: exactly one pickle.
    /// - Returns: the value as JSON.
    /// - Throws: `TaskiqError` with code `malformed`, or `security` for a pickle that is not plain data.
    public func loadb(_ data: [UInt8]) throws(TaskiqError) -> JSONFragment {
        var reader = try PickleReader(data)
        return try reader.read()
    }
}

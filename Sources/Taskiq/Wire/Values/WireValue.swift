// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A type that does not travel as its own `Encodable` conformance would have it, but as Python's type of that meaning.
protocol WireEncodable: Encodable {
    /// Writes the value as Python taskiq does.
    ///
    /// - Throws: `EncodingError` for a value that has no such form.
    func write(to output: JSONOutput) throws
}

/// A type that is read in the forms in which Python's type of that meaning travels.
protocol WireDecodable: Decodable {
    /// Reads a value.
    ///
    /// - Throws: `DecodingError` that says what was expected and what came.
    static func read(from decoder: JSONFragmentDecoder) throws -> Self
}

/// How much a value may be converted on its way to a type.
enum Conversion {
    /// Only what is of the type's own kind.
    case strict
    /// Also what pydantic converts for a parameter: `"11"`, `1.0` and `true` to an integer, for example.
    case lax
}

/// A value as another type; nil unless the two are the very same type.
@inline(__always)
func same<From, To>(_ value: From, as type: To.Type) -> To? {
    // Cheaper by far than `as?`, which asks the runtime; the bits are the same because the types are.
    From.self == To.self ? unsafeBitCast(value, to: To.self) : nil
}

/// A value as the type that its caller has found to be the very same.
///
/// It returns no optional, as `same` does, because an optional of a type that is known only at run time costs more than all the rest.
@inlinable
@inline(__always)
func identical<From, To>(_ value: From, as type: To.Type) -> To {
    unsafeBitCast(value, to: To.self)
}

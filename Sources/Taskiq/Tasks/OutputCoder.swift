// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// How a task's return value becomes JSON and a value again.
///
/// There is one for every `Codable` type and one for `Void`, which is `null` on the wire.
public struct OutputCoder<Output: Sendable>: Sendable {
    let encode: @Sendable (Output) throws -> JSONFragment
    let decode: @Sendable (JSONFragment) throws -> Output

    /// Makes a coder.
    ///
    /// - Parameters:
    ///   - encode: makes JSON of a value.
    ///   - decode: reads the value back.
    public init(
        encode: @escaping @Sendable (Output) throws -> JSONFragment,
        decode: @escaping @Sendable (JSONFragment) throws -> Output
    ) {
        self.encode = encode
        self.decode = decode
    }
}

extension OutputCoder where Output: Codable {
    /// The coder of a `Codable` type; it reads with the conversions that pydantic makes for a Python task's return type.
    public static var codable: OutputCoder {
        OutputCoder {
            try JSONFragment(encoding: $0)
        } decode: {
            try $0.decodeLax(Output.self)
        }
    }
}

extension OutputCoder where Output == Void {
    /// The coder of tasks that return nothing; whatever a Python task returned is ignored.
    public static var void: OutputCoder {
        OutputCoder { _ in
            .null
        } decode: { _ in
        }
    }
}

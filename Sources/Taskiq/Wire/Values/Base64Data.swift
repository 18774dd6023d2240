// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Bytes of any kind as an argument or return value; they travel as Base64 text.
///
/// The peer in Python is pydantic's `Base64Bytes`. Plain `Data` travels as Python's `bytes`, which must be UTF-8 text.
///
/// ```swift
/// broker.task("thumbnail") { (image: Base64Data) in … image.bytes … }
/// try await thumbnail.kiq(Base64Data(data))
/// ```
public struct Base64Data: Sendable, Hashable {
    /// The bytes.
    public var bytes: [UInt8]

    /// Takes bytes, those of `Data` for example.
    public init(_ bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }
}

extension Base64Data: Codable {
    /// Reads Base64 text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let bytes = Base64.decode(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected Base64 text")
        }
        self.bytes = bytes
    }

    /// Writes Base64 text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Base64.encode(bytes))
    }
}

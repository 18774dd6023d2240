// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import CZeroMQ

/// A CURVE key pair, in the Z85 that ZeroMQ's tools write: 40 characters for 32 bytes.
package struct CurveKeyPair: Sendable, Hashable {
    /// How many characters a key has.
    package static let length = 40

    /// What others may know.
    package let publicKey: String
    /// What nobody else may know.
    package let secretKey: String

    /// Makes a new pair, from the system's randomness.
    ///
    /// - Returns: the pair.
    /// - Throws: `ZeroMQError` with `notSupported` when this libzmq was built without CURVE.
    package static func generate() throws(ZeroMQError) -> CurveKeyPair {
        var publicKey = [CChar](repeating: 0, count: length + 1)
        var secretKey = publicKey
        guard zmq_curve_keypair(&publicKey, &secretKey) == 0 else { throw ZeroMQError.last("make a key pair") }
        return CurveKeyPair(publicKey: text(publicKey), secretKey: text(secretKey))
    }

    /// The pair that a secret key is one half of.
    ///
    /// - Parameter secretKey: the secret key.
    /// - Throws: `ZeroMQError` with `invalidArgument` for what is no key.
    package init(secretKey: String) throws(ZeroMQError) {
        guard Self.isKey(secretKey) else { throw ZeroMQError(.invalidArgument, operation: "read a secret key") }
        var publicKey = [CChar](repeating: 0, count: Self.length + 1)
        guard zmq_curve_public(&publicKey, secretKey) == 0 else { throw ZeroMQError.last("read a secret key") }
        self.init(publicKey: Self.text(publicKey), secretKey: secretKey)
    }

    private init(publicKey: String, secretKey: String) {
        self.publicKey = publicKey
        self.secretKey = secretKey
    }

    /// Whether a text can be a key: 40 characters of Z85 that stand for 32 bytes.
    ///
    /// - Parameter text: the text.
    /// - Returns: whether it can.
    package static func isKey(_ text: String) -> Bool {
        guard text.utf8.count == length, text.utf8.allSatisfy({ alphabet.contains($0) }) else { return false }
        var bytes = [UInt8](repeating: 0, count: 32)
        return zmq_z85_decode(&bytes, text) != nil
    }

    /// A key as text.
    ///
    /// - Parameter bytes: the key, as it travels.
    /// - Returns: its Z85; nil unless there are 32 bytes.
    package static func text(of bytes: [UInt8]) -> String? {
        guard bytes.count == 32 else { return nil }
        var buffer = [CChar](repeating: 0, count: length + 1)
        guard zmq_z85_encode(&buffer, bytes, bytes.count) != nil else { return nil }
        return text(buffer)
    }

    // libzmq reads the table of Z85 with whatever byte it is given.
    private static let alphabet = Set(
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#".utf8
    )

    private static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension CurveKeyPair: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The public half: a secret must not end in a log because somebody printed what holds it.
    package var description: String { "key pair \(publicKey)" }
    /// The public half.
    package var debugDescription: String { description }
    /// The public half.
    package var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey]) }
}

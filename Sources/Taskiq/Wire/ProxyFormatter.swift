// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Python taskiq's default formatter: the message object through a serializer.
///
/// Messages in JSON are read whatever the serializer, so that a worker that was set up with another one still runs what
/// schedulers and command lines send.
///
/// With `JSONSerializer()` the bytes are those of a Python broker that was told nothing; its messages and those of
/// `JSONFormatter` are read by either.
public struct ProxyFormatter: TaskiqFormatter {
    /// What turns the message object into bytes and back.
    public let serializer: any TaskiqSerializer

    /// Makes a formatter.
    ///
    /// - Parameter serializer: what turns the message object into bytes and back; the same on all sides.
    public init(serializer: any TaskiqSerializer = JSONSerializer()) {
        self.serializer = serializer
    }

    /// Encodes a message.
    ///
    /// - Parameter message: the message.
    /// - Returns: what a transport sends.
    /// - Throws: `TaskiqError` with code `unencodable` for arguments that the serializer cannot hold.
    public func dumps(_ message: TaskiqMessage) throws(TaskiqError) -> BrokerMessage {
        var encoded = try JSONFormatter().dumps(message)
        encoded.message = try serializer.dumpb(JSONFragment(trusting: encoded.message))
        return encoded
    }

    /// Decodes a message.
    ///
    /// - Parameter data: what a transport received.
    /// - Returns: the message.
    /// - Throws: `TaskiqError` with code `malformed`, or `security` for a pickle that is not plain data.
    public func loads(_ data: [UInt8]) throws(TaskiqError) -> TaskiqMessage {
        // No message of another codec begins with this byte: it is a number in MessagePack, text in CBOR, and no opcode
        // of the pickles that are read here.
        if serializer is JSONSerializer || serializer is ORJSONSerializer || data.first == UInt8(ascii: "{") {
            return try JSONFormatter().loads(data)
        }
        return try JSONFormatter().loads(try serializer.loadb(data).ownedBytes)
    }
}

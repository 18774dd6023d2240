// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension StoredResult {
    /// The result's bytes by a serializer, as Python's result backends store it.
    ///
    /// - Parameter serializer: the backend's serializer; Python's default for Redis, NATS and Postgres is pickle.
    /// - Returns: the bytes.
    /// - Throws: `TaskiqError` with code `unencodable` for values that the serializer cannot hold.
    public func serialized(by serializer: any TaskiqSerializer) throws(TaskiqError) -> [UInt8] {
        try serializer.dumpb(JSONFragment(trusting: json()))
    }

    /// Reads a result that was stored by a serializer.
    ///
    /// - Parameters:
    ///   - bytes: the stored bytes.
    ///   - serializer: the backend's serializer.
    /// - Throws: `TaskiqError` with code `malformed`, or `security` for a pickle that is not plain data.
    public init(serialized bytes: [UInt8], by serializer: any TaskiqSerializer) throws(TaskiqError) {
        if serializer is JSONSerializer || serializer is ORJSONSerializer {
            // JSON text is read as it is.
            try self.init(json: bytes)
        } else {
            try self.init(json: try serializer.loadb(bytes).ownedBytes)
        }
    }
}

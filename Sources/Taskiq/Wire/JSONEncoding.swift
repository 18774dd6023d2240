// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Encodes one Swift value as compact JSON, straight into the output.
///
/// That works while containers are filled one after the other, as synthesised conformances do. A value that fills them
/// in any other way is encoded again, as a tree (`JSONTreeEncoding`).
struct JSONEncoding: Encoder {
    let output: JSONOutput
    /// Which of the output's open values this is, counted from 1.
    let level: Int

    var codingPath: [any CodingKey] { output.path(to: level) }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        guard output.open(.object, at: level) else { return tree().container(keyedBy: type) }
        return output.container(keyedBy: type, at: level)
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        guard output.open(.array, at: level) else { return tree().unkeyedContainer() }
        return JSONUnkeyedEncodingContainer(output: output, level: level)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        JSONSingleValueEncodingContainer(output: output, level: level)
    }

    /// An encoder for what comes out of order; the value starts anew afterwards, so what this one takes is dropped.
    func tree() -> JSONTreeEncoding {
        output.needTree(at: level)
        return JSONTreeEncoding(node: JSONTreeEncoding.Node(output.sharedTreeTypes), codingPath: codingPath)
    }
}

extension Encoder {
    /// Writes a value in its form on the wire, if this is one of the library's encoders; false if it is another.
    func write(_ value: some WireEncodable) throws -> Bool {
        guard self is JSONEncoding || self is JSONTreeEncoding else { return false }
        var container = singleValueContainer()
        try container.encode(value)
        return true
    }
}

extension JSONEncoding {
    static func bytes(of value: some Encodable) throws(TaskiqError) -> [UInt8] {
        try JSONOutput.lend { (output) throws(TaskiqError) in
            try write(value, to: output)
            return output.bytes
        }
    }

    /// Writes a value, with the reason in the library's own error if that cannot be.
    static func write<Value: Encodable>(_ value: Value, to output: JSONOutput) throws(TaskiqError) {
        do {
            try output.write(value, key: nil)
            try output.checkDepth()
        } catch {
            throw failure(Value.self, error)
        }
    }

    /// The members of a value that encodes as an object.
    static func members<Value: Encodable>(of value: Value) throws(TaskiqError) -> KeywordArguments {
        try JSONOutput.lend { (output) throws(TaskiqError) in
            do {
                try output.writeEncoded(value, key: nil)
                try output.checkDepth()
            } catch {
                throw failure(Value.self, error)
            }
            let object = JSONFragment(trusting: output.bytes)
            if let count = output.memberCount { return KeywordArguments(trusting: object, count: count) }
            return try KeywordArguments(object)
        }
    }

    private static func failure(_ type: any Any.Type, _ error: any Error) -> TaskiqError {
        TaskiqError(.unencodable, "cannot encode \(type) as JSON: \(readableDescription(of: error))")
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// An optional converts like the type it wraps.
extension Optional: WireDecodable where Wrapped: Decodable {
    static func read(from decoder: JSONFragmentDecoder) throws -> Wrapped? {
        decoder.fragment.isNull ? nil : try decoder.decode(Wrapped.self)
    }
}

/// A dictionary travels as an object whatever its keys are, as Python's does: numbers, UUIDs, dates and raw values become
/// text.
///
/// Swift's own way is an array of keys and values in turn, unless the keys are strings or integers; that is read too, and
/// written where the keys are neither text nor numbers.
extension Dictionary: WireEncodable where Key: Encodable, Value: Encodable {
    func write(to output: JSONOutput) throws {
        var members: [(key: String, value: Value)] = []
        members.reserveCapacity(count)
        for (key, value) in self {
            guard let name = try JSONOutput.name(of: key) else { return try output.writeEncoded(self, key: nil) }
            members.append((name, value))
        }
        try output.writeObject { member in
            for (key, value) in members { try member(key, value) }
        }
    }
}

extension Dictionary: WireDecodable where Key: Decodable, Value: Decodable {
    static func read(from decoder: JSONFragmentDecoder) throws -> [Key: Value] {
        guard decoder.kind == .object else { return try Self(from: decoder) }
        let fragment = decoder.fragment
        let entries = decoder.ownMembers.entries
        var dictionary = Self(minimumCapacity: entries.count)
        for entry in entries {
            let name = fragment.text(of: entry.key)
            let value = JSONFragment(trusting: fragment.storage, range: entry.value)
            let key = try Self.key(named: name, decoder)
            dictionary[key] = try value.read(Value.self, decoder.conversion) {
                decoder.decoder(of: value, for: JSONName(stringValue: name))
            }
        }
        return dictionary
    }

    private static func key(named name: String, _ decoder: JSONFragmentDecoder) throws -> Key {
        if let key = same(name, as: Key.self) { return key }
        do {
            return try JSONFragment(string: name).decodeLax(Key.self)
        } catch {
            // A raw value that is a number has become text on its way.
            if let key = try? JSONFragment(parsing: name).decode(Key.self) { return key }
            throw decoder.decoder(of: JSONFragment(string: name), for: JSONName(stringValue: name))
                .mismatch("a key that is \(Key.self)", Key.self)
        }
    }
}

extension JSONOutput {
    /// What a dictionary's key is called in an object; nil if it is neither text nor a number, `true`, `false` or nil.
    static func name(of key: some Encodable) throws -> String? {
        if let name = same(key, as: String.self) { return name }
        let output = JSONOutput()
        try output.write(key, key: nil)
        let fragment = JSONFragment(trusting: output.bytes)
        switch fragment.kind {
        case .string: return fragment.stringValue()
        case .number, .bool: return fragment.text
        // Python's word for it.
        case .null: return "None"
        case .object, .array: return nil
        }
    }
}

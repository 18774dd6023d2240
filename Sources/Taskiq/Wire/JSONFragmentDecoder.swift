// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Decodes Swift types straight from the bytes of a fragment, with no tree in between.
final class JSONFragmentDecoder: JSONMemberSource, Decoder {
    let fragment: JSONFragment
    private let wantedConversion: Conversion
    override var conversion: Conversion { wantedConversion }
    private let parent: JSONFragmentDecoder?
    private let key: (any CodingKey)?
    private var members: JSONMembers?

    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(
        _ fragment: JSONFragment,
        conversion: Conversion = .strict,
        parent: JSONFragmentDecoder? = nil,
        key: (any CodingKey)? = nil
    ) {
        self.fragment = fragment
        wantedConversion = conversion
        self.parent = parent
        self.key = key
    }

    /// From the outermost value inwards.
    override var codingPath: [any CodingKey] {
        var path: [any CodingKey] = []
        var decoder: JSONFragmentDecoder? = self
        while let current = decoder {
            if let key = current.key { path.append(key) }
            decoder = current.parent
        }
        return path.reversed()
    }

    /// The same value, for those who ask whether it is of a type rather than for a conversion.
    var strict: JSONFragmentDecoder {
        conversion == .strict ? self : JSONFragmentDecoder(fragment, conversion: .strict, parent: parent, key: key)
    }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try fragment.read(type, conversion) { self }
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard kind == .object else { throw mismatch("an object", [String: JSONFragment].self) }
        return JSONContainers.decoding(keyedBy: type, self, isHeld: true)
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        JSONUnkeyedContainer(elements: try elements(), decoder: self)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        JSONSingleValueContainer(decoder: self)
    }

    // MARK: Reading

    var kind: JSONFragment.Kind { fragment.kind }

    func elements() throws -> [JSONFragment] {
        guard kind == .array else { throw mismatch("an array", [JSONFragment].self) }
        var scanner = JSONScanner(fragment)
        return try scanner.array()
    }

    func string() throws -> String {
        guard let value = fragment.stringValue() else { throw mismatch("a string", String.self) }
        return value
    }

    func bool() throws -> Bool {
        guard let value = fragment.boolValue(conversion) else { throw mismatch("true or false", Bool.self) }
        return value
    }

    func integer<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
        guard let value = fragment.integerValue(type, conversion) else { throw integerMismatch(type) }
        return value
    }

    func double() throws -> Double {
        guard let value = fragment.doubleValue(conversion) else { throw mismatch("a number", Double.self) }
        return value
    }

    // MARK: Members

    /// The members of the object; none if it is none.
    var ownMembers: JSONMembers {
        if let members { return members }
        let members = JSONMembers(of: fragment)
        self.members = members
        return members
    }

    override var names: [String] { ownMembers.names(in: fragment) }

    override func member(_ name: String) -> JSONFragment? {
        if members == nil { members = JSONMembers(of: fragment) }
        return members?.value(of: name, in: fragment)
    }

    override func isNil(_ key: some CodingKey) throws -> Bool {
        guard let value = member(key.stringValue) else { throw absent(key) }
        return value.isNull
    }

    override func decoder(of value: JSONFragment, for key: some CodingKey) -> JSONFragmentDecoder {
        JSONFragmentDecoder(value, conversion: conversion, parent: self, key: key)
    }

    override func superDecoder() -> any Decoder {
        JSONFragmentDecoder(member("super") ?? .null, conversion: conversion, parent: self)
    }

    // MARK: Errors

    func integerMismatch(_ type: any FixedWidthInteger.Type) -> DecodingError {
        mismatch(kind == .number ? "an integer that fits \(type)" : "an integer", type)
    }

    func mismatch(_ wanted: String, _ type: any Any.Type) -> DecodingError {
        let shown = fragment.text
        let found = shown.utf8.count > 60 ? "\(shown.prefix(60))…" : shown
        let context = DecodingError.Context(
            codingPath: codingPath,
            debugDescription: "expected \(wanted), found \(found)"
        )
        return kind == .null
            ? .valueNotFound(type, context)
            : .typeMismatch(type, context)
    }
}

extension JSONFragment {
    /// Reads the value as a type; the closure makes the decoder of this value, which most values do without.
    @inline(__always)
    func read<Value: Decodable>(
        _ type: Value.Type,
        _ conversion: Conversion,
        _ decoder: () -> JSONFragmentDecoder
    ) throws -> Value {
        if Value.self == Int.self {
            guard let value = integerValue(Int.self, conversion) else { throw decoder().integerMismatch(Int.self) }
            return identical(value, as: type)
        }
        if Value.self == String.self {
            guard let value = stringValue() else { throw decoder().mismatch("a string", type) }
            return identical(value, as: type)
        }
        if Value.self == Bool.self {
            guard let value = boolValue(conversion) else { throw decoder().mismatch("true or false", type) }
            return identical(value, as: type)
        }
        if Value.self == Double.self {
            guard let value = doubleValue(conversion) else { throw decoder().mismatch("a number", type) }
            return identical(value, as: type)
        }
        if Value.self == JSONFragment.self { return identical(self, as: type) }
        // Arrays of these, if all elements are what they should be; else the common way finds the one to name.
        if Value.self == [Int].self, let values = elements({ $0.integerValue(Int.self, conversion) }) {
            return identical(values, as: type)
        }
        if Value.self == [String].self, let values = elements({ $0.stringValue() }) {
            return identical(values, as: type)
        }
        if Value.self == Int?.self, kind == .number, let value = integerValue(Int.self, conversion) {
            return identical(Int?.some(value), as: type)
        }
        if Value.self == String?.self, let value = stringValue() { return identical(String?.some(value), as: type) }
        return try readOther(type, decoder())
    }

    @inline(never)
    private func readOther<Value: Decodable>(_ type: Value.Type, _ decoder: JSONFragmentDecoder) throws -> Value {
        if let wire = Value.self as? any WireDecodable.Type, let value = try wire.read(as: type, from: decoder) {
            return value
        }
        return try Value(from: decoder)
    }

    /// The elements of an array, if all can be read; nil otherwise.
    private func elements<Element>(_ read: (JSONFragment) -> Element?) -> [Element]? {
        guard kind == .array else { return nil }
        var scanner = JSONScanner(self)
        guard let fragments = try? scanner.array() else { return nil }
        var values: [Element] = []
        values.reserveCapacity(fragments.count)
        for fragment in fragments {
            guard let value = read(fragment) else { return nil }
            values.append(value)
        }
        return values
    }
}

extension WireDecodable {
    /// Reads a value as a type that is this one under another name; nil if it is another.
    fileprivate static func read<Value>(as type: Value.Type, from decoder: JSONFragmentDecoder) throws -> Value? {
        same(try read(from: decoder), as: type)
    }
}

extension JSONFragment: Codable {
    /// Takes the value as it stands; other decoders than this library's cannot give the bytes away.
    public init(from decoder: any Decoder) throws {
        guard let decoder = decoder as? JSONFragmentDecoder else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "a JSON fragment can only be read by taskiq's own decoder"
                )
            )
        }
        self = decoder.fragment
    }

    /// Puts the value in as it stands.
    public func encode(to encoder: any Encoder) throws {
        guard try encoder.write(self) else {
            throw EncodingError.invalidValue(
                self,
                .init(
                    codingPath: encoder.codingPath,
                    debugDescription: "a JSON fragment can only be written by taskiq's own encoder"
                )
            )
        }
    }
}

extension JSONFragment: WireEncodable {
    func write(to output: JSONOutput) { output.write(self) }
}

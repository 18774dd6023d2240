// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The members of an object, or a task's arguments by name.
struct JSONKeyedContainer<Key: CodingKey>: JSONKeyedDecoding {
    // Not counted, because the standard library copies the container for each value that it reads; a lent one does not
    // hold it.
    private let members: Unmanaged<JSONMemberSource>
    private let owner: JSONMemberSource?

    init(source: JSONMemberSource, isHeld: Bool) {
        members = .passUnretained(source)
        owner = isHeld ? source : nil
    }

    private var source: JSONMemberSource { members.takeUnretainedValue() }

    var codingPath: [any CodingKey] { source.codingPath }
    var allKeys: [Key] { source.names.compactMap(Key.init(stringValue:)) }

    func contains(_ key: Key) -> Bool {
        // What is wrong with a member is reported when it is read.
        do { return try source.member(key.stringValue) != nil } catch { return true }
    }

    func decodeNil(forKey key: Key) throws -> Bool {
        try source.isNil(key)
    }

    // MARK: Values

    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool {
        try members._withUnsafeGuaranteedRef { $0.nextBool(key.stringValue) } ?? bool(value(key), key)
    }
    func decode(_ type: String.Type, forKey key: Key) throws -> String {
        try members._withUnsafeGuaranteedRef { $0.nextString(key.stringValue) } ?? string(value(key), key)
    }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try double(value(key), key) }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { Float(try double(value(key), key)) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int {
        try members._withUnsafeGuaranteedRef { $0.nextInteger(key.stringValue) } ?? integer(value(key), key)
    }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try integer(value(key), key) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try integer(value(key), key) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try integer(value(key), key) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try integer(value(key), key) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try integer(value(key), key) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try integer(value(key), key) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try integer(value(key), key) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try integer(value(key), key) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try integer(value(key), key) }
    func decode(_ type: Int128.Type, forKey key: Key) throws -> Int128 { try integer(value(key), key) }
    func decode(_ type: UInt128.Type, forKey key: Key) throws -> UInt128 { try integer(value(key), key) }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        let value = try value(key)
        return try value.read(type, source.conversion) { source.decoder(of: value, for: key) }
    }

    // MARK: Values that may be absent

    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try some(key).map { try bool($0, key) } }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        try some(key).map { try string($0, key) }
    }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
        try some(key).map { try double($0, key) }
    }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        try some(key).map { try integer($0, key) }
    }
    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        try some(key).map { value in
            try value.read(type, source.conversion) { source.decoder(of: value, for: key) }
        }
    }

    // MARK: Containers

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try decoder(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { source.superDecoder() }

    func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }

    // MARK: Reading

    @inline(__always)
    private func value(_ key: Key) throws -> JSONFragment {
        guard let value = try source.member(key.stringValue) else { throw source.absent(key) }
        return value
    }

    /// The value of a key; nil if there is none, or it is null.
    @inline(__always)
    private func some(_ key: Key) throws -> JSONFragment? {
        guard let value = try source.member(key.stringValue), !value.isNull else { return nil }
        return value
    }

    private func decoder(_ key: Key) throws -> JSONFragmentDecoder {
        source.decoder(of: try value(key), for: key)
    }

    @inline(__always)
    private func integer<Number: FixedWidthInteger>(_ value: JSONFragment, _ key: Key) throws -> Number {
        if let number = value.integerValue(Number.self, source.conversion) { return number }
        throw source.decoder(of: value, for: key).integerMismatch(Number.self)
    }

    @inline(__always)
    private func string(_ value: JSONFragment, _ key: Key) throws -> String {
        if let text = value.stringValue() { return text }
        throw source.decoder(of: value, for: key).mismatch("a string", String.self)
    }

    private func bool(_ value: JSONFragment, _ key: Key) throws -> Bool {
        if let bool = value.boolValue(source.conversion) { return bool }
        throw source.decoder(of: value, for: key).mismatch("true or false", Bool.self)
    }

    private func double(_ value: JSONFragment, _ key: Key) throws -> Double {
        if let number = value.doubleValue(source.conversion) { return number }
        throw source.decoder(of: value, for: key).mismatch("a number", Double.self)
    }
}

struct JSONUnkeyedContainer: UnkeyedDecodingContainer {
    private let elements: [JSONFragment]
    private let decoder: JSONFragmentDecoder
    private(set) var currentIndex = 0

    init(elements: [JSONFragment], decoder: JSONFragmentDecoder) {
        self.elements = elements
        self.decoder = decoder
    }

    var codingPath: [any CodingKey] { decoder.codingPath }
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex >= elements.count }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, elements[currentIndex].isNull else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode(_ type: Bool.Type) throws -> Bool { try take { try $0.bool() } }
    mutating func decode(_ type: Float.Type) throws -> Float { Float(try take { try $0.double() }) }
    mutating func decode(_ type: Int8.Type) throws -> Int8 { try take { try $0.integer(type) } }
    mutating func decode(_ type: Int16.Type) throws -> Int16 { try take { try $0.integer(type) } }
    mutating func decode(_ type: Int32.Type) throws -> Int32 { try take { try $0.integer(type) } }
    mutating func decode(_ type: Int64.Type) throws -> Int64 { try take { try $0.integer(type) } }
    mutating func decode(_ type: UInt.Type) throws -> UInt { try take { try $0.integer(type) } }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try take { try $0.integer(type) } }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try take { try $0.integer(type) } }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try take { try $0.integer(type) } }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try take { try $0.integer(type) } }
    mutating func decode(_ type: Int128.Type) throws -> Int128 { try take { try $0.integer(type) } }
    mutating func decode(_ type: UInt128.Type) throws -> UInt128 { try take { try $0.integer(type) } }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        guard !isAtEnd else { throw ended }
        let index = currentIndex
        let element = elements[index]
        let value = try element.read(type, decoder.conversion) {
            decoder.decoder(of: element, for: JSONIndex(intValue: index))
        }
        currentIndex += 1
        return value
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        try take { try $0.container(keyedBy: type) }
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try take { try $0.unkeyedContainer() }
    }

    mutating func superDecoder() throws -> any Decoder {
        try take { $0 }
    }

    /// An element that is not what was asked for stays the next one, so that something else may be asked.
    private mutating func take<Value>(_ read: (JSONFragmentDecoder) throws -> Value) throws -> Value {
        guard !isAtEnd else { throw ended }
        let value = try read(decoder.decoder(of: elements[currentIndex], for: JSONIndex(intValue: currentIndex)))
        currentIndex += 1
        return value
    }

    private var ended: DecodingError {
        let context = DecodingError.Context(
            codingPath: codingPath + [JSONIndex(intValue: currentIndex)],
            debugDescription: "the array ends before this element"
        )
        return .valueNotFound(JSONFragment.self, context)
    }
}

/// A value by itself, which is probed rather than converted: a type that may be a number or text tries one after the
/// other, and `"5"` must stay text.
struct JSONSingleValueContainer: SingleValueDecodingContainer {
    private let decoder: JSONFragmentDecoder

    init(decoder: JSONFragmentDecoder) {
        self.decoder = decoder.strict
    }

    var codingPath: [any CodingKey] { decoder.codingPath }

    func decodeNil() -> Bool { decoder.fragment.isNull }
    func decode(_ type: Bool.Type) throws -> Bool { try decoder.bool() }
    func decode(_ type: String.Type) throws -> String { try decoder.string() }
    func decode(_ type: Double.Type) throws -> Double { try decoder.double() }
    func decode(_ type: Float.Type) throws -> Float { Float(try decoder.double()) }
    func decode(_ type: Int.Type) throws -> Int { try decoder.integer(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try decoder.integer(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try decoder.integer(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try decoder.integer(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try decoder.integer(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try decoder.integer(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try decoder.integer(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try decoder.integer(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try decoder.integer(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try decoder.integer(type) }
    func decode(_ type: Int128.Type) throws -> Int128 { try decoder.integer(type) }
    func decode(_ type: UInt128.Type) throws -> UInt128 { try decoder.integer(type) }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try decoder.decode(type) }
}

/// A place in an array, as a coding key.
struct JSONIndex: CodingKey {
    let intValue: Int?
    var stringValue: String { intValue.map(String.init) ?? "" }

    init(intValue: Int) { self.intValue = intValue }
    init?(stringValue: String) { nil }
}

/// The name of a member, as a coding key.
struct JSONName: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

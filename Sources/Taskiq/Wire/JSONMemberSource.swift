// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What a keyed container reads its members from: an object, or a task's arguments by name.
///
/// It is a class and no protocol so that containers are generic over their keys alone: each parameter more is a look-up
/// at run time for each container.
class JSONMemberSource {
    // The text of an object whose members are asked for in the order in which they stand, as mostly they are; whoever
    // begins with it sees to it that it lives as long as the source.
    @exclusivity(unchecked) private final var text = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    /// Where the text goes on.
    @exclusivity(unchecked) private final var position = 0
    /// Whether there is such a text, and all members so far came in order.
    @exclusivity(unchecked) final private(set) var isInOrder = false
    /// How many members were taken from the text.
    @exclusivity(unchecked) final private(set) var taken = 0

    /// Begins with an object whose members have different names and may be asked for in order.
    @inline(__always)
    final func beginInOrder(_ object: UnsafeBufferPointer<UInt8>) {
        (text, position, taken, isInOrder) = (object, 0, 0, true)
    }

    /// Has the members be asked for in any order from now on.
    @inline(__always)
    final func leaveOrder() { isInOrder = false }

    // MARK: What differs

    var codingPath: [any CodingKey] { [] }
    var names: [String] { [] }
    var conversion: Conversion { .lax }

    /// The value of a member; nil if there is none.
    func member(_ name: String) throws -> JSONFragment? { nil }

    /// Whether a member is null.
    func isNil(_ key: some CodingKey) throws -> Bool { try member(key.stringValue)?.isNull ?? true }

    /// The decoder of a member's value.
    func decoder(of value: JSONFragment, for key: some CodingKey) -> JSONFragmentDecoder {
        JSONFragmentDecoder(value, conversion: conversion, key: key)
    }

    /// The error for a member that is asked for and not there.
    func absent(_ key: some CodingKey) -> any Error {
        DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "the key is missing"))
    }

    func superDecoder() -> any Decoder { decoder(of: .null, for: JSONName(stringValue: "super")) }
}

extension JSONMemberSource {
    // Members of the commonest types, if they come next and are what is asked for; nil where the long way must be gone.

    final func nextInteger(_ name: String) -> Int? { next(name) { $0.takeSmallInteger() } }

    final func nextString(_ name: String) -> String? {
        next(name) { $0.peek() == UInt8(ascii: "\"") ? try? $0.string() : nil }
    }

    final func nextBool(_ name: String) -> Bool? { next(name) { $0.takeBool() } }

    /// Where the value of any other member stands in the object.
    final func nextValue(_ name: String) -> Range<Int>? { next(name) { try? $0.value() } }

    @inline(__always)
    private final func next<Value>(_ name: String, _ read: (inout JSONCursor) -> Value?) -> Value? {
        guard isInOrder else { return nil }
        var cursor = JSONCursor(text, from: position, to: text.count)
        var name = name
        guard name.withUTF8({ cursor.takeKey($0) }), let value = read(&cursor) else { return nil }
        position = cursor.position
        taken &+= 1
        return value
    }
}

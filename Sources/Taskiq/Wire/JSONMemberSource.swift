// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What a keyed container reads its members from: an object, or a task's arguments by name.
///
/// It is a class and no protocol so that containers are generic over their keys alone: each parameter more is a look-up
/// at run time for each container.
class JSONMemberSource {
    // The text of an object whose members are asked for in the order in which they stand, as mostly they are.
    private final let text: [UInt8]
    private final let start: Int
    private final let end: Int
    /// Where the text goes on.
    @exclusivity(unchecked) private final var position: Int
    /// Whether all members so far came in order.
    @exclusivity(unchecked) final var isInOrder: Bool
    /// How many members were taken from the text.
    @exclusivity(unchecked) final private(set) var taken = 0

    /// - Parameter object: an object whose members have different names and may be asked for in order; nil for none.
    init(inOrder object: JSONFragment?) {
        if let object {
            (text, start, end) = (object.storage, object.range.lowerBound, object.range.upperBound)
        } else {
            (text, start, end) = ([], 0, 0)
        }
        position = start
        isInOrder = object != nil
    }

    /// The object whose members are asked for in order, or were at first.
    final var object: JSONFragment? { start == end ? nil : JSONFragment(trusting: text, range: start..<end) }

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

    final func nextFragment(_ name: String) -> JSONFragment? {
        next(name) { try? $0.value() }.map { JSONFragment(trusting: text, range: $0) }
    }

    @inline(__always)
    private final func next<Value>(_ name: String, _ read: (inout JSONCursor) -> Value?) -> Value? {
        guard isInOrder else { return nil }
        var name = name
        var stop = position
        let value = name.withUTF8 { name in
            text.withUnsafeBufferPointer { bytes -> Value? in
                var cursor = JSONCursor(bytes, from: stop, to: end)
                guard cursor.takeKey(name), let value = read(&cursor) else { return nil }
                stop = cursor.position
                return value
            }
        }
        if value != nil {
            position = stop
            taken += 1
        }
        return value
    }
}

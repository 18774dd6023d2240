// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron

// Parameters of these types convert as `Int` and `Double` do. Those two are read before anybody looks here.

extension Int8: WireDecodable {
    static func read(from decoder: JSONFragmentDecoder) throws -> Self { try decoder.integer(Self.self) }
}

extension Int16: WireDecodable {
    static func read(from decoder: JSONFragmentDecoder) throws -> Self { try decoder.integer(Self.self) }
}

extension Int32: WireDecodable {
    static func read(from decoder: JSONFragmentDecoder) throws -> Self { try decoder.integer(Self.self) }
}

extension Int64: WireDecodable {
    static func read(from decoder: JSONFragmentDecoder) throws -> Self { try decoder.integer(Self.self) }
}

extension UInt: WireDecodable {
    static func read(from decoder: JSONFragmentDecoder) throws -> Self { try decoder.integer(Self.self) }
}

extension UInt8: WireDecodable {
    static func read(from decoder: JSONFragmentDecoder) throws -> Self { try decoder.integer(Self.self) }
}

extension UInt16: WireDecodable {
    static func read(from decoder: JSONFragmentDecoder) throws -> Self { try decoder.integer(Self.self) }
}

extension UInt32: WireDecodable {
    static func read(from decoder: JSONFragmentDecoder) throws -> Self { try decoder.integer(Self.self) }
}

extension UInt64: WireDecodable {
    static func read(from decoder: JSONFragmentDecoder) throws -> Self { try decoder.integer(Self.self) }
}

extension Int128: WireDecodable {
    static func read(from decoder: JSONFragmentDecoder) throws -> Self { try decoder.integer(Self.self) }
}

extension UInt128: WireDecodable {
    static func read(from decoder: JSONFragmentDecoder) throws -> Self { try decoder.integer(Self.self) }
}

extension Float: WireDecodable {
    static func read(from decoder: JSONFragmentDecoder) throws -> Float { Float(try decoder.double()) }
}

/// A `Timestamp` travels as Python's `datetime` in UTC does.
extension Timestamp: WireEncodable, WireDecodable {
    func write(to output: JSONOutput) throws {
        let microseconds = millisecondsSinceEpoch * 1000
        output.write(DateTimeValue(microsecondsSinceEpoch: microseconds)?.iso ?? description)
    }

    static func read(from decoder: JSONFragmentDecoder) throws -> Timestamp {
        let microseconds = try DateTimeValue(from: decoder).microsecondsSinceEpoch
        let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 1000)
        return Timestamp(millisecondsSinceEpoch: remainder < 0 ? quotient - 1 : quotient)
    }
}

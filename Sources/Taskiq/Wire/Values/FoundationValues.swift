// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import FoundationEssentials

/// A `Date` travels as Python's `datetime` in UTC does.
extension Date: WireEncodable, WireDecodable {
    private static let referenceMicroseconds: Int64 = 978_307_200_000_000

    func write(to output: JSONOutput) throws {
        let microseconds = (timeIntervalSinceReferenceDate * 1e6).rounded()
        guard microseconds.magnitude < 1e18,
            let value = DateTimeValue(microsecondsSinceEpoch: Int64(microseconds) + Self.referenceMicroseconds)
        else { throw output.failure(self, "a date must lie in the years 1 to 9999") }
        output.write(value.iso)
    }

    static func read(from decoder: JSONFragmentDecoder) throws -> Date {
        let microseconds = try DateTimeValue(from: decoder).microsecondsSinceEpoch
        return Date(timeIntervalSinceReferenceDate: Double(microseconds - referenceMicroseconds) / 1e6)
    }
}

/// A `UUID` travels in lower case with dashes.
extension UUID: WireEncodable, WireDecodable {
    func write(to output: JSONOutput) { output.write(uuidString.lowercased()) }

    static func read(from decoder: JSONFragmentDecoder) throws -> UUID {
        guard let text = decoder.fragment.stringValue(), let value = UUID(uuidString: dashed(text)) else {
            throw decoder.mismatch("a UUID", UUID.self)
        }
        return value
    }

    /// The form with dashes of what may have braces, a `urn:uuid:` before it, or no dashes.
    private static func dashed(_ text: String) -> String {
        var text = Substring(text)
        if text.hasPrefix("urn:uuid:") { text = text.dropFirst(9) }
        if text.hasPrefix("{"), text.hasSuffix("}") { text = text.dropFirst().dropLast() }
        guard text.utf8.count == 32, text.utf8.allSatisfy({ $0 < 0x80 }) else { return String(text) }
        let lengths = [8, 4, 4, 4, 12]
        var parts: [Substring] = []
        for length in lengths {
            parts.append(text.prefix(length))
            text = text.dropFirst(length)
        }
        return parts.joined(separator: "-")
    }
}

/// A `Decimal` travels as text, so that nobody takes it through a binary number.
extension Decimal: WireEncodable, WireDecodable {
    func write(to output: JSONOutput) throws {
        guard isFinite else { throw output.failure(self, "a decimal must be a number") }
        output.write(description)
    }

    static func read(from decoder: JSONFragmentDecoder) throws -> Decimal {
        let text = decoder.kind == .number ? decoder.fragment.text : decoder.fragment.stringValue()
        guard let text, let plain = DecimalText(text), let value = Decimal(string: plain.text) else {
            throw decoder.mismatch("a decimal number of at most 38 digits", Decimal.self)
        }
        return value
    }
}

/// A `URL` travels as text.
extension URL: WireEncodable, WireDecodable {
    func write(to output: JSONOutput) { output.write(absoluteString) }

    static func read(from decoder: JSONFragmentDecoder) throws -> URL {
        guard let text = decoder.fragment.stringValue(), let value = URL(string: text) else {
            throw decoder.mismatch("a URL", URL.self)
        }
        return value
    }
}

/// `Data` travels as Python's `bytes` do: as the text they are in UTF-8.
extension Data: WireEncodable, WireDecodable {
    func write(to output: JSONOutput) throws {
        guard let text = String(validating: self, as: UTF8.self) else {
            throw output.failure(
                self,
                "the data is not UTF-8 text, which is all that Python's bytes can carry; make the parameter a Base64Data "
                    + "(in Python: Base64Bytes)"
            )
        }
        output.write(text)
    }

    static func read(from decoder: JSONFragmentDecoder) throws -> Data {
        guard let text = decoder.fragment.stringValue() else { throw decoder.mismatch("a string", Data.self) }
        return Data(text.utf8)
    }
}

extension JSONOutput {
    /// The error for a value that has no form on the wire.
    func failure(_ value: Any, _ reason: String) -> EncodingError {
        .invalidValue(value, .init(codingPath: codingPath, debugDescription: reason))
    }
}

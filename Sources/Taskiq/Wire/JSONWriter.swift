// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Writes JSON text: compact, UTF-8, no escapes but those that JSON demands.
enum JSONWriter {
    static func write(string text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { characters in
            for byte in characters {
                switch byte {
                case UInt8(ascii: "\""): bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
                case UInt8(ascii: "\\"): bytes.append(contentsOf: [byte, byte])
                case 0x08: bytes.append(contentsOf: "\\b".utf8)
                case 0x0C: bytes.append(contentsOf: "\\f".utf8)
                case 0x0A: bytes.append(contentsOf: "\\n".utf8)
                case 0x0D: bytes.append(contentsOf: "\\r".utf8)
                case 0x09: bytes.append(contentsOf: "\\t".utf8)
                case 0..<0x20:
                    bytes.append(contentsOf: "\\u00".utf8)
                    bytes.append(contentsOf: hexadecimal(CollectionOfOne(byte)).utf8)
                default: bytes.append(byte)
                }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes a number as Python's `repr` spells it; JSON has no word for what is not finite, so that becomes `null`.
    static func write(double value: Double, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: value.isFinite ? value.description.utf8 : "null".utf8)
    }

    static func write(_ fragment: JSONFragment, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: fragment.bytes)
    }

    static func write(_ fragments: [JSONFragment], to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "["))
        for (index, fragment) in fragments.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            write(fragment, to: &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// Writes an object, each value by the closure.
    static func write<Value>(
        object members: some Sequence<(String, Value)>,
        to bytes: inout [UInt8],
        value write: (Value, inout [UInt8]) -> Void
    ) {
        bytes.append(UInt8(ascii: "{"))
        var first = true
        for (key, value) in members {
            if !first { bytes.append(UInt8(ascii: ",")) }
            first = false
            self.write(string: key, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            write(value, &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension JSONWriter {
    /// Writes a value of the types that arguments mostly have; says whether it was of one.
    @inline(__always)
    static func write<Value>(basic value: Value, to bytes: inout some JSONSink & ~Copyable) -> Bool {
        if let value = same(value, as: Int.self) {
            write(integer: value, to: &bytes)
        } else if let value = same(value, as: String.self) {
            write(string: value, to: &bytes)
        } else if let value = same(value, as: Bool.self) {
            write(literal: value ? "true" : "false", to: &bytes)
        } else if let value = same(value, as: Double.self) {
            write(double: value, to: &bytes)
        } else if let values = same(value, as: [String].self) {
            write(array: values, to: &bytes) { write(string: $0, to: &$1) }
        } else if let values = same(value, as: [Int].self) {
            write(array: values, to: &bytes) { write(integer: $0, to: &$1) }
        } else {
            return false
        }
        return true
    }

    @inline(__always)
    private static func write<Element, Sink: JSONSink & ~Copyable>(
        array values: [Element],
        to bytes: inout Sink,
        element write: (Element, inout Sink) -> Void
    ) {
        bytes.append(UInt8(ascii: "["))
        var isFirst = true
        for value in values {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            write(value, &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }
}

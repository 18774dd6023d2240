// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A decimal number as text that Foundation's `Decimal` holds exactly: at most 38 digits, and an exponent in its range.
struct DecimalText {
    /// The number, as its digits and an exponent.
    let text: String

    /// Nil for what is no finite number, or would be rounded.
    init?(_ text: String) {
        guard let number = LaxText.number(text) else { return nil }
        var reader = ValueText(number)
        let sign = reader.sign() ?? 1
        let whole = reader.digits()
        let hasPoint = reader.take(".")
        let fraction = hasPoint ? reader.digits() : []
        guard !(whole.isEmpty && fraction.isEmpty) else { return nil }
        var exponent = -fraction.count
        if reader.take("eE") {
            let sign = reader.sign() ?? 1
            let digits = reader.digits()
            guard (1...9).contains(digits.count), let value = Int(String(decoding: digits, as: UTF8.self)) else {
                return nil
            }
            exponent += sign * value
        }
        guard reader.isAtEnd else { return nil }
        var digits = Array((Array(whole) + Array(fraction)).drop { $0 == UInt8(ascii: "0") })
        while digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            exponent += 1
        }
        if digits.isEmpty {
            self.text = "0"
            return
        }
        guard digits.count <= 38, (-128...127).contains(exponent) else { return nil }
        self.text = (sign < 0 ? "-" : "") + String(decoding: digits, as: UTF8.self) + "e\(exponent)"
    }
}

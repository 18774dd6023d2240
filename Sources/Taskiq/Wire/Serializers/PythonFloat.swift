// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Spells floating-point numbers as Python does: the shortest digits that read back the same.
enum PythonFloat {
    /// The spelling of `repr`: `1e-05`, `0.0001`, `1e+16`, `NaN`, `-Infinity`.
    static func writeRepr(_ value: Double, to bytes: inout [UInt8]) {
        write(value, smallestExponent: -4, exponentDigits: 2, to: &bytes)
    }

    /// The spelling of orjson: `0.00001`, `1e-6`, `1e+16`; what is not finite is `null`.
    static func writeORJSON(_ value: Double, to bytes: inout [UInt8]) {
        guard value.isFinite else {
            bytes.append(contentsOf: "null".utf8)
            return
        }
        write(value, smallestExponent: -5, exponentDigits: 1, to: &bytes)
    }

    private static func write(
        _ value: Double,
        smallestExponent: Int,
        exponentDigits: Int,
        to bytes: inout [UInt8]
    ) {
        guard value.isFinite else {
            bytes.append(contentsOf: (value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity").utf8)
            return
        }
        if value.sign == .minus { bytes.append(UInt8(ascii: "-")) }
        // The digits are Swift's; where the point stands and when an exponent is due is not.
        var digits: [UInt8] = []
        var exponent = 0
        var pointAt: Int?
        var description = value.magnitude.description
        description.withUTF8 { text in
            var index = 0
            while index < text.count {
                switch text[index] {
                case UInt8(ascii: "."): pointAt = digits.count
                case UInt8(ascii: "e"):
                    var isNegative = false
                    for digit in text[(index + 1)...] {
                        switch digit {
                        case UInt8(ascii: "-"): isNegative = true
                        case UInt8(ascii: "+"): break
                        default: exponent = exponent * 10 + Int(digit &- UInt8(ascii: "0"))
                        }
                    }
                    if isNegative { exponent = -exponent }
                    index = text.count
                default: digits.append(text[index])
                }
                index += 1
            }
        }
        exponent += (pointAt ?? digits.count) - 1
        let leading = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(leading)
        exponent -= leading
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        if digits.isEmpty {
            bytes.append(contentsOf: "0.0".utf8)
        } else if exponent < smallestExponent || exponent >= 16 {
            bytes.append(digits[0])
            if digits.count > 1 {
                bytes.append(UInt8(ascii: "."))
                bytes.append(contentsOf: digits[1...])
            }
            bytes.append(UInt8(ascii: "e"))
            bytes.append(exponent < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
            if exponent.magnitude < 10, exponentDigits == 2 { bytes.append(UInt8(ascii: "0")) }
            bytes.append(contentsOf: exponent.magnitude.description.utf8)
        } else if exponent < 0 {
            bytes.append(contentsOf: "0.".utf8)
            bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: -exponent - 1))
            bytes.append(contentsOf: digits)
        } else {
            let whole = exponent + 1
            bytes.append(contentsOf: digits.prefix(whole))
            bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: max(0, whole - digits.count)))
            bytes.append(UInt8(ascii: "."))
            if digits.count > whole {
                bytes.append(contentsOf: digits[whole...])
            } else {
                bytes.append(UInt8(ascii: "0"))
            }
        }
    }
}

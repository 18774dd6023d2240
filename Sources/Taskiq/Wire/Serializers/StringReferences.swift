// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The rule by which CBOR strings are numbered for references (http://cbor.schmorp.de/stringref): one is numbered when
/// a reference to it would be shorter than itself.
enum StringReferences {
    /// The shortest string, in bytes, that takes the next number.
    static func shortestLength(at number: Int) -> Int {
        switch number {
        case 0..<24: 3
        case 24..<0x100: 4
        case 0x100..<0x1_0000: 5
        case 0x1_0000..<0x1_0000_0000: 7
        default: 11
        }
    }
}

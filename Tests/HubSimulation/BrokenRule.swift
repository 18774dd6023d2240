// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A rule of the hub that a simulated life has broken.
struct BrokenRule: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A rule of the hub that a simulated life has broken.
package struct BrokenRule: Error, CustomStringConvertible {
    package var description: String

    package init(_ description: String) {
        self.description = description
    }
}

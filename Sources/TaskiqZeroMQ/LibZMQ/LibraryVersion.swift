// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The version of the libzmq that is loaded, which need not be the one that was compiled against.
package struct LibraryVersion: Sendable, Hashable {
    /// The first number.
    package var major: Int
    /// The second number.
    package var minor: Int
    /// The third number.
    package var patch: Int

    /// Makes a version.
    ///
    /// - Parameters:
    ///   - major: the first number.
    ///   - minor: the second number.
    ///   - patch: the third number.
    package init(major: Int, minor: Int, patch: Int) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }
}

extension LibraryVersion: Comparable {
    /// Whether one version is older than the other.
    package static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.major, lhs.minor, lhs.patch) < (rhs.major, rhs.minor, rhs.patch)
    }
}

extension LibraryVersion: CustomStringConvertible {
    /// The three numbers with points between.
    package var description: String { "\(major).\(minor).\(patch)" }
}

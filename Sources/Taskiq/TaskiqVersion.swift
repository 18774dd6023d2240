// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Which taskiq this is.
public enum TaskiqVersion {
    /// The version, as in semantic versioning.
    public static let text = "0.1.0"
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension Diagnostic {
    /// What kind of problem it is; codes are stable and can be searched for.
    public struct Code: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        /// The code as it is printed.
        public let rawValue: String

        /// Makes a code from its text.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The code as it is printed.
        public var description: String { rawValue }
    }
}

// MARK: The file

extension Diagnostic.Code {
    /// The file is not YAML.
    public static let yamlSyntax = Self(rawValue: "yaml-syntax")
    /// An anchor or an alias.
    public static let yamlAnchor = Self(rawValue: "yaml-anchor")
    /// A tag that YAML's core schema does not have.
    public static let yamlTag = Self(rawValue: "yaml-tag")
    /// Values or folders are nested too deeply.
    public static let tooDeep = Self(rawValue: "too-deep")
    /// The file is too large.
    public static let fileTooLarge = Self(rawValue: "file-too-large")
    /// The file is not UTF-8.
    public static let encoding = Self(rawValue: "encoding")
    /// The file or folder cannot be read.
    public static let unreadable = Self(rawValue: "unreadable")
    /// The file or folder does not exist.
    public static let notFound = Self(rawValue: "not-found")
    /// A symbolic link leads out of the folder.
    public static let symlinkOutside = Self(rawValue: "symlink-outside")
    /// The file's version of the format is not known.
    public static let unsupportedVersion = Self(rawValue: "unsupported-version")
    /// There are more problems than are shown.
    public static let tooManyProblems = Self(rawValue: "too-many-problems")
}

// MARK: Fields

extension Diagnostic.Code {
    /// There is no such field.
    public static let unknownField = Self(rawValue: "unknown-field")
    /// A later version will know the field.
    public static let unsupportedField = Self(rawValue: "unsupported-field")
    /// A later version will know such a value.
    public static let unsupportedValue = Self(rawValue: "unsupported-value")
    /// The field is known under another name.
    public static let fieldAlias = Self(rawValue: "field-alias")
    /// A key stands twice in one map.
    public static let duplicateKey = Self(rawValue: "duplicate-key")
    /// Two files define the same schedule.
    public static let duplicateID = Self(rawValue: "duplicate-id")
    /// A field is missing.
    public static let missingField = Self(rawValue: "missing-field")
    /// Two fields exclude each other.
    public static let conflictingFields = Self(rawValue: "conflicting-fields")
    /// A value is of the wrong kind, or out of range.
    public static let badValue = Self(rawValue: "bad-value")
    /// A schedule's id or a namespace is not possible.
    public static let badID = Self(rawValue: "bad-id")
    /// A duration is not one, or out of range.
    public static let badDuration = Self(rawValue: "bad-duration")
    /// A time is not one.
    public static let badTime = Self(rawValue: "bad-time")
    /// There is no such time zone.
    public static let unknownZone = Self(rawValue: "unknown-zone")
    /// Clocks skip the time.
    public static let dstGap = Self(rawValue: "dst-gap")
    /// Clocks show the time twice.
    public static let dstRepeat = Self(rawValue: "dst-repeat")
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Why a time zone cannot be had.
public struct ZoneError: Error, Hashable, Sendable {
    /// The kind of error.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The name of the kind.
        public let description: String

        /// The text cannot be a zone identifier or offset.
        public static let invalidIdentifier = Code(description: "invalidIdentifier")
        /// No directory has a file of that name.
        public static let notFound = Code(description: "notFound")
        /// The file is there but the system does not let it be read.
        public static let unreadable = Code(description: "unreadable")
        /// The file is not a zone file, or a damaged one.
        public static let malformed = Code(description: "malformed")
    }

    /// The kind of error.
    public let code: Code
    /// The identifier asked for, cut if it is long.
    public let identifier: String
    /// What is wrong, without the identifier.
    public let reason: String
    /// The directories that were looked in; empty if it did not come to that.
    public let directories: [String]
    /// A zone that was perhaps meant.
    public let suggestion: String?

    init(_ code: Code, _ identifier: String, _ reason: String, directories: [String] = [], suggestion: String? = nil) {
        self.code = code
        self.identifier = identifier.clipped(to: 64)
        self.reason = reason
        self.directories = directories
        self.suggestion = suggestion
    }
}

extension ZoneError: CustomStringConvertible {
    /// One sentence that names the zone, the reason, where it was looked for and what may have been meant.
    public var description: String {
        var text = "time zone \"\(identifier)\": \(reason)"
        if !directories.isEmpty { text += " (looked in \(directories.joined(separator: ", ")))" }
        if let suggestion { text += "; did you mean \(suggestion)?" }
        return text
    }
}

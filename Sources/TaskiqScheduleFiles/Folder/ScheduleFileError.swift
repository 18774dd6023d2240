// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Why schedules cannot be read from the paths that were asked for.
public struct ScheduleFileError: Error, Sendable, Hashable {
    /// The kind of error.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code's name.
        public let description: String

        /// There is no such file or folder.
        public static let notFound = Code(description: "notFound")
        /// The file or folder cannot be read.
        public static let unreadable = Code(description: "unreadable")
        /// The path is neither a folder nor a file of a known format.
        public static let unknownFormat = Code(description: "unknownFormat")
    }

    /// The kind of error.
    public let code: Code
    /// The path.
    public let path: String
    /// What is wrong, and what to do.
    public let message: String
}

extension ScheduleFileError: CustomStringConvertible {
    /// The path and what is wrong with it.
    public var description: String { "\(path): \(message)" }
}

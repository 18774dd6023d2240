// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A format of schedule files.
public struct ScheduleFileFormat: Sendable {
    /// The name, for people.
    public let name: String
    /// The endings of its files' names, without the dot.
    public let extensions: [String]
    /// Reads its files.
    public let reader: any ScheduleFileReader

    /// Makes a format.
    ///
    /// - Parameters:
    ///   - name: the name, for people.
    ///   - extensions: the endings of its files' names, without the dot.
    ///   - reader: reads its files.
    public init(name: String, extensions: [String], reader: any ScheduleFileReader) {
        self.name = name
        self.extensions = extensions
        self.reader = reader
    }

    /// YAML, with the scalars of YAML 1.2's core schema.
    public static let yaml = ScheduleFileFormat(name: "YAML", extensions: ["yaml", "yml"], reader: YAMLReader())

    /// All formats.
    public static let all = [yaml]
}

extension Sequence<ScheduleFileFormat> {
    /// The format of a file by the ending of its name.
    ///
    /// - Parameter path: the file's path or name.
    /// - Returns: the format; nil when the name has none of the endings.
    public func format(ofFile path: String) -> ScheduleFileFormat? {
        guard let dot = path.lastIndex(of: ".") else { return nil }
        let ending = String(path[path.index(after: dot)...])
        return first { $0.extensions.contains(ending) }
    }
}

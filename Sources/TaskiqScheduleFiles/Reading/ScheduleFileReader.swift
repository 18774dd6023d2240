// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Reads the files of one format into the tree that all formats share.
///
/// A reader knows nothing of schedules; it tells values from each other as its format says, and where they stand.
public protocol ScheduleFileReader: Sendable {
    /// Reads a file.
    ///
    /// - Parameter source: the file.
    /// - Returns: its root: a map with the fields of a schedule file.
    /// - Throws: `Diagnostic` when the file as a whole cannot be read.
    func read(_ source: SourceText) throws(Diagnostic) -> ScheduleNode
}

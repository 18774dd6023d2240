// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A place in a schedule file.
public struct SourceMark: Sendable, Hashable {
    /// The line, counted from 1.
    public var line: Int
    /// The column of the first character, counted from 1 in Unicode scalars.
    public var column: Int
    /// How many characters on this line are meant, at least 1.
    public var length: Int

    /// Makes a place.
    ///
    /// - Parameters:
    ///   - line: the line, counted from 1.
    ///   - column: the column of the first character, counted from 1.
    ///   - length: how many characters on this line are meant; less than 1 is taken as 1.
    public init(line: Int, column: Int, length: Int = 1) {
        self.line = line
        self.column = column
        self.length = max(1, length)
    }

    /// The beginning of a file, for what is wrong with all of it.
    public static let start = SourceMark(line: 1, column: 1)
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension SourceText {
    private static let widest = 160

    /// The line of a place, with the one before it unless that is empty or a comment.
    ///
    /// - Parameter mark: the place.
    /// - Returns: one or two lines; none when the file has no such line.
    public func excerpt(around mark: SourceMark) -> [Diagnostic.SourceLine] {
        guard let line = excerpt(ofLine: mark.line, column: mark.column) else { return [] }
        guard line.firstColumn == 1, let before = excerpt(ofLine: mark.line - 1, column: 1) else { return [line] }
        let start = before.text.first { $0 != " " && $0 != "\t" }
        return start == nil || start == "#" ? [line] : [before, line]
    }

    /// A line, or the part of a long one around a column.
    func excerpt(ofLine number: Int, column: Int) -> Diagnostic.SourceLine? {
        guard let text = line(number) else { return nil }
        let scalars = text.unicodeScalars
        guard let end = scalars.index(scalars.startIndex, offsetBy: Self.widest, limitedBy: scalars.endIndex),
            end < scalars.endIndex
        else { return .init(number: number, firstColumn: 1, text: text) }
        let skipped = max(0, column - Self.widest / 4 - 1)
        let part = scalars.dropFirst(skipped).prefix(Self.widest)
        return .init(number: number, firstColumn: skipped + 1, text: String(String.UnicodeScalarView(part)))
    }

    /// The place of a part of a scalar's text; the whole scalar when its text is not spelled out in one line.
    ///
    /// - Parameters:
    ///   - node: the scalar.
    ///   - offset: how many characters of its text stand before the part.
    ///   - length: how many characters the part has.
    /// - Returns: the place.
    func mark(within node: ScheduleNode, offset: Int, length: Int) -> SourceMark {
        guard let line = line(node.mark.line)?.unicodeScalars, offset >= 0 else { return node.mark }
        var rest = line.dropFirst(node.mark.column - 1)
        var column = node.mark.column
        if let quote = rest.first, quote == "\"" || quote == "'" {
            rest = rest.dropFirst()
            column += 1
        }
        guard rest.starts(with: node.text.unicodeScalars) else { return node.mark }
        return SourceMark(line: node.mark.line, column: column + offset, length: length)
    }
}

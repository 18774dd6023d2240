// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqApp

/// Rows for people, in columns that are as wide as what is in them.
struct Table {
    private let header: [String]
    private var rows: [[String]] = []

    /// - Parameter header: the columns' names.
    init(_ header: String...) {
        self.header = header
    }

    var isEmpty: Bool { rows.isEmpty }

    mutating func add(_ cells: String...) {
        // One line for each, whatever is in it.
        rows.append(cells.map { cell in String(cell.map { $0.isNewline ? " " : $0 }) })
    }

    var lines: [String] {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                line += cell
                guard column < row.count - 1 else { break }
                line += String(repeating: " ", count: widths[column] - cell.count + 2)
            }
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    /// Prints the table, or a sentence when there is nothing in it.
    func print(orElse sentence: String) {
        if isEmpty {
            Output.line(sentence)
        } else {
            for line in lines { Output.line(line) }
        }
    }
}

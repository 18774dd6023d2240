// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import TaskiqCron

/// A line of the cron fixtures.
struct CronRow: Decodable {
    var expr: String
    var tz: String?
    var start: String?
    /// The end of the observed time, if the row lists every fire of it.
    var until: String?
    var next: [String]?
    /// Why the list is shorter than usual.
    var end: String?

    /// The rows of a file in Tests/Fixtures/cron.
    static func all(of file: String) throws -> [CronRow] {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: tests.appending(path: "Fixtures/cron/\(file)"))
        let decoder = JSONDecoder()
        return try data.split(separator: UInt8(ascii: "\n")).map { try decoder.decode(CronRow.self, from: $0) }
    }

    /// Whether the expression has tokens beyond those of crontab(5).
    var isOfOtherDialect: Bool {
        let words = expr.uppercased().split { $0 == " " || $0 == "\t" }
        guard words.count == 5 else { return false }
        let isWeekdayOfMonth = words[4].split(separator: ",").contains { $0.contains("#") || $0.hasSuffix("L") }
        return isWeekdayOfMonth || words[2].contains("L") || words[2].contains("W")
    }
}

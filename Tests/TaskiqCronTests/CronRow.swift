// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import TaskiqCron
import Testing

/// A line of the cron fixtures.
struct CronRow: Decodable {
    var expr: String
    var tz: String?
    var start: String?
    /// The end of the observed time, if the row lists every fire of it.
    var until: String?
    var next: [String]?
    var prev: [String]?
    /// Why the list is shorter than usual: nothing fires any more for a long time.
    var end: String?

    // Rows taken over from other engines' test suites.

    /// `next`, `prev`, `match` or `never`.
    var kind: String?
    var expected: String?
    /// A match at the start itself counts.
    var inclusive: Bool?
    var at: String?
    var matches: Bool?

    // Rows on which engines differ.

    /// What is right here.
    enum Ours: Decodable, Equatable {
        case instant(String)
        case truth(Bool)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let truth = try? container.decode(Bool.self) {
                self = .truth(truth)
            } else {
                self = .instant(try container.decode(String.self))
            }
        }
    }

    var ours: Ours?
    var recommended: [String]?
    var isRefused: Bool { ours == .instant("REJECT") }

    /// The rows of a file in Tests/Fixtures/cron.
    static func all(of file: String) throws -> [CronRow] {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try all(at: tests.appending(path: "Fixtures/cron/\(file)"))
    }

    static func all(at url: URL) throws -> [CronRow] {
        let decoder = JSONDecoder()
        return try Data(contentsOf: url).split(separator: UInt8(ascii: "\n")).map {
            try decoder.decode(CronRow.self, from: $0)
        }
    }

    var description: String { "\(expr) in \(tz ?? "-") from \(start ?? at ?? "-")" }

    /// Whether the row was written with offsets that this machine's zone data does not know.
    ///
    /// The rows were made with tzdata 2026f; an older installation does not know the latest decisions of governments.
    func isNewerThanZoneData(_ zone: Zone) throws -> Bool {
        let recent = try Timestamp(parsing: "2024-01-01T00:00:00Z")
        return try (next ?? prev ?? [expected].compactMap { $0 }).contains { text in
            let instant = try Timestamp(parsing: text)
            return instant >= recent && !text.hasSuffix("Z")
                && instant.rfc3339(in: zone).replacing("Z", with: "+00:00").suffix(6) != text.suffix(6)
        }
    }
}

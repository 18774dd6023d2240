// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension CronExpression {
    /// What the expression means, as an English sentence.
    ///
    /// `0 9 * * MON-FRI` means `At 09:00, on Monday through Friday.`
    public var explanation: String {
        withElements { text, elements, _ in
            var parts: [String]
            if let interval {
                parts = ["every \(Self.words(of: interval)), counted from when it was last due"]
            } else if firesAtStart {
                parts = ["once when the scheduler starts"]
            } else if elements.isEmpty {
                parts = Self.nicknameParts(text)
            } else {
                let fields = storage.withSearch { search in
                    CronSentence(elements: elements, fields: search.fields, seconds: search.seconds)
                }
                parts = fields.parts
            }
            if let zone { parts.append("by the clocks of \(zone.identifier)") }
            if neverFires { parts.append("which never happens") }
            let sentence = parts.joined(separator: ", ")
            return sentence.prefix(1).uppercased() + sentence.dropFirst() + "."
        }
    }

    private static func nicknameParts(_ text: String) -> [String] {
        let word = text.split { $0 == " " || $0 == "\t" }.last?.lowercased()
        return switch word {
        case "@hourly": ["at minute 0 of every hour"]
        case "@weekly": ["at 00:00", "on Sunday"]
        case "@monthly": ["at 00:00", "on day 1 of the month"]
        case "@yearly", "@annually": ["at 00:00", "on day 1 of the month", "in January"]
        default: ["at 00:00 every day"]
        }
    }

    private static func words(of interval: Duration) -> String {
        let (seconds, attoseconds) = interval.components
        let units: [(Int64, String)] = [
            (seconds / 86_400, "day"), (seconds / 3_600 % 24, "hour"), (seconds / 60 % 60, "minute"),
            (seconds % 60, "second"), (attoseconds / 1_000_000_000_000_000, "millisecond"),
        ]
        let parts = units.filter { $0.0 > 0 }.map { $0.0 == 1 ? "1 \($0.1)" : "\($0.0) \($0.1)s" }
        return CronSentence.list(parts)
    }
}

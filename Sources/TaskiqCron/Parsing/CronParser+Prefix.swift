// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension CronParser {
    /// `CRON_TZ=Europe/Berlin ` or `TZ=Europe/Berlin ` in front of the rest.
    mutating func zonePrefix() throws(CronError) {
        let start = position
        let end = endOfWord(from: start)
        let word = string(start..<end)
        guard word.hasPrefix("CRON_TZ=") || word.hasPrefix("TZ="),
            let equals = bytes[start..<end].firstIndex(of: UInt8(ascii: "="))
        else { return }
        guard features.contains(.zonePrefix) else {
            throw failure(
                .unsupported,
                "a zone in front is not part of the \(dialect) dialect, give it beside the expression",
                start..<end
            )
        }
        do throws(ZoneError) {
            meaning.zone = try Zone(identifier: string((equals + 1)..<end))
        } catch {
            throw failure(
                .unknownZone,
                "time zone \"\(error.identifier)\": \(error.reason)",
                (equals + 1)..<end,
                suggestion: error.suggestion
            )
        }
        position = end
        skipBlanks()
        guard position < bytes.count else { throw empty() }
    }

    /// `@daily` and its like.
    mutating func nickname() throws(CronError) {
        let start = position
        var end = bytes.count
        while end > start, Self.isBlank(bytes[end - 1]) { end -= 1 }
        let written = string(start..<end)
        let word = features.contains(.anyCase) ? written.lowercased() : written
        if features.contains(.nicknames), let fields = Self.fields(ofNickname: word) {
            meaning.fields = fields
            if meaning.zone != nil { meaning.fields.flags.insert(.zone) }
            position = end
            return
        }
        let first = word.prefix { $0 != " " && $0 != "\t" }
        if word == "@reboot", features.contains(.reboot) {
            meaning.fields.months = 0
            meaning.fields.flags = meaning.zone == nil ? .reboot : [.reboot, .zone]
        } else if first == "@every", features.contains(.every) {
            try every(from: start + first.utf8.count, to: end)
        } else {
            let isKnown = Self.nicknames.contains(String(first).lowercased())
            throw failure(
                isKnown && !features.isSuperset(of: [.nicknames, .reboot, .every]) ? .unsupported : .unknownNickname,
                isKnown ? "\"\(written)\" is not possible in the \(dialect) dialect" : "\"\(written)\" is no nickname",
                start..<end,
                allowed: features.contains(.nicknames) ? Self.nicknames.joined(separator: ", ") : nil,
                suggestion: EditDistance.nearest(to: word, among: Self.nicknames)
            )
        }
        position = end
    }

    private mutating func every(from start: Int, to end: Int) throws(CronError) {
        var start = start
        while start < end, Self.isBlank(bytes[start]) { start += 1 }
        guard let milliseconds = CronInterval.milliseconds(of: bytes[start..<end]) else {
            throw failure(
                .badInterval,
                start == end ? "expected an interval after @every" : "\"\(string(start..<end))\" is not an interval",
                start..<end,
                allowed: "numbers with the units w, d, h, m, s and ms, such as 1h30m, up to ten years"
            )
        }
        meaning.intervalMilliseconds = milliseconds
        meaning.fields.months = 0
        meaning.fields.flags = meaning.zone == nil ? .interval : [.interval, .zone]
    }

    private static let nicknames = [
        "@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually", "@every", "@reboot",
    ]

    private static func fields(ofNickname word: String) -> CronFields? {
        switch word {
        case "@hourly": CronFields(hours: 0xFF_FFFF, flags: .wildcardTime)
        case "@daily", "@midnight": CronFields()
        case "@weekly": CronFields(weekdays: 1)
        case "@monthly": CronFields(daysOfMonth: 1 << 1)
        case "@yearly", "@annually": CronFields(daysOfMonth: 1 << 1, months: 1 << 1)
        default: nil
        }
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Which notations a cron expression may use, and what those mean on which programs differ.
///
/// ``standard`` is the default. The others are for people who bring expressions from elsewhere: what means something
/// else there is read as it was meant, and what is not part of the dialect is an error instead of a surprise.
public struct CronDialect: Hashable, Sendable, CustomStringConvertible {
    /// Everything taskiq knows: five, six or seven fields, `L`, `W`, `#`, `?`, `+`, `H`, nicknames, `@every`,
    /// `@reboot` and `CRON_TZ=`.
    public static let standard = CronDialect(0, "standard", .standard)

    /// crontab(5) of Vixie's and Debian's cron: five fields and nicknames.
    ///
    /// Debian's parser accepts `5-1` and never runs it, and ignores what follows a list element (`5#2` runs on every
    /// Friday); both are errors here.
    public static let vixie = CronDialect(1, "vixie", .vixie)

    /// The Open Cron Pattern Specification, version 1.4, strictly.
    ///
    /// `a/n` and ranges that wrap around are errors, the letters `L` and `W` and nicknames must be spelled as the
    /// specification spells them, `W` stands alone, and only a plain `*` or `?` leaves a day field unrestricted.
    public static let ocps = CronDialect(2, "ocps", .ocps)

    /// Quartz: six or seven fields, weekdays 1 (Sunday) to 7 (Saturday), and `?` in exactly one of the day fields.
    public static let quartz = CronDialect(3, "quartz", .quartz)

    /// Five fields as the schedules of Python taskiq have them.
    ///
    /// Where Python's parser lets an expression pass that then never fires, this is an error (`61 * * * *`) or what was
    /// meant (weekday `7`, month names, `22-2`, `5/20`, full names such as `MONDAY`).
    public static let taskiq = CronDialect(4, "taskiq", .taskiq)

    /// All dialects.
    public static let all = [standard, vixie, ocps, quartz, taskiq]

    /// The name of the dialect, such as `standard`.
    public let description: String

    let identifier: UInt16
    let features: Features

    private init(_ identifier: UInt16, _ name: String, _ features: Features) {
        self.identifier = identifier
        self.description = name
        self.features = features
    }

    /// The dialect of a name, or nil if there is none.
    public init?(name: String) {
        guard let dialect = Self.all.first(where: { $0.description == name }) else { return nil }
        self = dialect
    }

    /// Whether two dialects are the same.
    public static func == (first: Self, second: Self) -> Bool {
        first.identifier == second.identifier
    }

    /// Hashes the dialect.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(identifier)
    }
}

extension CronDialect {
    struct Features: OptionSet, Hashable, Sendable {
        let rawValue: UInt32

        static let fiveFields = Features(rawValue: 1 << 0)
        static let sixFields = Features(rawValue: 1 << 1)
        static let sevenFields = Features(rawValue: 1 << 2)
        /// `FRI-MON`, `22-2`.
        static let wrapping = Features(rawValue: 1 << 3)
        /// `a/n`, from a to the end.
        static let openSteps = Features(rawValue: 1 << 4)
        static let questionMark = Features(rawValue: 1 << 5)
        /// Exactly one of the day fields must be `?`.
        static let oneQuestionMark = Features(rawValue: 1 << 6)
        /// `L`, `nW`, `LW`, `d#n`, `dL`.
        static let specialDays = Features(rawValue: 1 << 7)
        /// `L-n`, `L-nW`.
        static let lastOffsets = Features(rawValue: 1 << 8)
        /// `W` beside other elements of a list.
        static let nearestInLists = Features(rawValue: 1 << 9)
        /// `d#L`.
        static let hashLast = Features(rawValue: 1 << 10)
        /// `L` alone in the day of week is Saturday.
        static let lastIsSaturday = Features(rawValue: 1 << 11)
        /// `H`.
        static let hash = Features(rawValue: 1 << 12)
        /// `+` before the day of week.
        static let and = Features(rawValue: 1 << 13)
        static let nicknames = Features(rawValue: 1 << 14)
        static let reboot = Features(rawValue: 1 << 15)
        static let every = Features(rawValue: 1 << 16)
        /// `CRON_TZ=` and `TZ=`.
        static let zonePrefix = Features(rawValue: 1 << 17)
        /// `l`, `w` and `@Daily` are good as well.
        static let anyCase = Features(rawValue: 1 << 18)
        /// `MONDAY`, `JANUARY`.
        static let fullNames = Features(rawValue: 1 << 19)
        /// A day field that starts with `*`, such as `*/2`, counts as unrestricted.
        static let steppedStars = Features(rawValue: 1 << 20)
        /// A step larger than the field is an error.
        static let boundedSteps = Features(rawValue: 1 << 21)
        /// Weekdays are 1 (Sunday) to 7.
        static let weekdaysFromOne = Features(rawValue: 1 << 22)

        static let standard: Features = [
            .fiveFields, .sixFields, .sevenFields, .wrapping, .openSteps, .questionMark, .specialDays, .lastOffsets,
            .nearestInLists, .hashLast, .hash, .and, .nicknames, .reboot, .every, .zonePrefix, .anyCase, .steppedStars,
        ]
        static let vixie: Features = [.fiveFields, .nicknames, .reboot, .anyCase, .steppedStars]
        static let ocps: Features = [
            .fiveFields, .sixFields, .sevenFields, .questionMark, .specialDays, .hashLast, .and, .nicknames, .reboot,
        ]
        static let quartz: Features = [
            .sixFields, .sevenFields, .wrapping, .openSteps, .questionMark, .oneQuestionMark, .specialDays,
            .lastOffsets, .nearestInLists, .lastIsSaturday, .anyCase, .steppedStars, .boundedSteps, .weekdaysFromOne,
        ]
        static let taskiq: Features = [
            .fiveFields, .wrapping, .openSteps, .questionMark, .specialDays, .lastOffsets, .nearestInLists, .hashLast,
            .hash, .and, .nicknames, .every, .anyCase, .fullNames, .steppedStars,
        ]
    }
}

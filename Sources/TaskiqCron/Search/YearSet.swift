// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A set of the years 1970 to 2199, and whether earlier years belong to it.
struct YearSet: Hashable, Sendable {
    /// Bit i of the whole is the year 1970 + i.
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    /// Whether years before 1970 may match; a field of years excludes them.
    var includesEarlierYears = false

    static let first = 1_970
    static let last = 2_199
    private static var wordCount: Int { 4 }

    var isEmpty: Bool { words.0 | words.1 | words.2 | words.3 == 0 && !includesEarlierYears }

    /// Adds every so many-th year of a range.
    mutating func insert(from first: Int, through last: Int, step: Int) {
        for year in stride(from: max(first, Self.first), through: min(last, Self.last), by: step) {
            let index = year - Self.first
            self[index >> 6] |= 1 << UInt64(index & 63)
        }
    }

    mutating func formUnion(_ other: YearSet) {
        for index in 0..<Self.wordCount { self[index] |= other[index] }
        includesEarlierYears = includesEarlierYears || other.includesEarlierYears
    }

    mutating func formIntersection(_ other: YearSet) {
        for index in 0..<Self.wordCount { self[index] &= other[index] }
        includesEarlierYears = includesEarlierYears && other.includesEarlierYears
    }

    /// Whether a year up to 2199 belongs to the set.
    @inline(__always)
    func contains(_ year: Int) -> Bool {
        let index = year &- Self.first
        if index < 0 { return includesEarlierYears }
        return self[index &>> 6] & 1 &<< UInt64(truncatingIfNeeded: index & 63) != 0
    }

    /// The first year of the set after another one.
    ///
    /// - Returns: The year, or nil if there is none up to 2199.
    @inline(__always)
    func next(after year: Int) -> Int? {
        if includesEarlierYears, year < Self.first - 1 { return year &+ 1 }
        let start = max(year &+ 1 &- Self.first, 0)
        var word = start &>> 6
        guard word < Self.wordCount else { return nil }
        var rest = self[word] & (UInt64.max &<< UInt64(truncatingIfNeeded: start & 63))
        while rest == 0 {
            word &+= 1
            if word == Self.wordCount { return nil }
            rest = self[word]
        }
        return Self.first &+ word &<< 6 &+ rest.trailingZeroBitCount
    }

    /// The last year of the set before another one.
    ///
    /// - Returns: The year, or nil if there is none; years before 1970 count down one by one.
    func previous(before year: Int) -> Int? {
        let end = min(year - 1, Self.last) - Self.first
        if end >= 0 {
            var word = end >> 6
            var rest = self[word] & (UInt64.max >> UInt64(63 - (end & 63)))
            while rest == 0, word > 0 {
                word -= 1
                rest = self[word]
            }
            if rest != 0 { return Self.first + word << 6 + 63 - rest.leadingZeroBitCount }
        }
        return includesEarlierYears ? min(year - 1, Self.first - 1) : nil
    }

    /// The set with a single run of years, or nil if it has gaps; for people.
    var years: [Int] { (Self.first...Self.last).filter(contains) }

    private subscript(index: Int) -> UInt64 {
        @inline(__always) get {
            switch index {
            case 0: words.0
            case 1: words.1
            case 2: words.2
            default: words.3
            }
        }
        set {
            switch index {
            case 0: words.0 = newValue
            case 1: words.1 = newValue
            case 2: words.2 = newValue
            default: words.3 = newValue
            }
        }
    }

    static func == (first: Self, second: Self) -> Bool {
        first.words == second.words && first.includesEarlierYears == second.includesEarlierYears
    }

    func hash(into hasher: inout Hasher) {
        for index in 0..<Self.wordCount { hasher.combine(self[index]) }
        hasher.combine(includesEarlierYears)
    }
}

extension YearSet {
    /// The years of each of the 14 shapes a year can have, by ``shape(isLeap:firstWeekday:)``; earlier years included.
    static let ofShape: [YearSet] = {
        var sets = Array(repeating: YearSet(includesEarlierYears: true), count: 14)
        for year in first...last {
            let firstDay = CivilDate.dayNumber(year: year, month: 1, day: 1)
            let shape = shape(
                isLeap: CivilDate.isLeapYear(year),
                firstWeekday: CivilDate.weekday(ofDayNumber: firstDay)
            )
            sets[shape].insert(from: year, through: year, step: 1)
        }
        return sets
    }()

    static func shape(isLeap: Bool, firstWeekday: Int) -> Int {
        (isLeap ? 7 : 0) + firstWeekday
    }

    private init(includesEarlierYears: Bool) {
        self.init()
        self.includesEarlierYears = includesEarlierYears
    }
}

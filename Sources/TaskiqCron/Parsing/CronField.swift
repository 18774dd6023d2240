// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// One of the fields of a cron expression: what values it has and what they are called.
struct CronField: Hashable, Sendable {
    enum Kind: UInt8, Hashable, Sendable {
        case second
        case minute
        case hour
        case dayOfMonth
        case month
        case dayOfWeek
        case year
    }

    let kind: Kind
    let minimum: Int
    /// The largest value that may be written; in the day of week 7 is another name for Sunday.
    let maximum: Int
    /// After how many values a range that wraps around starts again.
    let cycle: Int

    static let second = CronField(kind: .second, minimum: 0, maximum: 59, cycle: 60)
    static let minute = CronField(kind: .minute, minimum: 0, maximum: 59, cycle: 60)
    static let hour = CronField(kind: .hour, minimum: 0, maximum: 23, cycle: 24)
    static let dayOfMonth = CronField(kind: .dayOfMonth, minimum: 1, maximum: 31, cycle: 31)
    static let month = CronField(kind: .month, minimum: 1, maximum: 12, cycle: 12)
    static let dayOfWeek = CronField(kind: .dayOfWeek, minimum: 0, maximum: 7, cycle: 7)
    static let dayOfWeekFromOne = CronField(kind: .dayOfWeek, minimum: 1, maximum: 7, cycle: 7)
    static let year = CronField(kind: .year, minimum: YearSet.first, maximum: YearSet.last, cycle: 230)

    /// The largest value of `*`.
    @inline(__always)
    var starMaximum: Int { minimum &+ cycle &- 1 }

    var name: String {
        switch kind {
        case .second: "second"
        case .minute: "minute"
        case .hour: "hour"
        case .dayOfMonth: "day of month"
        case .month: "month"
        case .dayOfWeek: "day of week"
        case .year: "year"
        }
    }

    /// The names of the values from ``minimum`` on, three letters each in upper case.
    var valueNames: [String] {
        switch kind {
        case .month: Self.monthNames.map { String($0.prefix(3)).uppercased() }
        case .dayOfWeek: Self.weekdayNames.map { String($0.prefix(3)).uppercased() }
        default: []
        }
    }

    /// The value of a name of three letters, given by its bytes in upper case, or nil.
    @inline(__always)
    func value(ofName name: UInt32) -> Int? {
        switch kind {
        case .dayOfWeek: Self.weekday(ofName: name).map { $0 &+ minimum }
        case .month: Self.month(ofName: name)
        default: nil
        }
    }

    private static func weekday(ofName name: UInt32) -> Int? {
        switch name {
        case 0x53_554E: 0
        case 0x4D_4F4E: 1
        case 0x54_5545: 2
        case 0x57_4544: 3
        case 0x54_4855: 4
        case 0x46_5249: 5
        case 0x53_4154: 6
        default: nil
        }
    }

    private static func month(ofName name: UInt32) -> Int? {
        switch name {
        case 0x4A_414E: 1
        case 0x46_4542: 2
        case 0x4D_4152: 3
        case 0x41_5052: 4
        case 0x4D_4159: 5
        case 0x4A_554E: 6
        case 0x4A_554C: 7
        case 0x41_5547: 8
        case 0x53_4550: 9
        case 0x4F_4354: 10
        case 0x4E_4F56: 11
        case 0x44_4543: 12
        default: nil
        }
    }

    /// The value of a full name such as `monday`, in lower case.
    func value(ofFullName name: String) -> Int? {
        fullNames.firstIndex { $0.lowercased() == name }.map { $0 + minimum }
    }

    /// The allowed values for people.
    var allowed: String {
        switch kind {
        case .month, .dayOfWeek:
            "\(minimum)-\(maximum) or \(kind == .month ? "JAN-DEC" : "SUN-SAT")"
        default: "\(minimum)-\(maximum)"
        }
    }

    /// The name that was probably meant by a word.
    func suggestion(for word: String) -> String? {
        guard !fullNames.isEmpty else { return nil }
        let meant = EditDistance.nearest(to: word, among: fullNames + valueNames)
        return meant.map { String($0.prefix(3)).uppercased() }
    }

    private var fullNames: [String] {
        switch kind {
        case .month: Self.monthNames
        case .dayOfWeek: Self.weekdayNames
        default: []
        }
    }

    static let monthNames = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    static let weekdayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
}

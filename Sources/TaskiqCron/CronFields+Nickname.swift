// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension CronFields {
    /// `0 * * * *`.
    static let everyHour = CronFields(hours: 0xFF_FFFF, flags: .wildcardTime)
    /// `0 0 * * *`.
    static let everyDay = CronFields()
    /// `0 0 * * 0`.
    static let everyWeek = CronFields(weekdays: 1)
    /// `0 0 1 * *`.
    static let everyMonth = CronFields(daysOfMonth: 1 << 1)
    /// `0 0 1 1 *`.
    static let everyYear = CronFields(daysOfMonth: 1 << 1, months: 1 << 1)

    /// Midnight of the given days.
    private init(
        hours: UInt32 = 1,
        daysOfMonth: UInt32 = 0xFFFF_FFFE,
        months: UInt16 = 0x1FFE,
        weekdays: UInt8 = 0x7F,
        flags: Flags = []
    ) {
        self.init(
            minutes: 1,
            hours: hours,
            daysOfMonth: daysOfMonth,
            months: months,
            weekdays: weekdays,
            flags: flags
        )
    }
}

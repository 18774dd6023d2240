// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Puts the fields of an expression into words.
struct CronSentence {
    let elements: [CronElement]
    let fields: CronFields
    let seconds: UInt64

    /// The parts of the sentence, to be joined with commas.
    var parts: [String] {
        [time, days, months, years].compactMap { $0 }
    }

    /// `a`, `a and b`, `a, b and c`.
    static func list(_ words: [String], _ conjunction: String = "and") -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " \(conjunction) \(last)"
    }

    // MARK: Time of day

    private var time: String {
        let hours = values(UInt64(fields.hours))
        let minutes = values(fields.minutes)
        let seconds = values(self.seconds)
        let hasSeconds = fields.flags.contains(.seconds)
        if !isOpen(.hour), !isOpen(.minute), hours.count * minutes.count * seconds.count <= 6 {
            let times = hours.flatMap { hour in
                minutes.flatMap { minute in
                    seconds.map { second in
                        Self.two(hour) + ":" + Self.two(minute) + (hasSeconds ? ":" + Self.two(second) : "")
                    }
                }
            }
            return "at " + Self.list(times) + (isEveryDay ? " every day" : "")
        }
        var parts: [String] = []
        if hasSeconds { parts.append(unitPhrase(.second)) }
        let hour = hourPhrase
        if !hasSeconds || !isOpen(.minute) || !isOpen(.hour) {
            let minute = unitPhrase(.minute)
            if hour.isEmpty, !minute.hasPrefix("every") {
                parts.append(minute + " of every hour")
            } else {
                parts.append(minute)
            }
        }
        if !hour.isEmpty { parts.append(hour) }
        return parts.joined(separator: ", ")
    }

    /// Seconds or minutes.
    private func unitPhrase(_ kind: CronField.Kind) -> String {
        let own = elements(of: kind)
        let name = kind == .second ? "second" : "minute"
        guard let first = own.first else { return "at \(name) 0" }
        if own.count == 1 {
            switch (first.value, first.step) {
            case (.all, 1): return "every \(name)"
            case (.all, let step) where step < 60:
                return 60 % step == 0
                    ? "every \(step) \(name)s" : "every \(step) \(name)s from the start of every \(next(after: kind))"
            case (.range(let from, let through), let step):
                let every = step == 1 ? "every \(name)" : "every \(step) \(name)s"
                return "\(every) from \(name) \(from) through \(through)"
            case (.from(let from), let step): return "every \(step) \(name)s from \(name) \(from) on"
            default: break
            }
        }
        let set = values(kind == .second ? seconds : fields.minutes)
        let chosen = own.contains { if case .hashed = $0.value { true } else { false } } ? " (chosen by H)" : ""
        if set.count > 12 { return "at \(set.count) \(name)s from \(set.first ?? 0) to \(set.last ?? 0)" + chosen }
        return "at \(name)\(set.count == 1 ? "" : "s") " + Self.list(set.map { "\($0)" }) + chosen
    }

    private func next(after kind: CronField.Kind) -> String { kind == .second ? "minute" : "hour" }

    private var hourPhrase: String {
        let own = elements(of: .hour)
        guard let first = own.first else { return "" }
        if own.count == 1 {
            switch (first.value, first.step) {
            case (.all, 1): return ""
            case (.all, let step) where step < 24: return "in every \(Self.ordinal(step)) hour from 00:00 on"
            case (.range(let from, let through), 1):
                return "from \(Self.two(from)):00 through \(Self.two(through)):59"
            case (.range(let from, let through), let step):
                return "in every \(Self.ordinal(step)) hour from \(Self.two(from)):00 through \(Self.two(through)):59"
            default: break
            }
        }
        let hours = values(UInt64(fields.hours))
        return "in the hour\(hours.count == 1 ? "" : "s") " + Self.list(hours.map { Self.two($0) + ":00" })
    }

    // MARK: Days

    private var isEveryDay: Bool {
        isOpen(.dayOfMonth) && isOpen(.dayOfWeek) && isOpen(.month) && elements(of: .year).isEmpty
    }

    private var days: String? {
        let day = isOpen(.dayOfMonth) ? nil : dayOfMonth
        let isBoth = day != nil && !fields.flags.contains(.eitherDay)
        let weekday = isOpen(.dayOfWeek) ? nil : dayOfWeek(isBoth ? "or" : "and")
        switch (day, weekday) {
        case (let day?, let weekday?):
            return isBoth ? "on \(day) if that is also \(weekday)" : "on \(day) or on \(weekday)"
        case (let day?, nil): return "on " + day
        case (nil, let weekday?): return "on " + weekday
        case (nil, nil): return nil
        }
    }

    private var dayOfMonth: String {
        var special: [String] = []
        for element in elements(of: .dayOfMonth) {
            switch element.value {
            case .last(0): special.append("the last day of the month")
            case .last(let offset): special.append("the \(Self.count(offset, "day")) before the last day of the month")
            case .nearest(let day): special.append("the weekday nearest to day \(day) of the month")
            case .lastNearest(0): special.append("the last weekday of the month")
            case .lastNearest(let offset):
                special.append(
                    "the weekday nearest to the \(Self.count(offset, "day")) before the last day of the month"
                )
            default: break
            }
        }
        let set = values(UInt64(fields.daysOfMonth))
        if !set.isEmpty {
            special.insert("day\(set.count == 1 ? "" : "s") \(Self.ranges(set)) of the month", at: 0)
        }
        return Self.list(special)
    }

    private func dayOfWeek(_ conjunction: String) -> String {
        var words: [String] = []
        let set = values(UInt64(fields.weekdays))
        let plain = elements(of: .dayOfWeek).filter {
            switch $0.value {
            case .nth, .lastWeekday: false
            default: true
            }
        }
        if plain.count == 1, let only = plain.first, case .range(let from, let through) = only.value, only.step == 1 {
            words.append("\(name(from, only.field)) through \(name(through, only.field))")
        } else if !set.isEmpty {
            words += set.map { CronField.weekdayNames[$0] }
        }
        for element in elements(of: .dayOfWeek) {
            switch element.value {
            case .nth(let weekday, let number):
                words.append("the \(Self.ordinal(number)) \(CronField.weekdayNames[weekday]) of the month")
            case .lastWeekday(let weekday):
                words.append("the last \(CronField.weekdayNames[weekday]) of the month")
            default: break
            }
        }
        return Self.list(words, conjunction)
    }

    private func name(_ weekday: Int, _ field: CronField) -> String {
        CronField.weekdayNames[(weekday - field.minimum) % 7]
    }

    private var months: String? {
        guard !isOpen(.month) else { return nil }
        let own = elements(of: .month)
        if own.count == 1, let only = own.first, case .range(let from, let through) = only.value, only.step == 1 {
            return "in \(CronField.monthNames[from - 1]) through \(CronField.monthNames[through - 1])"
        }
        let bits = fields.months == 0 ? 0 : UInt64(fields.months)
        return bits == 0 ? nil : "in " + Self.list(values(bits).map { CronField.monthNames[$0 - 1] })
    }

    private var years: String? {
        let words = elements(of: .year).compactMap { element -> String? in
            switch element.value {
            case .all: element.step == 1 ? nil : "every \(Self.ordinal(element.step)) year from 1970 on"
            case .single(let year): "\(year)"
            case .range(let from, let through):
                "\(from) through \(through)" + (element.step == 1 ? "" : ", every \(Self.ordinal(element.step)) year")
            case .from(let from): "every \(Self.ordinal(element.step)) year from \(from) on"
            default: nil
            }
        }
        return words.isEmpty ? nil : "in " + Self.list(words)
    }

    // MARK: Words

    private func elements(of kind: CronField.Kind) -> [CronElement] {
        elements.filter { $0.field.kind == kind }
    }

    private func isOpen(_ kind: CronField.Kind) -> Bool {
        let own = elements(of: kind)
        return own.count == 1 && own[0].value == .all && own[0].step == 1
    }

    private func values(_ bits: UInt64) -> [Int] {
        (0..<64).filter { bits & 1 << UInt64($0) != 0 }
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func count(_ number: Int, _ unit: String) -> String {
        number == 1 ? unit : "\(ordinal(number)) \(unit)"
    }

    static func ordinal(_ number: Int) -> String {
        let suffix =
            switch (number % 100, number % 10) {
            case (11...13, _): "th"
            case (_, 1): "st"
            case (_, 2): "nd"
            case (_, 3): "rd"
            default: "th"
            }
        return "\(number)\(suffix)"
    }

    /// `1, 3-7 and 15`.
    private static func ranges(_ numbers: [Int]) -> String {
        var runs: [(first: Int, last: Int)] = []
        for number in numbers {
            if let run = runs.last, run.last + 1 == number {
                runs[runs.count - 1].last = number
            } else {
                runs.append((number, number))
            }
        }
        let words = runs.flatMap { run in
            switch run.last - run.first {
            case 0: ["\(run.first)"]
            case 1: ["\(run.first)", "\(run.last)"]
            default: ["\(run.first)-\(run.last)"]
            }
        }
        return list(words)
    }
}

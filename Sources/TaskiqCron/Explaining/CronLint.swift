// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Collects the warnings about one expression.
struct CronLint {
    let text: String
    let elements: [CronElement]
    let fields: CronFields
    private(set) var warnings: [CronWarning] = []

    init(text: String, elements: [CronElement], fields: CronFields) {
        self.text = text
        self.elements = elements
        self.fields = fields
    }

    mutating func add(_ code: CronWarning.Code, _ element: CronElement?, _ message: String) {
        let bytes = Array(text.utf8)
        warnings.append(
            CronWarning(
                code: code,
                field: element?.field.name,
                column: element.map { String(decoding: bytes[..<$0.range.lowerBound], as: UTF8.self).count + 1 },
                text: element.map { String(decoding: bytes[$0.range], as: UTF8.self) },
                message: message
            )
        )
    }

    private func all(_ kind: CronField.Kind) -> [CronElement] {
        elements.filter { $0.field.kind == kind }
    }

    mutating func days() {
        let (days, weekdays) = (all(.dayOfMonth), all(.dayOfWeek))
        guard let firstDay = days.first, let firstWeekday = weekdays.first else { return }
        let isOpenDay = days.count == 1 && firstDay.value == .all && firstDay.step == 1
        let isOpenWeekday = weekdays.count == 1 && firstWeekday.value == .all && firstWeekday.step == 1
        if fields.flags.contains(.eitherDay), !isOpenDay, !isOpenWeekday {
            add(
                .eitherDay,
                firstWeekday,
                "with a day of month as well, one of them is enough; write + in front if both must match"
            )
        } else if !isOpenDay, !isOpenWeekday {
            for element in [firstDay, firstWeekday] where element.value == .all && element.step > 1 {
                add(
                    .steppedStar,
                    element,
                    "a field that starts with * counts as open, so day of month and day of week must both match"
                )
            }
        }
        if !fields.flags.contains(.eitherDay), let first = earliestDay(days) {
            let months = (1...12).filter { fields.months & 1 << UInt16($0) != 0 }
            let short = months.filter { CivilDate.length(ofMonth: $0, year: 2_001) < first }
            if months == [2], !short.isEmpty {
                add(.shortMonths, firstDay, "only leap years have such a day; L is the last day of every February")
            } else if !short.isEmpty {
                add(.shortMonths, firstDay, "months without such a day are skipped; L is the last day of every month")
            }
        }
    }

    /// The earliest of some days of month; nil if every month has one of them.
    private func earliestDay(_ elements: [CronElement]) -> Int? {
        var days: [Int] = []
        for element in elements {
            switch element.value {
            case .single(let day), .nearest(let day), .from(let day): days.append(day)
            case .range(let first, let last): days.append(last < first ? 1 : first)
            default: return nil
            }
        }
        return days.min()
    }

    mutating func steps() {
        for element in elements where element.step > 1 {
            let field = element.field
            if element.step >= field.cycle {
                add(.largeStep, element, "the step is not smaller than the field, so only the first value is left")
                continue
            }
            switch (field.kind, element.value) {
            case (.dayOfMonth, .all):
                add(
                    .daysRestart,
                    element,
                    "the count begins anew with the first of every month, so the days are not \(element.step) apart "
                        + "there"
                )
            case (.second, .all), (.minute, .all), (.hour, .all):
                if field.cycle % element.step != 0 {
                    let last = (field.cycle - 1) / element.step * element.step
                    add(
                        .unevenStep,
                        element,
                        "\(element.step) does not divide \(field.cycle): after \(field.name) \(last) comes 0, "
                            + "\(field.cycle - last) later"
                    )
                }
            case (.dayOfWeek, .from) where field.minimum == 0:
                add(.weekdayStep, element, "the step goes on to 7, which is Sunday")
            default: break
            }
        }
    }
}

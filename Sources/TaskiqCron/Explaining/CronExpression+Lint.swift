// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension CronExpression {
    /// What about the expression is often not meant.
    ///
    /// - Returns: The warnings in the order of the text; none for most expressions.
    public func warnings() -> [CronWarning] {
        withElements { text, elements, _ in
            var lint = CronLint(text: text, elements: elements, fields: storage.header.fields)
            if let interval, interval == .seconds(1), !text.lowercased().hasSuffix("s") || text.contains("ms") {
                lint.add(.shortInterval, nil, "an interval of less than a second is taken as one second")
            }
            if elements.isEmpty { return lint.warnings }
            lint.days()
            lint.steps()
            return lint.warnings
        }
    }

    /// What about the expression is often not meant, jumps of a zone's clocks included.
    ///
    /// - Parameters:
    ///   - zone: The zone whose clocks the fields speak of, unless the expression names one.
    ///   - start: The jumps of the year after this instant are looked at.
    ///   - policy: What happens to local times that clocks skip or repeat.
    /// - Returns: The warnings in the order of the text, then those about jumps.
    public func warnings(
        in zone: Zone,
        after start: Timestamp,
        policy: TransitionPolicy = .automatic
    ) -> [CronWarning] {
        let end = start + .seconds(366 * 86_400)
        let effects = transitionEffects(after: start, until: end, in: zone, policy: policy)
        // A heartbeat that follows real time through a jump is what everybody expects.
        let jumps = effects.filter { effect in
            effect.outcome == .runsAfterGap || effect.outcome == .runsOnce
                || effect.outcome == .doesNotRun && !flags.contains(.wildcardTime)
        }
        return warnings()
            + jumps.map { effect in
                let isGap = effect.outcome != .runsOnce
                return CronWarning(
                    code: isGap ? .skippedTime : .repeatedTime,
                    field: nil,
                    column: nil,
                    text: nil,
                    message: "in \((self.zone ?? zone).identifier) \(effect)"
                )
            }
    }

    /// Reads the text again and gives its elements, of which a nickname has none.
    func withElements<Value>(_ body: (String, [CronElement], CronMeaning) -> Value) -> Value {
        let dialect = dialect
        return storage.withText { bytes in
            var parser = CronParser(bytes, dialect: dialect, seed: "")
            parser.elements = []
            try? parser.parse()
            return body(parser.string(0..<bytes.count), parser.elements ?? [], parser.meaning)
        }
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron

extension ScheduleValidator {
    /// Reads when a schedule is due: exactly one of `cron`, `every` and `at`.
    mutating func timing(
        _ fields: [ScheduleField: FieldValue],
        zone: Zone,
        transitions: TransitionPolicy,
        at mark: SourceMark
    ) -> Schedule? {
        let kinds = [ScheduleField.cron, .every, .at].filter { fields[$0] != nil }
        guard let kind = kinds.first, let field = fields[kind] else {
            problems.error(.missingField, at: mark, "a schedule needs one of \"cron\", \"every\" and \"at\"")
            return nil
        }
        guard kinds.count == 1 else {
            let names = kinds.map { "\"\($0.rawValue)\"" }.joined(separator: " and ")
            let second = kinds.dropFirst().compactMap { fields[$0]?.keyMark }.first ?? mark
            problems.error(
                .conflictingFields,
                at: second,
                "\(names) exclude each other; make a schedule for each of them"
            )
            return nil
        }
        if kind != .cron, let dst = fields[.dst] {
            problems.error(
                .conflictingFields,
                at: dst.keyMark,
                "\"dst\" goes with \"cron\" only, not with \"\(kind.rawValue)\""
            )
            return nil
        }
        switch kind {
        case .cron: return cron(field.node, zone: zone, transitions)
        case .every: return interval(field.node)
        default: return moment(field.node, zone: zone)
        }
    }

    /// Reads a zone by its name or offset.
    mutating func zone(_ node: ScheduleNode) -> Zone? {
        guard let name = text(node, of: "timezone") else { return nil }
        do throws(ZoneError) {
            return try Zone(identifier: name)
        } catch {
            problems.error(
                .unknownZone,
                at: node.mark,
                "\"\(error.identifier)\": \(error.reason)",
                suggestion: error.suggestion.map { "did you mean \"\($0)\"?" }
            )
            return nil
        }
    }

    // MARK: Kinds

    private mutating func cron(_ node: ScheduleNode, zone: Zone, _ transitions: TransitionPolicy) -> Schedule? {
        var nodes = [node]
        if case .list(let list) = node.content {
            nodes = list
            guard !nodes.isEmpty else {
                problems.error(.badValue, at: node.mark, "cron needs at least one expression")
                return nil
            }
        }
        let expressions = every(nodes) { validator, node in validator.expression(node) }
        guard let expressions else { return nil }
        return make(.cron(expressions, zone), transitions, at: node.mark)
    }

    private mutating func expression(_ node: ScheduleNode) -> CronExpression? {
        guard let text = text(node, of: "cron") else { return nil }
        do throws(CronError) {
            let expression = try CronExpression(text)
            try expression.checkFires()
            return expression
        } catch {
            let place = error.column.map { column in
                problems.source.mark(
                    within: node,
                    offset: column - 1,
                    length: error.offendingText?.unicodeScalars.count ?? 1
                )
            }
            problems.error(
                Diagnostic.Code(error.code),
                at: place ?? node.mark,
                error.shortMessage,
                suggestion: error.suggestion.map { "did you mean \($0)?" }
            )
            return nil
        }
    }

    private mutating func interval(_ node: ScheduleNode) -> Schedule? {
        let words = ["second", "minute", "hour", "day", "weekday", "week", "month", "year"]
        if case .string(let text) = node.content, let word = text.split(separator: " ").first,
            words.contains(String(word))
        {
            problems.error(
                .unsupportedValue,
                at: node.mark,
                "\"every\" in words is not supported yet by this version",
                suggestion: "write a duration such as 15m, or use \"cron\""
            )
            return nil
        }
        guard let interval = duration(node, of: "every", atLeast: .seconds(1)) else { return nil }
        return make(.interval(interval, anchor: .epoch), at: node.mark)
    }

    private mutating func moment(_ node: ScheduleNode, zone: Zone) -> Schedule? {
        guard let text = text(node, of: "at") else { return nil }
        // After the date only an offset has a sign or a Z.
        let hasOffset = text.utf8.dropFirst(11).contains { "Zz+-".utf8.contains($0) }
        do throws(TimestampError) {
            let timestamp = try Timestamp(parsing: hasOffset ? text : text + "Z")
            return hasOffset ? .at(timestamp) : local(timestamp, text, zone, at: node.mark)
        } catch {
            problems.error(
                .badTime,
                at: problems.source.mark(within: node, offset: error.column - 1, length: 1),
                error.reason,
                suggestion: "write it like 2026-12-01T06:00:00+01:00; without an offset it is in \"timezone\""
            )
            return nil
        }
    }

    /// The instant at which a zone's clocks show what UTC's show at another one.
    private mutating func local(_ timestamp: Timestamp, _ text: String, _ zone: Zone, at mark: SourceMark) -> Schedule?
    {
        guard let civil = Zone.utc.civil(at: timestamp) else {
            problems.error(.badTime, at: mark, "\(text) is outside the years 0001 to 9999")
            return nil
        }
        let milliseconds = timestamp - Timestamp(secondsSinceEpoch: timestamp.secondsSinceEpoch)
        switch zone.instants(of: civil) {
        case .unique(let instant): return .at(instant + milliseconds)
        case .repeated(let first, let second):
            problems.warning(
                .dstRepeat,
                at: mark,
                "\(text) in \(zone) comes twice; it will run at \(first.rfc3339(in: zone)), "
                    + "not at \(second.rfc3339(in: zone))"
            )
            return .at(first + milliseconds)
        case .skipped(let transition):
            problems.warning(
                .dstGap,
                at: mark,
                "\(text) in \(zone) does not exist; it will run at \(transition.timestamp.rfc3339(in: zone))"
            )
            return .at(transition.timestamp)
        }
    }

    private mutating func make(
        _ trigger: Schedule.Trigger,
        _ transitions: TransitionPolicy = .automatic,
        at mark: SourceMark
    ) -> Schedule? {
        do throws(TaskiqError) {
            return try Schedule(trigger, transitions: transitions)
        } catch {
            problems.error(.badValue, at: mark, error.message)
            return nil
        }
    }
}

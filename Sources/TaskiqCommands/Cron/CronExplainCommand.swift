// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Taskiq
import TaskiqApp
import TaskiqCron

/// `cron explain`: what an expression means, when it fires next, and what about it may not be meant.
struct CronExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Says in words what an expression means, and when it fires next.",
        discussion: """
            The next instants are shown in the zone and in UTC, with what jumps of the clock do to them. Below them are \
            the jumps of the year to come that touch the expression, and warnings about what is often not meant.

            Exit codes: 0 fine, 1 the expression never fires, 2 usage.
            """
    )

    @OptionGroup var cron: CronOptions
    @OptionGroup var transitions: TransitionOptions

    @Option(name: .shortAndLong, help: ArgumentHelp("How many instants to show.", valueName: "n"))
    var number = 5

    @Flag(name: .long, help: "Print a JSON object.")
    var json = false

    func validate() throws {
        guard (0...1_000).contains(number) else { throw ValidationError("-n must be from 0 to 1000.") }
    }

    func run() throws {
        for line in try lines() { Output.line(line) }
        try failIfNeverFires()
    }

    /// The answer.
    func lines() throws -> [String] {
        let policy = try transitions.policy()
        let (expression, zone, start) = try cron.parsed()
        let instants = Array(expression.occurrences(after: start, in: zone, policy: policy).prefix(number))
        let warnings = expression.warnings(in: zone, after: start, policy: policy)
        if json { return ["\(Self.json(expression, instants, warnings, zone).fragment)"] }
        var lines = [expression.explanation]
        if !instants.isEmpty { lines.append("") }
        for instant in instants {
            let remark = Self.remark(instant, expression, zone).map { "  (\($0))" } ?? ""
            lines.append("  \(CronAnswer.text(instant, in: zone))  \(instant)\(remark)")
        }
        if !warnings.isEmpty { lines.append("") }
        return lines + warnings.map { "warning: \($0)" }
    }

    func failIfNeverFires() throws {
        let expression = try cron.parsed().expression
        guard expression.neverFires else { return }
        do {
            try expression.checkFires()
        } catch {
            throw CommandExit(.problem, "\(error)")
        }
    }

    /// What is special about an instant near a jump of the clock.
    private static func remark(_ instant: Timestamp, _ expression: CronExpression, _ zone: Zone) -> String? {
        guard let civil = zone.civil(at: instant) else { return nil }
        if case .repeated(let first, _) = zone.instants(of: civil) {
            return instant == first ? "clocks show this time twice, the first one" : "the second one"
        }
        if let jump = zone.transition(atOrBefore: instant), jump.timestamp == instant, jump.jump > .zero,
            case let effects = expression.transitionEffects(
                after: instant - .seconds(1),
                until: instant + .seconds(1),
                in: zone
            ),
            let effect = effects.first
        {
            return "right after a gap that skips \(effect.firstLocalTime)"
        }
        return nil
    }

    private static func json(
        _ expression: CronExpression,
        _ instants: [Timestamp],
        _ warnings: [CronWarning],
        _ zone: Zone
    ) -> JSONValue {
        .object([
            .init("expression", .string(expression.description)),
            .init("explanation", .string(expression.explanation)),
            .init("zone", .string(zone.identifier)),
            .init("neverFires", .bool(expression.neverFires)),
            .init(
                "next",
                .array(
                    instants.map { instant in
                        var members: [JSONValue.Member] = [
                            .init("local", .string(CronAnswer.text(instant, in: zone))),
                            .init("utc", .string(instant.description)),
                        ]
                        if let remark = remark(instant, expression, zone) {
                            members.append(.init("remark", .string(remark)))
                        }
                        return .object(members)
                    }
                )
            ),
            .init(
                "warnings",
                .array(
                    warnings.map { warning in
                        .object([
                            .init("code", .string(warning.code.description)),
                            .init("message", .string(warning.message)),
                            .init("column", warning.column.map { .int($0) } ?? .null),
                        ])
                    }
                )
            ),
        ])
    }
}

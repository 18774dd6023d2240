// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqApp
import TaskiqCron

/// Answers questions about cron expressions that are JSON objects, one a line.
enum CronBatch {
    private struct Failure: Error {
        var code: String
        var message: String
        var column: Int?

        init(_ code: String, _ message: String, column: Int? = nil) {
            self.code = code
            self.message = message
            self.column = column
        }
    }

    /// No answer has more instants.
    private static let limit = 1_000_000

    /// The answer to a line: `{"next":[…]}`, `{"prev":[…]}` or `{"error":{…}}`.
    static func answer(to line: String, policy: TransitionPolicy = .automatic) -> String {
        let answer: JSONValue
        do {
            answer = try self.answer(to: try question(line), policy)
        } catch {
            let failure = failure(error)
            answer = .object([
                .init(
                    "error",
                    .object([
                        .init("code", .string(failure.code)),
                        .init("message", .string(failure.message)),
                        .init("column", failure.column.map { .int($0) } ?? .null),
                    ])
                )
            ])
        }
        return "\(answer.fragment)"
    }

    private static func question(_ line: String) throws -> JSONValue {
        let value: JSONValue
        do {
            value = try JSONFragment(parsing: line).decode(JSONValue.self)
        } catch {
            throw Failure("invalidQuestion", "the line is not JSON: \(error)")
        }
        guard case .object = value else { throw Failure("invalidQuestion", "the line is not a JSON object") }
        return value
    }

    private static func answer(to question: JSONValue, _ policy: TransitionPolicy) throws -> JSONValue {
        guard let text = try string("expr", of: question) else {
            throw Failure("invalidQuestion", "\"expr\" is missing")
        }
        let dialectName = try string("dialect", of: question) ?? "standard"
        guard let dialect = CronDialect(name: dialectName) else {
            throw Failure("invalidQuestion", "there is no dialect \"\(dialectName)\"")
        }
        let expression = try CronExpression(text, dialect: dialect, seed: try seed(of: question))
        let zone = try expression.zone ?? Zone(identifier: try string("tz", of: question) ?? "UTC")
        let startText = try string("start", of: question)
        let start = try startText.map { try Timestamp(parsing: $0) } ?? WallClock.now
        let until = try string("until", of: question).map { try Timestamp(parsing: $0) }
        let count = try count(of: question)
        let kind = try string("kind", of: question) ?? "next"
        let instants: [Timestamp]
        switch kind {
        case "next":
            if let until { try checkCount(expression, start, until, zone, policy, limit: count) }
            instants = Array(
                expression.occurrences(after: start, until: until ?? .latest, in: zone, policy: policy)
                    .prefix(count ?? (until == nil ? 5 : limit))
            )
        case "prev":
            let start = CronAnswer.backwardStart(start, written: startText)
            if let until { try checkCount(expression, until, start, zone, policy, limit: count) }
            instants = CronAnswer.previous(
                expression,
                before: start,
                after: until ?? .earliest,
                in: zone,
                policy: policy,
                count: count ?? (until == nil ? 5 : limit)
            )
        default: throw Failure("invalidQuestion", "\"kind\" must be \"next\" or \"prev\", found \"\(kind)\"")
        }
        return .object([.init(kind, .array(instants.map { .string(CronAnswer.text($0, in: zone)) }))])
    }

    private static func checkCount(
        _ expression: CronExpression,
        _ start: Timestamp,
        _ end: Timestamp,
        _ zone: Zone,
        _ policy: TransitionPolicy,
        limit asked: Int?
    ) throws {
        guard asked == nil else { return }
        let count = expression.count(after: start, until: end, in: zone, policy: policy)
        guard count <= limit else {
            throw Failure("tooMany", "\(count) instants lie in between, more than \(limit); give a \"count\" as well")
        }
    }

    // MARK: Members

    private static func string(_ key: String, of question: JSONValue) throws -> String? {
        switch question[key] {
        case nil, .null: return nil
        case .string(let text): return text
        default: throw Failure("invalidQuestion", "\"\(key)\" must be text")
        }
    }

    private static func count(of question: JSONValue) throws -> Int? {
        switch question["count"] {
        case nil, .null: return nil
        case .int(let count) where (0...limit).contains(count): return count
        default: throw Failure("invalidQuestion", "\"count\" must be an integer from 0 to \(limit)")
        }
    }

    private static func seed(of question: JSONValue) throws -> String? {
        if case .int(let number) = question["seed"] { return "\(number)" }
        return try string("seed", of: question)
    }

    // MARK: Errors

    private static func failure(_ error: any Error) -> Failure {
        switch error {
        case let failure as Failure: failure
        case let error as CronError: Failure(error.code.description, "\(error)", column: error.column)
        case let error as ZoneError: Failure(error.code.description, "\(error)")
        case let error as TimestampError: Failure("badTimestamp", "\(error)", column: error.column)
        default: Failure("unknown", "\(error)")
        }
    }
}

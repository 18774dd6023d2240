// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron

/// The problems of crontabs and lists of expressions.
struct CronCheck {
    struct Problem: CustomStringConvertible {
        var file: String
        var line: Int
        var column: Int
        var isError: Bool
        var code: String
        var message: String

        var description: String { "\(file):\(line):\(column): \(isError ? "error" : "warning"): \(message)" }

        var json: JSONValue {
            .object([
                .init("file", .string(file)), .init("line", .int(line)), .init("column", .int(column)),
                .init("severity", .string(isError ? "error" : "warning")), .init("code", .string(code)),
                .init("message", .string(message)),
            ])
        }
    }

    private let dialect: CronDialect
    private var zone: Zone
    private let now: Timestamp
    private(set) var problems: [Problem] = []
    private(set) var expressionCount = 0

    init(dialect: CronDialect, zone: Zone, now: Timestamp) {
        self.dialect = dialect
        self.zone = zone
        self.now = now
    }

    mutating func read(_ lines: [String], of file: String) {
        let zoneOfFile = zone
        for (index, line) in lines.enumerated() {
            read(line, file, index + 1)
        }
        // What one file sets does not hold for the next.
        zone = zoneOfFile
    }

    private mutating func read(_ line: String, _ file: String, _ number: Int) {
        let indentation = line.prefix { $0 == " " || $0 == "\t" }.count
        let text = String(line.dropFirst(indentation))
        guard let first = text.first, first != "#" else { return }
        if let (name, value) = Self.assignment(text) {
            guard name == "CRON_TZ" || name == "TZ" else { return }
            do throws(ZoneError) {
                zone = try Zone(identifier: value)
            } catch {
                add(file, number, indentation + name.count + 2, true, error.code.description, "\(error)")
            }
            return
        }
        expressionCount += 1
        do throws(CronError) {
            let expression = try CronExpression(Self.expression(in: text), dialect: dialect)
            if !expression.firesAtStart { try expression.checkFires() }
            for warning in expression.warnings(in: zone, after: now) {
                let column = indentation + (warning.column ?? 1)
                let message = warning.field.map { "\($0): \(warning.message)" } ?? warning.message
                add(file, number, column, false, warning.code.description, message)
            }
        } catch {
            var message = error.field.map { "\($0): \(error.reason)" } ?? error.reason
            if let allowed = error.allowed { message += ", allowed is \(allowed)" }
            if let suggestion = error.suggestion { message += "; did you mean \(suggestion)?" }
            add(file, number, indentation + (error.column ?? 1), true, error.code.description, message)
        }
    }

    private mutating func add(
        _ file: String,
        _ line: Int,
        _ column: Int,
        _ isError: Bool,
        _ code: String,
        _ message: String
    ) {
        problems.append(
            Problem(file: file, line: line, column: column, isError: isError, code: code, message: message)
        )
    }

    /// `NAME=value`, as crontabs set variables; a zone with an expression behind it is none.
    private static func assignment(_ line: String) -> (name: String, value: String)? {
        guard let equals = line.firstIndex(of: "=") else { return nil }
        let name = line[..<equals].filter { $0 != " " && $0 != "\t" }
        guard let first = name.first, first.isLetter || first == "_",
            name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" })
        else { return nil }
        let value = line[line.index(after: equals)...].split { $0 == " " || $0 == "\t" }
        guard name != "CRON_TZ" && name != "TZ" || value.count <= 1 else { return nil }
        return (name, value.joined(separator: " ").filter { $0 != "\"" && $0 != "'" })
    }

    /// The part of a line that is the expression.
    ///
    /// The whole line, if all its words look like fields; else the first five fields, a user or command follows.
    static func expression(in line: String) -> String {
        var words: [Substring] = line.split { $0 == " " || $0 == "\t" }
        let prefix = words.first?.contains("=") == true ? 1 : 0
        guard let first = words.dropFirst(prefix).first else { return line }
        if first.hasPrefix("@") {
            // @every has an interval behind it.
            words = Array(words.prefix(prefix + (first.lowercased() == "@every" ? 2 : 1)))
        } else if words.count > prefix + 5, !words.dropFirst(prefix + 5).allSatisfy(looksLikeField) {
            words = Array(words.prefix(prefix + 5))
        }
        guard let last = words.last else { return line }
        return String(line[..<last.endIndex])
    }

    /// Whether a word has the characters of a field, and no letters but those of names and of `H`, `L` and `W`.
    private static func looksLikeField(_ word: Substring) -> Bool {
        let names = [
            "SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG",
            "SEP", "OCT", "NOV", "DEC", "L", "W", "LW", "H",
        ]
        guard let first = word.first, first.isLetter || first.isNumber || "*?+".contains(first),
            word.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "*?+,-/#()".contains($0)) })
        else { return false }
        return word.uppercased().split { !$0.isLetter }.allSatisfy { letters in
            names.contains { letters == $0 || letters == $0 + "L" }
        }
    }
}

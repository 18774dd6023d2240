// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

// Each of these reads a value of one kind, or reports what is wrong with it and returns nil.
extension ScheduleValidator {
    /// The entries of a map, without those whose key stood before.
    mutating func map(_ node: ScheduleNode, of name: String) -> [ScheduleNode.Entry]? {
        guard case .map(let entries) = node.content else {
            refuse(node, "\(name) must be a map of names and values")
            return nil
        }
        var lines: [String: Int] = [:]
        var result: [ScheduleNode.Entry] = []
        for entry in entries {
            if case .rejected = entry.value.content {
                result.append(entry)
            } else if let line = lines.updateValue(entry.keyMark.line, forKey: entry.key) {
                lines[entry.key] = line
                problems.harmlessError(
                    .duplicateKey,
                    at: entry.keyMark,
                    "\"\(entry.key.clipped(to: 60))\" is already set in line \(line)",
                    suggestion: "the value of line \(line) stays in force"
                )
            } else {
                result.append(entry)
            }
        }
        return result
    }

    mutating func text(_ node: ScheduleNode, of name: String) -> String? {
        switch node.content {
        case .string(let text):
            guard !text.isEmpty else {
                problems.error(.badValue, at: node.mark, "\(name) must not be empty")
                return nil
            }
            return text
        case .int, .double, .bool:
            refuse(node, "\(name) must be text", suggestion: "write \"\(node.text.clipped(to: 60))\" in quotes")
        default: refuse(node, "\(name) must be text")
        }
        return nil
    }

    /// Texts in a list, or a single one.
    mutating func texts(_ node: ScheduleNode, of name: String) -> [String]? {
        guard case .list(let nodes) = node.content else { return text(node, of: name).map { [$0] } }
        return every(nodes) { validator, node in validator.text(node, of: name) }
    }

    mutating func bool(_ node: ScheduleNode, of name: String) -> Bool? {
        if case .bool(let value) = node.content { return value }
        refuse(node, "\(name) must be true or false")
        return nil
    }

    mutating func int(_ node: ScheduleNode, of name: String, in range: ClosedRange<Int>) -> Int? {
        if case .int(let value) = node.content, range.contains(value) { return value }
        refuse(node, "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        return nil
    }

    mutating func duration(_ node: ScheduleNode, of name: String, atLeast shortest: Duration) -> Duration? {
        let longest = Duration.seconds(100 * 366 * 86_400)
        let duration: Duration?
        switch node.content {
        case .int(let seconds): duration = seconds.magnitude <= 1 << 40 ? .seconds(seconds) : nil
        case .double(let seconds):
            duration = seconds.magnitude <= 1e12 ? .milliseconds(Int64((seconds * 1000).rounded())) : nil
        case .string(let text): duration = Duration.parse(text)
        case .rejected:
            refuse(node, "")
            return nil
        default: duration = nil
        }
        guard let duration else {
            problems.error(
                .badDuration,
                at: node.mark,
                "\(name) must be a duration, found \(node.kind)",
                suggestion: "write it like 90s, 15m, 1h30m or 2d; a plain number is seconds"
            )
            return nil
        }
        guard duration >= shortest, duration <= longest else {
            problems.error(
                .badDuration,
                at: node.mark,
                duration < shortest
                    ? "\(name) must be at least \(shortest.formattedShortly), found \(node.text.clipped(to: 60))"
                    : "\(name) must be at most 100 years, found \(node.text.clipped(to: 60))"
            )
            return nil
        }
        return duration
    }

    /// Any value, as it goes to the task.
    mutating func json(_ node: ScheduleNode, of name: String) -> JSONValue? {
        switch node.content {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .int(let value): return .int(value)
        case .double(let value):
            guard value.isFinite else {
                problems.error(
                    .badValue,
                    at: node.mark,
                    "\(node.text) in \(name) cannot be sent; JSON has no such number"
                )
                return nil
            }
            return .double(value)
        case .string(let value): return .string(value)
        case .list(let nodes):
            return every(nodes) { validator, node in validator.json(node, of: name) }.map(JSONValue.array)
        case .map: return members(node, of: name).map(JSONValue.object)
        case .rejected:
            refuse(node, "")
            return nil
        }
    }

    /// The members of a map, as they go to the task.
    mutating func members(_ node: ScheduleNode, of name: String) -> [JSONValue.Member]? {
        guard let entries = map(node, of: name) else { return nil }
        return every(entries) { validator, entry in
            validator.json(entry.value, of: name).map { JSONValue.Member(entry.key, $0) }
        }
    }

    mutating func labels(_ node: ScheduleNode) -> Labels? {
        guard let entries = map(node, of: "labels") else { return nil }
        return every(entries) { validator, entry -> Labels.Entry? in
            let value: LabelValue
            switch entry.value.content {
            case .bool(let bool): value = .bool(bool)
            case .int(let int): value = .int(int)
            case .double(let double) where double.isFinite: value = .double(double)
            case .string(let text): value = .string(text)
            default:
                validator.refuse(
                    entry.value,
                    "the label \"\(entry.key.clipped(to: 60))\" must be text, a number, true or false"
                )
                return nil
            }
            guard !entry.key.isEmpty else {
                validator.problems.error(.badValue, at: entry.keyMark, "a label must have a name")
                return nil
            }
            return Labels.Entry(name: entry.key, value: value)
        }.map { Labels($0) }
    }

    /// Reads all elements, so that each wrong one is reported; nil when there was one.
    mutating func every<Element, Value>(
        _ elements: [Element],
        _ read: (inout ScheduleValidator, Element) -> Value?
    ) -> [Value]? {
        var values: [Value] = []
        for element in elements {
            if let value = read(&self, element) { values.append(value) }
        }
        return values.count == elements.count ? values : nil
    }

    /// Reports a value of the wrong kind, or the reason why it has none.
    mutating func refuse(_ node: ScheduleNode, _ expectation: String, suggestion: String? = nil) {
        if case .rejected(let code, let reason) = node.content {
            problems.error(code, at: node.mark, reason)
        } else {
            problems.error(.badValue, at: node.mark, "\(expectation), found \(node.kind)", suggestion: suggestion)
        }
    }
}

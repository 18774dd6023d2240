// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

/// What a schedule sends.
struct SchedulePayload {
    var task: TaskName
    var args: [JSONValue] = []
    var kwargs: [JSONValue.Member] = []
    var labels = Labels()
}

extension ScheduleValidator {
    /// The task that runs commands.
    private static var commandTask: TaskName { "taskiq.command" }

    /// Reads what a schedule sends: exactly one of `task` and `command`, with what belongs to it.
    mutating func payload(_ fields: [ScheduleField: FieldValue], at mark: SourceMark) -> SchedulePayload? {
        let timeout = fields[.timeout].map { self.timeout($0.node) } ?? defaults.timeout
        var payload: SchedulePayload?
        switch (fields[.task], fields[.command]) {
        case (nil, nil):
            problems.error(.missingField, at: mark, "a schedule needs a \"task\" or a \"command\"")
        case (.some, let command?):
            problems.error(.conflictingFields, at: command.keyMark, "\"task\" and \"command\" exclude each other")
        case (let task?, nil):
            refuse([.env, .cwd], in: fields, "belongs to a \"command\"")
            payload = call(task, fields)
            if let timeout { payload?.labels.merge([.timeout(timeout)]) }
        case (nil, let command?):
            refuse([.args, .kwargs], in: fields, "belongs to a \"task\"")
            payload = self.command(command, fields, timeout: timeout)
        }
        let own = fields[.labels].map { self.labels($0.node) } ?? []
        let queue = fields[.queue].map { self.queue($0.node) }
        let priority = fields[.priority].map { self.priority($0.node) }

        // What is nearer to the schedule wins: the file's labels, the file's fields, its own labels, its own fields.
        var labels = defaults.labels.merging(defaults.routing)
        let isOwnTimeout = fields[.timeout] != nil
        if !isOwnTimeout { labels.merge(payload?.labels ?? []) }
        labels.merge(own ?? [])
        if isOwnTimeout { labels.merge(payload?.labels ?? []) }
        if let queue = queue ?? nil { labels.merge([.queue(queue)]) }
        if let priority = priority ?? nil { labels.merge([.priority(priority)]) }
        payload?.labels = labels
        return payload
    }

    // MARK: Fields that defaults have too

    mutating func queue(_ node: ScheduleNode) -> String? {
        text(node, of: "queue")
    }

    mutating func priority(_ node: ScheduleNode) -> Int? {
        int(node, of: "priority", in: 0...9)
    }

    mutating func timeout(_ node: ScheduleNode) -> Duration? {
        duration(node, of: "timeout", atLeast: .milliseconds(1))
    }

    // MARK: Kinds

    private mutating func call(_ task: FieldValue, _ fields: [ScheduleField: FieldValue]) -> SchedulePayload? {
        let name = text(task.node, of: "task")
        var args: [JSONValue]? = []
        if let field = fields[.args] {
            if case .list(let nodes) = field.node.content {
                args = every(nodes) { validator, node in validator.json(node, of: "args") }
            } else {
                args = nil
                refuse(field.node, "args must be a list")
            }
        }
        let kwargs = fields[.kwargs].map { members($0.node, of: "kwargs") } ?? []
        guard let name, let args, let kwargs else { return nil }
        return SchedulePayload(task: TaskName(rawValue: name), args: args, kwargs: kwargs)
    }

    private mutating func command(
        _ field: FieldValue,
        _ fields: [ScheduleField: FieldValue],
        timeout: Duration?
    ) -> SchedulePayload? {
        let command: JSONValue?
        if case .list(let nodes) = field.node.content {
            if nodes.isEmpty { problems.error(.badValue, at: field.node.mark, "command must name a program") }
            command = words(nodes).map { .array($0.map(JSONValue.string)) }
        } else {
            command = text(field.node, of: "command").map(JSONValue.string)
        }
        var kwargs: [JSONValue.Member] = []
        if let env = fields[.env], let values = environment(env.node) {
            kwargs.append(.init("env", .object(values)))
        }
        if let cwd = fields[.cwd], let path = text(cwd.node, of: "cwd") {
            kwargs.append(.init("cwd", .string(path)))
        }
        if let timeout {
            let seconds = timeout.inSeconds
            kwargs.append(.init("timeout", Int(exactly: seconds).map(JSONValue.int) ?? .double(seconds)))
        }
        return command.map { SchedulePayload(task: Self.commandTask, args: [$0], kwargs: kwargs) }
    }

    /// The words of a command: numbers as the file spells them, since a program gets text anyway.
    private mutating func words(_ nodes: [ScheduleNode]) -> [String]? {
        every(nodes) { validator, node in
            switch node.content {
            case .string, .int, .double, .bool: return node.text
            default:
                validator.refuse(node, "each word of a command must be text")
                return nil
            }
        }
    }

    private mutating func environment(_ node: ScheduleNode) -> [JSONValue.Member]? {
        guard let entries = map(node, of: "env") else { return nil }
        return every(entries) { validator, entry in
            guard !entry.key.isEmpty, !entry.key.contains("="), !entry.key.contains("\0") else {
                validator.problems.error(
                    .badValue,
                    at: entry.keyMark,
                    "\"\(entry.key.clipped(to: 60))\" is no name of an environment variable"
                )
                return nil
            }
            switch entry.value.content {
            case .string, .int, .double, .bool: return JSONValue.Member(entry.key, .string(entry.value.text))
            default:
                validator.refuse(
                    entry.value,
                    "the environment variable \"\(entry.key.clipped(to: 60))\" must be text",
                    suggestion: entry.value.content == .null ? "write \"\" for an empty one" : nil
                )
                return nil
            }
        }
    }

    private mutating func refuse(
        _ names: [ScheduleField],
        in fields: [ScheduleField: FieldValue],
        _ reason: String
    ) {
        for name in names {
            guard let field = fields[name] else { continue }
            problems.error(.conflictingFields, at: field.keyMark, "\"\(name.rawValue)\" \(reason)")
        }
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension StoredSchedule {
    /// The schedule as Python taskiq stores it: ten fields, those that are not set as null.
    public func json() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(contentsOf: #"{"task_name":"#.utf8)
        JSONWriter.write(string: taskName.rawValue, to: &bytes)
        bytes.append(contentsOf: #","labels":"#.utf8)
        JSONWriter.write(object: labels.entries.lazy.map { ($0.name, $0.value) }, to: &bytes) { value, bytes in
            JSONWriter.write(value.json, to: &bytes)
        }
        bytes.append(contentsOf: #","args":"#.utf8)
        JSONWriter.write(args, to: &bytes)
        bytes.append(contentsOf: #","kwargs":"#.utf8)
        let kwargs = kwargs.arguments.lazy.map { ($0.name, $0.value) }
        JSONWriter.write(object: kwargs, to: &bytes) { value, bytes in JSONWriter.write(value, to: &bytes) }
        Self.write("task_id", taskID?.rawValue, to: &bytes)
        Self.write("schedule_id", id.rawValue, to: &bytes)
        Self.write("cron", cron, to: &bytes)
        switch cronOffset {
        case .zone(let name): Self.write("cron_offset", name, to: &bytes)
        case .duration(let duration): Self.write("cron_offset", duration.iso8601, to: &bytes)
        case nil: Self.write("cron_offset", nil, to: &bytes)
        }
        Self.write("time", time?.description, to: &bytes)
        switch interval {
        case .seconds(let seconds): bytes.append(contentsOf: #","interval":\#(seconds)"#.utf8)
        case .duration(let duration): Self.write("interval", duration.iso8601, to: &bytes)
        case nil: Self.write("interval", nil, to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    private static func write(_ name: String, _ text: String?, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: ",\"\(name)\":".utf8)
        if let text {
            JSONWriter.write(string: text, to: &bytes)
        } else {
            bytes.append(contentsOf: "null".utf8)
        }
    }

    /// Reads a schedule that Python taskiq, or this library, stored as JSON.
    ///
    /// What pydantic accepts is accepted: an interval as `"10"`, `10.0`, `"01:00"` or `"3 days"`, a time as seconds or
    /// milliseconds since 1970, an offset that is a duration. A schedule without an id gets a new one.
    ///
    /// - Parameter bytes: the stored bytes.
    /// - Throws: `TaskiqError` with code `malformed` that names the field.
    public init(json bytes: [UInt8]) throws(TaskiqError) {
        var fields: [String: JSONFragment] = [:]
        var scanner = JSONScanner(bytes)
        try scanner.object { key, value in if !value.isNull { fields[key] = value } }
        try scanner.expectEnd()
        func text(_ name: String) throws(TaskiqError) -> String? {
            guard let fragment = fields[name] else { return nil }
            guard let text = try? fragment.decode(String.self) else { throw Self.misfit(name, "text", fragment) }
            return text
        }
        func required(_ name: String) throws(TaskiqError) -> JSONFragment {
            guard let fragment = fields[name] else {
                throw TaskiqError(.malformed, "the schedule has no field \"\(name)\"")
            }
            return fragment
        }
        _ = try required("task_name")
        var entries: [Labels.Entry] = []
        var labelScanner = JSONScanner(try required("labels"))
        try labelScanner.object { name, value in entries.append(.init(name: name, value: LabelValue(native: value))) }
        var argumentScanner = JSONScanner(try required("args"))
        do {
            self = try StoredSchedule(
                id: ScheduleID(rawValue: try text("schedule_id") ?? TaskID.generate().rawValue),
                taskName: TaskName(rawValue: try text("task_name") ?? ""),
                labels: Labels(entries),
                args: try argumentScanner.array(),
                kwargs: try KeywordArguments(try required("kwargs")),
                taskID: try text("task_id").map(TaskID.init(rawValue:)),
                cron: try text("cron"),
                cronOffset: try text("cron_offset").map(CronOffset.init(text:)),
                time: try fields["time"].map { fragment throws(TaskiqError) in try Self.time(fragment) },
                interval: try fields["interval"].map { fragment throws(TaskiqError) in try Self.interval(fragment) }
            )
        } catch {
            throw error.code == .configuration ? TaskiqError(.malformed, error.message) : error
        }
    }

    private static func time(_ fragment: JSONFragment) throws(TaskiqError) -> PythonDateTime {
        let time: PythonDateTime? =
            if let text = try? fragment.decode(String.self) {
                PythonDateTime(parsing: text)
            } else {
                (try? fragment.decode(Double.self)).flatMap(PythonDateTime.init(pydantic:))
            }
        guard let time else { throw misfit("time", "a date and time in the years 1 to 9999", fragment) }
        return time
    }

    private static func interval(_ fragment: JSONFragment) throws(TaskiqError) -> Interval {
        // To Python, true is 1, and 10.0 is 10.
        if let isOne = try? fragment.decode(Bool.self) { return .seconds(isOne ? 1 : 0) }
        if let seconds = try? fragment.decode(Int.self) { return .seconds(seconds) }
        if let seconds = try? fragment.decode(Double.self), abs(seconds) < 1e12 {
            return .duration(.microseconds(Int64((seconds * 1e6).rounded())))
        }
        if let text = try? fragment.decode(String.self) {
            if let seconds = whole(text) { return .seconds(seconds) }
            if let duration = Duration.parse(pydantic: text) { return .duration(duration) }
        }
        throw misfit("interval", "whole seconds or a duration", fragment)
    }

    /// Python's integers in text: white space around them, underscores between digits and zeros after the point.
    private static func whole(_ text: String) -> Int? {
        guard case .int(let value)? = try? LabelValue(wire: JSONFragment(string: text), type: 2, name: "") else {
            let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[1].isEmpty, parts[1].utf8.allSatisfy({ $0 == UInt8(ascii: "0") }) else {
                return nil
            }
            return Int(parts[0])
        }
        return value
    }

    private static func misfit(_ name: String, _ wanted: String, _ fragment: JSONFragment) -> TaskiqError {
        let shown = fragment.text
        return TaskiqError(
            .malformed,
            "the schedule's field \"\(name)\" must be \(wanted), found \(shown.utf8.count > 60 ? "\(shown.prefix(60))…" : shown)"
        )
    }
}

extension StoredSchedule.CronOffset {
    /// Takes text as Python does: what reads as a duration is one, the rest is the name of a zone.
    public init(text: String) {
        self = Duration.parse(pydantic: text).map(Self.duration) ?? .zone(text)
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The tasks that one program can run.
public struct TaskCatalogue: Sendable, Hashable {
    /// The program's name; two programs keep their catalogues apart by it.
    public var application: String
    /// The tasks, by name.
    public var tasks: [TaskDescription]

    /// Makes a catalogue.
    ///
    /// - Parameters:
    ///   - application: the program's name.
    ///   - tasks: the tasks it can run.
    public init(application: String, tasks: [TaskDescription]) {
        self.application = application
        self.tasks = tasks.sorted { $0.name.rawValue < $1.name.rawValue }
    }
}

extension TaskCatalogue {
    /// The catalogue as JSON: what workers announce and hubs store.
    package func json() -> [UInt8] {
        let tasks = tasks.map { task in
            let labels = task.labels.entries.map { entry in
                JSONValue.Member(entry.name, Self.wireValue(of: entry.value))
            }
            let types = task.labels.entries.compactMap { entry in
                entry.value.wireType.map { JSONValue.Member(entry.name, .int($0.rawValue)) }
            }
            return JSONValue.object([
                .init("name", .string(task.name.rawValue)),
                .init("labels", .object(labels)),
                .init("labels_types", .object(types)),
            ])
        }
        let catalogue = JSONValue.object([.init("application", .string(application)), .init("tasks", .array(tasks))])
        return Array(catalogue.fragment.bytes)
    }

    /// Reads a catalogue.
    ///
    /// - Parameter bytes: the JSON that `json()` writes.
    /// - Throws: `TaskiqError` with code `malformed`.
    package init(json bytes: [UInt8]) throws(TaskiqError) {
        guard let value = try? JSONFragment(parsing: bytes).decode(JSONValue.self),
            case .string(let application)? = value["application"],
            case .array(let tasks)? = value["tasks"]
        else { throw TaskiqError(.malformed, "a catalogue needs an application and a list of tasks") }
        var descriptions: [TaskDescription] = []
        for task in tasks {
            guard case .string(let name)? = task["name"], case .object(let labels)? = task["labels"] else {
                throw TaskiqError(.malformed, "a task of a catalogue needs a name and labels")
            }
            var entries: [Labels.Entry] = []
            for label in labels {
                var type: Int?
                if case .int(let number)? = task["labels_types"]?[label.key] { type = number }
                let value = try LabelValue(wire: label.value.fragment, type: type, name: label.key)
                entries.append(Labels.Entry(name: label.key, value: value))
            }
            descriptions.append(TaskDescription(name: TaskName(rawValue: name), labels: Labels(entries)))
        }
        self.init(application: application, tasks: descriptions)
    }

    private static func wireValue(of value: LabelValue) -> JSONValue {
        if case .json(let fragment) = value { return (try? fragment.decode(JSONValue.self)) ?? .null }
        return .string(value.text)
    }
}

extension TaskCatalogue {
    /// Names the catalogue by its content.
    package var hash: String {
        var hash = StableHash()
        hash.combine(String(decoding: json(), as: UTF8.self))
        return hash.hexadecimalDigest
    }
}

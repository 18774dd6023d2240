// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Taskiq

/// Says on standard output what a task was given, one line of JSON for each call.
enum Record {
    private struct Line: Encodable {
        let id: String
        let type: String
        let value: JSONFragment
        let labels: [String: String]

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(id, forKey: .id)
            try container.encode(type, forKey: .type)
            try container.encode(value.text, forKey: .value)
            try container.encode(labels, forKey: .labels)
        }

        private enum Key: CodingKey {
            case id, type, value, labels
        }
    }

    /// Records a value by its Swift type, and as what that type writes again.
    static func write<Value: Encodable>(_ value: Value) throws {
        try write(type: "\(Value.self)", JSONFragment(encoding: value))
    }

    /// Records JSON as it came.
    static func write(type: String, _ value: JSONFragment) throws {
        guard let message = Context.current?.message else { return }
        let labels = message.labels.entries.map { ($0.name, "\($0.value)") }
        let line = Line(
            id: message.taskID.rawValue,
            type: type,
            value: value,
            labels: Dictionary(labels) { $1 }
        )
        // In one write, so that lines of tasks that run side by side stay whole.
        FileHandle.standardOutput.write(Data("record \(try JSONFragment(encoding: line).text)\n".utf8))
    }
}

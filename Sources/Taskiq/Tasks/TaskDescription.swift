// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What a worker tells of a task it can run: its name and its labels, schedules among them.
public struct TaskDescription: Sendable, Hashable {
    /// The name on the wire.
    public var name: TaskName
    /// Labels of every message of the task.
    public var labels: Labels

    /// Makes a description.
    ///
    /// - Parameters:
    ///   - name: the name on the wire.
    ///   - labels: labels of every message of the task.
    public init(name: TaskName, labels: Labels) {
        self.name = name
        self.labels = labels
    }
}

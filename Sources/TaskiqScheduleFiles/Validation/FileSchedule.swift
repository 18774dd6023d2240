// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq

/// A schedule of a file, with what only people read.
public struct FileSchedule: Sendable, Hashable {
    /// The schedule and what it sends.
    public var task: ScheduledTask
    /// Whether it is written down but not to be carried out.
    public var isPaused: Bool
    /// What it is for.
    public var description: String?
    /// A remark, such as why it is paused.
    public var note: String?
    /// Who answers for it.
    public var owner: String?
    /// Words to find it by.
    public var tags: [String]
    /// The file.
    public var path: String
    /// The place of its id in the file.
    public var mark: SourceMark
    /// The line of its id, for messages about it that come when the file is closed.
    var excerpt: [Diagnostic.SourceLine]

    /// Its identity among all sources.
    public var id: ScheduleID { task.id }
}

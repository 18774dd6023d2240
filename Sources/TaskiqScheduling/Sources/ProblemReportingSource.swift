// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq

/// A source that knows which of its entries cannot be read.
public protocol ProblemReportingSource: ScheduleSource {
    /// What was wrong when the schedules were last read.
    var problems: [ScheduleProblem] { get }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

@testable import TaskiqScheduleFiles

/// Reads YAML as a file of its own.
func read(_ yaml: String, namespace: String? = nil) -> ScheduleFile {
    ScheduleFile.read(SourceText(path: "test.yaml", bytes: Array(yaml.utf8)), as: .yaml, namespace: namespace)
}

/// Reads the fields of one schedule, called `it`, which begin in line 3 and column 5.
func readSchedule(_ fields: String...) -> ScheduleFile {
    read("schedules:\n  it:\n" + fields.map { "    \($0)\n" }.joined())
}

/// What is wrong, as `line:column code`, with `?` after a warning's code.
func places(_ file: ScheduleFile) -> [String] {
    file.diagnostics.map { "\($0.line):\($0.column) \($0.code)\($0.severity == .warning ? "?" : "")" }
}

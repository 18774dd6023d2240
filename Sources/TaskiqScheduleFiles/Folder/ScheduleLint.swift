// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron

/// Checks schedule files without carrying them out.
public enum ScheduleLint {
    /// Reads files and folders as a scheduler that starts now would.
    ///
    /// - Parameters:
    ///   - paths: files and folders.
    ///   - formats: the formats that are read.
    /// - Returns: the schedules, and what is wrong.
    public static func check(
        paths: [String],
        formats: [ScheduleFileFormat] = ScheduleFileFormat.all
    ) -> ScheduleGeneration {
        var scan = FolderScan()
        for path in paths { scan.merge(ScheduleFolder(path: path, formats: formats).scan()) }
        var builder = GenerationBuilder()
        return builder.apply(scan, at: WallClock.now)
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron

/// Turns what was found in the files into generations of schedules.
///
/// Pure: it remembers the last good version of each schedule, and decides what stays in force when a file or an entry
/// turns bad, vanishes, or comes into conflict with another.
struct GenerationBuilder {
    private struct Version {
        var schedule: FileSchedule
        /// The generation that read it, and when.
        var generation: Int
        var time: Timestamp
        /// Whether the file says so now.
        var isCurrent = true
    }

    private struct LoadedFile {
        var fingerprint: Int?
        var versions: [Version] = []
        var rejected: [ScheduleID] = []
        var diagnostics: [Diagnostic] = []
    }

    private(set) var generation = ScheduleGeneration()
    private var files: [String: LoadedFile] = [:]
    /// Which file each schedule came from.
    private var owners: [ScheduleID: String] = [:]

    /// The versions of files that need not be read again.
    var fingerprints: [String: Int] { files.compactMapValues(\.fingerprint) }

    /// Builds the next generation.
    ///
    /// - Parameters:
    ///   - scan: what was found.
    ///   - now: the present instant, for what people read.
    /// - Returns: the generation, which is in force from now on.
    mutating func apply(_ scan: FolderScan, at now: Timestamp) -> ScheduleGeneration {
        let number = generation.number + 1
        var next: [String: LoadedFile] = [:]
        var order = scan.files.map(\.path)
        for file in scan.files {
            let previous = files[file.path] ?? LoadedFile()
            switch file.contents {
            case .known: next[file.path] = previous
            case .refused(let diagnostic):
                next[file.path] = merge(.broken(diagnostic), previous, nil, number, now)
            case .text(let bytes, let format):
                let source = SourceText(path: file.path, bytes: bytes)
                let read = ScheduleFile.read(source, as: format, namespace: file.namespace)
                next[file.path] = merge(read, previous, file.fingerprint, number, now)
            }
        }
        for path in retained(scan).sorted() {
            next[path] = files[path]
            order.append(path)
        }
        files = next
        generation = assemble(order, scan.problems, number)
        return generation
    }

    /// The files that are not there any more and whose schedules stay in force all the same.
    private func retained(_ scan: FolderScan) -> [String] {
        let present = Set(scan.files.map(\.path))
        return files.keys.filter { !present.contains($0) && scan.couldNotSee($0) }
    }

    // MARK: One file

    private func merge(
        _ file: ScheduleFile,
        _ previous: LoadedFile,
        _ fingerprint: Int?,
        _ number: Int,
        _ now: Timestamp
    ) -> LoadedFile {
        var result = LoadedFile(fingerprint: fingerprint)
        var earlier = Dictionary(previous.versions.map { ($0.schedule.id, $0) }) { first, _ in first }
        if file.isBroken {
            result.versions = previous.versions.map { version in
                var version = version
                version.isCurrent = false
                return version
            }
            result.diagnostics = file.diagnostics
            note(keptByBrokenFile: result.versions.count, in: &result.diagnostics)
            return result
        }
        result.versions = file.schedules.map { schedule in
            if let version = earlier[schedule.id], version.schedule == schedule {
                var version = version
                version.isCurrent = true
                return version
            }
            return Version(schedule: schedule, generation: number, time: now)
        }
        let current = result.versions.count
        for schedule in file.schedules { earlier[schedule.id] = nil }
        var kept: [ScheduleID: Version] = [:]
        for id in file.rejected {
            if var version = earlier.removeValue(forKey: id) {
                version.isCurrent = false
                kept[id] = version
                result.versions.append(version)
            } else if kept[id] == nil {
                result.rejected.append(id)
            }
        }
        result.diagnostics = annotated(file, kept: kept, current: current)
        return result
    }

    /// The diagnostics of a file with what became of the schedules that they are about.
    private func annotated(_ file: ScheduleFile, kept: [ScheduleID: Version], current: Int) -> [Diagnostic] {
        var diagnostics = file.diagnostics
        var silent = Set(file.rejected)
        let others =
            current > 0
            ? "\(counted(current, "other schedule")) of this file \(current == 1 ? "is" : "are") current" : nil
        for index in diagnostics.indices.reversed() {
            guard let id = diagnostics[index].scheduleID, diagnostics[index].severity == .error,
                silent.remove(id) != nil
            else { continue }
            if let version = kept[id] {
                let time = Timestamp(secondsSinceEpoch: version.time.secondsSinceEpoch).description
                let since = time.replacing("T", with: " ")
                diagnostics[index].notes.append(
                    "\(id) keeps its last good version (generation \(version.generation), \(since))"
                )
            } else {
                diagnostics[index].notes.append("\(id) is not loaded")
            }
            if let others { diagnostics[index].notes.append(others) }
        }
        // What is wrong with the defaults spoils schedules that have no error of their own.
        if !silent.isEmpty, let index = diagnostics.lastIndex(where: { $0.scheduleID == nil && $0.severity == .error })
        {
            let keeping = silent.count { kept[$0] != nil }
            if keeping > 0 {
                diagnostics[index].notes.append(
                    "\(counted(keeping, "schedule")) of this file \(keeping == 1 ? "keeps its" : "keep their") "
                        + "last good version"
                )
            }
            let lost = silent.count - keeping
            if lost > 0 {
                diagnostics[index].notes.append(
                    "\(counted(lost, "schedule")) of this file \(lost == 1 ? "is" : "are") not loaded"
                )
            }
        }
        return diagnostics
    }

    private func note(keptByBrokenFile count: Int, in diagnostics: inout [Diagnostic]) {
        guard let index = diagnostics.lastIndex(where: { $0.severity == .error }) else { return }
        diagnostics[index].notes.append(
            count == 0
                ? "no schedule of this file is loaded"
                : "\(counted(count, "schedule")) of this file \(count == 1 ? "keeps its" : "keep their") last good version"
        )
    }

    // MARK: All files

    /// Puts the files together.
    ///
    /// Of two files with one id the one that had it before keeps it, else the first path.
    private mutating func assemble(
        _ order: [String],
        _ problems: [Diagnostic],
        _ number: Int
    ) -> ScheduleGeneration {
        var result = ScheduleGeneration(number: number)
        var claims: [ScheduleID: FileSchedule] = [:]
        for path in order {
            for version in files[path]?.versions ?? [] {
                let id = version.schedule.id
                if claims[id] == nil || owners[id] == path { claims[id] = version.schedule }
            }
        }
        for path in order {
            guard let file = files[path] else { continue }
            result.diagnostics += file.diagnostics
            result.rejected += file.rejected.filter { claims[$0] == nil }
            for version in file.versions {
                let schedule = version.schedule
                guard let owner = claims[schedule.id] else { continue }
                if owner.path == path {
                    result.schedules.append(schedule)
                    if !version.isCurrent { result.older.insert(schedule.id) }
                } else {
                    result.diagnostics.append(duplicate(schedule, of: owner))
                }
            }
        }
        owners = claims.mapValues(\.path)
        result.diagnostics += problems
        return result
    }

    private func duplicate(_ schedule: FileSchedule, of owner: FileSchedule) -> Diagnostic {
        let place = "\(owner.path):\(owner.mark.line)"
        return Diagnostic(
            .error,
            .duplicateID,
            path: schedule.path,
            mark: schedule.mark,
            message: "\(schedule.id) at \(schedule.task.origin) is already defined at \(place)",
            suggestion: "give it another id",
            scheduleID: schedule.id,
            notes: ["the schedule at \(place) stays in force"],
            excerpt: schedule.excerpt
        )
    }
}

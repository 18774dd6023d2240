// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq

/// What one file says.
public struct ScheduleFile: Sendable {
    /// The schedules that are good, in the file's order; paused ones are among them.
    public var schedules: [FileSchedule] = []
    /// The schedules that are there but cannot be used.
    public var rejected: [ScheduleID] = []
    /// Whether the file as a whole cannot be used, so that not even its schedules are known.
    public var isBroken = false
    /// What is wrong, in the file's order.
    public var diagnostics: [Diagnostic] = []

    /// The largest file that is read: 1 MiB.
    public static let sizeLimit = 1 << 20

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - source: the file.
    ///   - format: its format.
    ///   - namespace: the namespace of its schedules, unless it names one itself.
    /// - Returns: what it says.
    public static func read(
        _ source: SourceText,
        as format: ScheduleFileFormat,
        namespace: String? = nil
    ) -> ScheduleFile {
        guard source.bytes.count <= sizeLimit else {
            let message = "the file has \(source.bytes.count) bytes, more than the \(sizeLimit) that are read; split it"
            return .broken(Diagnostic(.error, .fileTooLarge, path: source.path, message: message))
        }
        do throws(Diagnostic) {
            var validator = ScheduleValidator(source: source, namespace: namespace)
            return validator.validate(try format.reader.read(source))
        } catch {
            return .broken(error)
        }
    }

    static func broken(_ diagnostics: Diagnostic...) -> ScheduleFile {
        ScheduleFile(isBroken: true, diagnostics: diagnostics)
    }
}

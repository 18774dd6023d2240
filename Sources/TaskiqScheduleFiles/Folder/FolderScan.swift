// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What was found when the files were looked through.
struct FolderScan {
    /// A schedule file.
    struct File {
        var path: String
        /// The namespace that its place in the folder gives it.
        var namespace: String?
        var contents: Contents
        /// Tells one version of the contents from another, within this process.
        var fingerprint: Int
    }

    enum Contents {
        case text([UInt8], ScheduleFileFormat)
        /// As whoever asked for the scan has it already.
        case known
        case refused(Diagnostic)
    }

    /// The files, sorted by path.
    var files: [File] = []
    /// What is wrong besides the contents of files.
    var problems: [Diagnostic] = []
    /// Files and folders that could not be looked into: what was known of them may still be so.
    var unreadable: [String] = []
    /// The folders to be watched.
    var folders: [String] = []

    /// Tells one state of the files from another, within this process.
    var digest: Int {
        var hasher = Hasher()
        for file in files {
            hasher.combine(file.path)
            hasher.combine(file.fingerprint)
        }
        for problem in problems {
            hasher.combine(problem.path)
            hasher.combine(problem.message)
        }
        return hasher.finalize()
    }

    /// Takes over the scan of another path; a file that is in both counts once.
    mutating func merge(_ other: FolderScan) {
        let paths = Set(files.map(\.path))
        files += other.files.filter { !paths.contains($0.path) }
        problems += other.problems
        unreadable += other.unreadable
        folders += other.folders.filter { !folders.contains($0) }
    }

    /// Whether a path could not be looked into.
    func couldNotSee(_ path: String) -> Bool {
        unreadable.contains { path == $0 || path.hasPrefix($0.hasSuffix("/") ? $0 : $0 + "/") }
    }
}

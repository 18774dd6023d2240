// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A folder of schedule files, or a single one.
///
/// Files are found at any depth, in the order of their paths. What editors and deployments leave about is passed over:
/// names that begin with a dot, and those that end in `~`, `.swp`, `.tmp`, `.bak` or `.disabled`. Symbolic links are
/// followed as long as they stay in the folder.
public struct ScheduleFolder: Sendable {
    /// The path, without slashes at its end.
    public let path: String
    /// The formats that are read.
    public let formats: [ScheduleFileFormat]

    /// How deeply folders may be nested.
    static let depthLimit = 32

    /// Describes a folder; nothing is read yet.
    ///
    /// - Parameters:
    ///   - path: the folder, or a file.
    ///   - formats: the formats that are read.
    public init(path: String, formats: [ScheduleFileFormat] = ScheduleFileFormat.all) {
        var path = Substring(path)
        while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
        self.path = String(path)
        self.formats = formats
    }

    /// Checks that the path can be read.
    ///
    /// - Throws: `ScheduleFileError` when it does not exist, cannot be read, or is no file of a known format.
    public func validate() throws(ScheduleFileError) {
        do throws(SystemFile.Failure) {
            if try SystemFile.kind(of: path, followingLinks: true).isFolder {
                _ = try SystemFile.names(inFolder: path)
                return
            }
            _ = try SystemFile.contents(of: path, atMost: 1)
        } catch {
            throw error.isMissing
                ? ScheduleFileError(code: .notFound, path: path, message: Self.missing)
                : ScheduleFileError(code: .unreadable, path: path, message: "it cannot be read: \(error.reason)")
        }
        guard formats.format(ofFile: path) != nil else {
            throw ScheduleFileError(code: .unknownFormat, path: path, message: unknownFormat)
        }
    }

    static let missing = "there is no such file or folder; create it, or name another"

    private var unknownFormat: String {
        let endings = formats.flatMap(\.extensions).map { ".\($0)" }
        return "it is no schedule file; its name must end in \(endings.joined(separator: " or "))"
    }

    /// Whether a name is passed over.
    static func isIgnored(_ name: String) -> Bool {
        name.hasPrefix(".") || [".swp", ".tmp", ".bak", ".disabled", "~"].contains { name.hasSuffix($0) }
    }

    /// Looks through the files.
    ///
    /// - Parameter isKnown: whether a version of a file, told by its fingerprint, is known, so that its contents need
    ///   not be kept.
    /// - Returns: what was found.
    func scan(isKnown: @escaping (_ path: String, _ fingerprint: Int) -> Bool = { _, _ in false }) -> FolderScan {
        var walk = FolderWalk(folder: self, isKnown: isKnown)
        walk.run()
        return walk.scan
    }

    /// What is wrong with a path that is neither folder nor schedule file.
    var formatProblem: Diagnostic {
        Diagnostic(.error, .unreadable, path: path, message: unknownFormat)
    }
}

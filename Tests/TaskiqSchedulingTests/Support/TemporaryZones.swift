// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import TaskiqCron

/// A folder of zone files that a test replaces, as an update of the system's zone data does.
final class TemporaryZones {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "zones-\(UUID().uuidString)")
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    /// Makes a zone a copy of one of the system's.
    func put(_ original: String, as name: String) throws {
        let paths = Zone.standardDirectories.map { "\($0)/\(original)" }
        guard let path = paths.first(where: FileManager.default.fileExists(atPath:)) else {
            throw CocoaError(.fileNoSuchFile)
        }
        let place = folder.appending(path: name)
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(contentsOf: URL(filePath: path)).write(to: place, options: .atomic)
    }

    func zone(_ name: String) throws -> Zone {
        try Zone(identifier: name, directories: [folder.path])
    }
}

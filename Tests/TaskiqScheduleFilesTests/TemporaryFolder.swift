// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation

/// A folder that is there as long as this value is.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
            .appendingPathComponent("schedules-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    var name: String { String(path.split(separator: "/").last ?? "") }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ contents: String, to name: String) throws {
        try makeFolder(parent(of: name))
        try contents.write(toFile: "\(path)/\(name)", atomically: false, encoding: .utf8)
    }

    func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
    }

    func move(_ name: String, to other: String) throws {
        try FileManager.default.moveItem(atPath: "\(path)/\(name)", toPath: "\(path)/\(other)")
    }

    private func parent(of name: String) -> String {
        name.split(separator: "/").dropLast().joined(separator: "/")
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }

    func link(_ name: String, to target: String) throws {
        try makeFolder(parent(of: name))
        try FileManager.default.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: target)
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Taskiq
import Testing

@testable import TaskiqScheduleFiles

@Suite("Folders")
struct ScheduleFolderTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func yaml(_ id: String) -> String { "schedules:\n  \(id): {task: t, every: 1m}\n" }

    private func check(_ paths: String...) -> ScheduleGeneration {
        ScheduleLint.check(paths: paths.isEmpty ? [folder.path] : paths.map { "\(folder.path)/\($0)" })
    }

    @Test("Files are found at any depth in the order of their paths; the first sub-folder is the namespace")
    func scan() throws {
        for name in ["z.yaml", "a.yml", "web/b.yaml", "web/deep/er/c.yaml", "abc/d.yaml"] {
            let id = (name.split(separator: "/").last ?? "").prefix(1)
            try folder.write(yaml(String(id)), to: name)
        }
        let generation = check()
        #expect(generation.diagnostics.isEmpty)
        #expect(generation.schedules.map(\.id) == ["a", "abc/d", "web/b", "web/c", "z"])
        #expect(generation.schedules[0].task.origin == "\(folder.path)/a.yml:2")
        #expect(ScheduleLint.check(paths: [folder.path + "//"]).schedules[0].task.origin == "\(folder.path)/a.yml:2")
    }

    @Test(
        "What is passed over",
        arguments: [
            ".hidden.yaml", "a.yaml~", ".a.yaml.swp", "a.yaml.swp", "a.yaml.tmp", "a.yaml.bak", "a.yaml.disabled",
            "a.txt",
            "a", "a.YAML", ".git/a.yaml", "x/.cache/a.yaml", "old.disabled/a.yaml", "README.md",
        ]
    )
    func ignored(_ name: String) throws {
        try folder.write("]not yaml[", to: name)
        let generation = check()
        #expect(generation.schedules.isEmpty)
        #expect(generation.diagnostics.isEmpty)
    }

    @Test("A file by itself has no namespace of its folder's")
    func singleFile() throws {
        try folder.write(yaml("a"), to: "web/a.yaml")
        #expect(check("web/a.yaml").schedules.map(\.id) == ["a"])
        // A file that is in two paths counts once, as the first says.
        #expect(check("web/a.yaml", "web").schedules.map(\.id) == ["a"])
        #expect(check("web/a.yaml", "web").diagnostics.isEmpty)
    }

    @Test("Links are followed as long as they stay in the folder")
    func links() throws {
        let outside = try TemporaryFolder()
        try outside.write(yaml("secret"), to: "o.yaml")
        // As a config map is mounted.
        try folder.write(yaml("inside"), to: "in/..2026_11_22/a.yaml")
        try folder.link("in/..data", to: "..2026_11_22")
        try folder.link("in/a.yaml", to: "..data/a.yaml")
        try folder.link("out/o.yaml", to: outside.path + "/o.yaml")
        try folder.link("out/folder", to: outside.path)
        try folder.link("out/up", to: "..")
        try folder.link("out/self.yaml", to: "self.yaml")
        try folder.link("out/nowhere.yaml", to: "missing.yaml")
        let generation = check()
        #expect(generation.schedules.map(\.id) == ["in/inside"])
        let found = generation.diagnostics.map { "\($0.path.dropFirst(folder.path.count + 1)) \($0.code)" }
        #expect(
            found == [
                "out/folder symlink-outside", "out/nowhere.yaml not-found", "out/o.yaml symlink-outside",
                "out/self.yaml unreadable",
            ]
        )
    }

    @Test("A pipe of a schedule file's name is refused, not waited for")
    func pipe() throws {
        #expect(mkfifo("\(folder.path)/p.yaml", 0o600) == 0)
        try folder.write(yaml("a"), to: "q.yaml")
        let generation = check()
        #expect(generation.schedules.map(\.id) == ["a"])
        #expect(generation.diagnostics.map(\.code) == [.unreadable])
    }

    @Test("A file that is too large is not read, and stops no other")
    func tooLarge() throws {
        try folder.write(yaml("a") + String(repeating: "#", count: ScheduleFile.sizeLimit), to: "a.yaml")
        try folder.write(yaml("b"), to: "b.yaml")
        let generation = check()
        #expect(generation.schedules.map(\.id) == ["b"])
        #expect(generation.diagnostics.map(\.code) == [.fileTooLarge])
    }

    @Test("Folders that are nested too deeply end the search there")
    func deep() throws {
        let deep = Array(repeating: "d", count: 40).joined(separator: "/")
        try folder.write(yaml("a"), to: "\(deep)/a.yaml")
        try folder.write(yaml("b"), to: "b.yaml")
        let generation = check()
        #expect(generation.schedules.map(\.id) == ["b"])
        #expect(generation.diagnostics.map(\.code) == [.tooDeep])
    }

    @Test("Paths are checked at the start")
    func validate() throws {
        try folder.write("", to: "a.txt")
        try folder.write("", to: "a.yaml")
        try ScheduleFolder(path: folder.path).validate()
        try ScheduleFolder(path: "\(folder.path)/a.yaml").validate()
        func code(_ name: String) -> ScheduleFileError.Code? {
            do throws(ScheduleFileError) {
                try ScheduleFolderSource(paths: [folder.path, "\(folder.path)/\(name)"]).validatePaths()
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code("a.yaml") == nil)
        #expect(code("missing") == .notFound)
        #expect(code("a.yaml/x") == .notFound)
        #expect(code("a.txt") == .unknownFormat)
    }

    @Test("A file of an unknown format that was asked for is an error")
    func unknownFormat() throws {
        try folder.write("", to: "a.txt")
        #expect(check("a.txt").diagnostics.map(\.code) == [.unreadable])
    }
}

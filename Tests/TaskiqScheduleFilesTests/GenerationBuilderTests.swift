// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import Testing

@testable import TaskiqScheduleFiles

@Suite("Generations")
struct GenerationBuilderTests {
    private static let now = Timestamp(secondsSinceEpoch: 1_795_165_923)
    private static let goodA = "  a: {task: old, every: 1m}\n"
    private static let newA = "  a: {task: new, every: 1m}\n"
    private static let badA = "  a: {task: new, evry: 1m}\n"
    private static let goodB = "  b: {task: t, every: 1m}\n"

    private var builder = GenerationBuilder()

    /// Builds a generation of files, each with its schedules or, beginning with `!`, its whole contents.
    private mutating func apply(_ files: KeyValuePairs<String, String>, unreadable: [String] = []) -> ScheduleGeneration
    {
        var scan = FolderScan()
        scan.unreadable = unreadable
        scan.files = files.map { path, contents in
            let yaml = contents.hasPrefix("!") ? String(contents.dropFirst()) : "schedules:\n\(contents)"
            let bytes = Array(yaml.utf8)
            let isKnown = builder.fingerprints[path] == bytes.hashValue
            return .init(
                path: path,
                contents: isKnown ? .known : .text(bytes, .yaml),
                fingerprint: bytes.hashValue
            )
        }
        return builder.apply(scan, at: Self.now)
    }

    private func tasks(_ generation: ScheduleGeneration) -> [String] {
        generation.active.map { "\($0.id)=\($0.taskName)" }
    }

    @Test("A schedule that turns bad keeps its last good version, and the others change")
    mutating func lastGood() throws {
        _ = apply(["x.yaml": Self.goodA + Self.goodB])
        let bad = apply(["x.yaml": Self.badA + "  b: {task: t2, every: 1m}\n"])
        #expect(tasks(bad) == ["b=t2", "a=old"])
        #expect(bad.older == ["a"])
        #expect(bad.rejected.isEmpty)
        let diagnostic = try #require(bad.diagnostics.last { $0.severity == .error })
        #expect(
            diagnostic.notes == [
                "a keeps its last good version (generation 1, 2026-11-20 09:12:03Z)",
                "1 other schedule of this file is current",
            ]
        )
        // Still so when nothing changes, and when the file is bad in another way.
        #expect(tasks(apply(["x.yaml": Self.badA + "  b: {task: t2, every: 1m}\n"])) == ["b=t2", "a=old"])
        #expect(tasks(apply(["x.yaml": "  a: 5\n"])) == ["a=old"])
        // Good again, then gone.
        let good = apply(["x.yaml": Self.newA])
        #expect(tasks(good) == ["a=new"])
        #expect(good.older.isEmpty)
        #expect(good.diagnostics.isEmpty)
        #expect(tasks(apply(["x.yaml": Self.goodB])) == ["b=t"])
    }

    @Test("A schedule that never was good is not loaded")
    mutating func neverGood() {
        let generation = apply(["x.yaml": Self.badA + Self.goodB])
        #expect(tasks(generation) == ["b=t"])
        #expect(generation.rejected == ["a"])
        #expect(generation.diagnostics.last?.notes.first == "a is not loaded")
    }

    @Test(
        "A file that cannot be read keeps all of its schedules",
        arguments: [
            "!schedules: [", "!version: 2\nschedules: {}\n", "!", "!# all lost\n", "!namespace: a/b\nschedules: {}",
        ]
    )
    mutating func brokenFile(_ contents: String) {
        _ = apply(["x.yaml": Self.goodA + Self.goodB, "y.yaml": "  c: {task: t, every: 1m}\n"])
        let broken = apply(["x.yaml": contents, "y.yaml": "  c: {task: t2, every: 1m}\n"])
        #expect(tasks(broken) == ["a=old", "b=t", "c=t2"])
        #expect(broken.older == ["a", "b"])
        #expect(broken.diagnostics.last?.notes == ["2 schedules of this file keep their last good version"])
        let again = apply(["x.yaml": Self.newA, "y.yaml": "  c: {task: t2, every: 1m}\n"])
        #expect(tasks(again) == ["a=new", "c=t2"])
        #expect(again.diagnostics.isEmpty)
    }

    @Test("What wrong defaults spoil keeps its last good version")
    mutating func defaults() {
        _ = apply(["x.yaml": Self.goodA])
        let bad = apply(["x.yaml": "!defaults: {overlap: skip}\nschedules:\n\(Self.newA)\(Self.goodB)"])
        #expect(tasks(bad) == ["a=old"])
        #expect(bad.rejected == ["b"])
        #expect(
            bad.diagnostics.last?.notes == [
                "1 schedule of this file keeps its last good version", "1 schedule of this file is not loaded",
            ]
        )
    }

    @Test("A file that is gone takes its schedules with it, unless it could not be seen")
    mutating func vanished() {
        _ = apply(["f/x.yaml": Self.goodA, "f/g/y.yaml": Self.goodB])
        #expect(tasks(apply([:], unreadable: ["f/g"])) == ["b=t"])
        #expect(tasks(apply([:], unreadable: ["f"])) == ["b=t"])
        #expect(tasks(apply([:], unreadable: ["f/"])) == ["b=t"])
        #expect(tasks(apply([:], unreadable: ["f/g/y.yam"])) == [])
    }

    @Test("Of two files with one id the first path wins, and the other is told of both places")
    mutating func duplicates() throws {
        let generation = apply(["x.yaml": Self.goodB + Self.goodA, "y.yaml": Self.newA])
        #expect(tasks(generation) == ["b=t", "a=old"])
        let diagnostic = try #require(generation.diagnostics.first)
        #expect(generation.diagnostics.count == 1)
        #expect(
            diagnostic.description == """
                y.yaml:2:3: error[duplicate-id]: a at y.yaml:2 is already defined at x.yaml:3
                    2 |   a: {task: new, every: 1m}
                      |   ^ give it another id
                   = the schedule at x.yaml:3 stays in force
                """
        )
        // When the first is gone, the other takes over.
        let later = apply(["x.yaml": Self.goodB, "y.yaml": Self.newA])
        #expect(tasks(later) == ["b=t", "a=new"])
        #expect(later.diagnostics.isEmpty)
    }

    @Test("A schedule that is running is not taken over by a file that sorts before its own")
    mutating func runningStays() {
        _ = apply(["y.yaml": Self.newA])
        let generation = apply(["x.yaml": Self.goodA, "y.yaml": Self.newA])
        #expect(tasks(generation) == ["a=new"])
        #expect(generation.diagnostics.map(\.path) == ["x.yaml"])
        // A moved file is another matter.
        #expect(tasks(apply(["x.yaml": Self.goodA])) == ["a=old"])
    }

    @Test("A bad schedule does not stand in the way of a good one of the same id")
    mutating func badDuplicate() {
        let generation = apply(["x.yaml": Self.badA, "y.yaml": Self.newA])
        #expect(tasks(generation) == ["a=new"])
        #expect(generation.rejected.isEmpty)
    }

    @Test("A paused schedule is listed but not carried out")
    mutating func paused() {
        _ = apply(["x.yaml": Self.goodA])
        let generation = apply(["x.yaml": "  a: {task: old, every: 1m, paused: true}\n"])
        #expect(generation.active.isEmpty)
        #expect(generation.schedules.map(\.id) == ["a"])
    }

    @Test("A version keeps the number of the generation that read it")
    mutating func versions() {
        _ = apply(["x.yaml": Self.goodA])
        _ = apply(["x.yaml": Self.goodA + Self.goodB])
        let bad = apply(["x.yaml": Self.badA + "  b: 5\n"])
        let notes = bad.diagnostics.flatMap(\.notes)
        #expect(notes.contains { $0.hasPrefix("a keeps its last good version (generation 1,") })
        #expect(notes.contains { $0.hasPrefix("b keeps its last good version (generation 2,") })
    }
}

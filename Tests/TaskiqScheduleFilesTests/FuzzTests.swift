// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Taskiq
import TestSupport
import Testing

@testable import TaskiqScheduleFiles

/// Inputs in all; TASKIQ_FUZZ_INPUTS asks for more.
private let inputs = ProcessInfo.processInfo.environment["TASKIQ_FUZZ_INPUTS"].flatMap(Int.init) ?? 4_000

@Suite("Mutated files")
struct FuzzTests {
    private static let good = """
        version: 1
        namespace: billing
        defaults: {timezone: Europe/Berlin, queue: reports, timeout: 15m, labels: {tenant: acme}}
        schedules:
          invoices:
            description: "Make \\"invoices\\" \\u00e9"
            task: billing:make
            args: [1, 2.5, no, ~, [a, {b: c}]]
            kwargs: { day: 2026-12-01, hex: 0x1F }
            cron: ["30 2 * * *", '0 6 1 * MON-FRI']
          rates:
            command: |
              rotate --keep 14
            every: 1h30m
            env: {A: 1, é日: "x"}
            tags: [a, b]
          closing:
            task: billing:close
            at: 2026-12-01T06:00:00+01:00
            paused: true

        """

    private static let pieces = [
        "&a ", "*a", "!x ", "<<: ", "? ", ": ", "- ", "[", "]", "{", "}", "\"", "'", "\t", "\n", "\r", "|\n", ">\n",
        "#", "%",
        "---\n", "...\n", "@", "`", "\0", "\u{85}", "\u{2028}", "\u{FEFF}", "\\x00", "99999999999999999999", ".inf",
        "-",
        "every: 1e400", "at: 9999-12-31T23:59:59-23:59", "at: 0001-01-01T00:00:00", "timezone: +99:99", "cron: \"\"",
    ].map { Array($0.utf8) }

    @Test("No mutation of a good file makes the reader trap", arguments: 0..<40 as Range<UInt64>)
    func mutations(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let original = Array(Self.good.utf8)
        for _ in 0..<max(1, inputs / 40) {
            var bytes = original
            for _ in 0..<Int.random(in: 1...6, using: &random) { mutate(&bytes, &random) }
            let file = ScheduleFile.read(SourceText(path: "fuzz.yaml", bytes: bytes), as: .yaml, namespace: "n")
            for diagnostic in file.diagnostics {
                #expect(diagnostic.line >= 1 && diagnostic.column >= 1 && diagnostic.length >= 1)
                #expect(!diagnostic.description.isEmpty)
            }
            #expect(!file.isBroken || file.schedules.isEmpty)
            #expect(file.diagnostics.contains { $0.severity == .error } || file.rejected.isEmpty)
        }
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        let position = Int.random(in: 0...bytes.count, using: &random)
        let end = Int.random(in: position...min(bytes.count, position + 20), using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes.removeSubrange(position..<end)
        case 1: bytes.insert(contentsOf: bytes[position..<end], at: Int.random(in: 0...bytes.count, using: &random))
        case 2: bytes.insert(UInt8.random(in: .min ... .max, using: &random), at: position)
        case 3: bytes.removeSubrange(position...)
        case 4 where position < bytes.count: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        default: bytes.insert(contentsOf: Self.pieces.randomElement(using: &random) ?? [], at: position)
        }
    }

    @Test("The file that is mutated is good")
    func original() {
        let file = read(Self.good)
        #expect(file.diagnostics.isEmpty)
        #expect(file.schedules.count == 3)
    }
}

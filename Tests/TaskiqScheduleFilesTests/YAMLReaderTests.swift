// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import TaskiqScheduleFiles

@Suite("YAML files")
struct YAMLReaderTests {
    private func tree(_ yaml: String) throws -> ScheduleNode {
        try YAMLReader().read(SourceText(path: "test.yaml", bytes: Array(yaml.utf8)))
    }

    private func failure(_ bytes: [UInt8]) -> Diagnostic? {
        do throws(Diagnostic) {
            _ = try YAMLReader().read(SourceText(path: "test.yaml", bytes: bytes))
            return nil
        } catch {
            return error
        }
    }

    @Test("Values know their places and how they are spelled")
    func marks() throws {
        guard case .map(let entries) = try tree("a: 0.10\n\"bé\": ['x', y]\n").content else {
            Issue.record("no map")
            return
        }
        #expect(entries.map(\.key) == ["a", "bé"])
        #expect(
            entries[0].value == ScheduleNode(.double(0.1), text: "0.10", mark: .init(line: 1, column: 4, length: 4))
        )
        #expect(entries[1].keyMark == SourceMark(line: 2, column: 1, length: 4))
        guard case .list(let elements) = entries[1].value.content else {
            Issue.record("no list")
            return
        }
        #expect(elements[0] == ScheduleNode(.string("x"), text: "x", mark: .init(line: 2, column: 8, length: 3)))
        #expect(elements[1] == ScheduleNode(.string("y"), text: "y", mark: .init(line: 2, column: 13, length: 1)))
    }

    @Test("Quoted and block scalars are text", arguments: ["'12'", "\"12\"", "!!str 12", "|-\n  12", ">-\n  12"])
    func quoted(_ yaml: String) throws {
        #expect(try tree(yaml).content == .string("12"))
    }

    @Test(
        "Tags of the core schema are applied",
        arguments: [
            ("!!int '12'", .int(12)), ("!!float 12", .double(12)), ("!!bool true", .bool(true)), ("!!null ~", .null),
            ("!!seq []", .list([])), ("!!map {}", .map([])), ("!!str true", .string("true")),
        ] as [(String, ScheduleNode.Content)]
    )
    func tags(_ yaml: String, _ content: ScheduleNode.Content) throws {
        #expect(try tree(yaml).content == content)
    }

    @Test(
        "Other tags, anchors and aliases are refused where they stand",
        arguments: [
            ("!mine x", Diagnostic.Code.yamlTag), ("!!binary aGk=", .yamlTag), ("!!timestamp 2026-12-01", .yamlTag),
            ("!!int x", .yamlTag), ("!!map []", .yamlTag), ("!!set {a}", .yamlTag), ("&a x", .yamlAnchor),
            ("&a [x]", .yamlAnchor), ("*a", .yamlAnchor),
        ]
    )
    func refused(_ yaml: String, _ code: Diagnostic.Code) throws {
        guard case .list(let elements) = try tree("[good, \(yaml)]").content else {
            Issue.record("no list")
            return
        }
        #expect(elements[0].content == .string("good"))
        guard case .rejected(let found, _) = elements[1].content else {
            Issue.record("\(yaml) was read")
            return
        }
        #expect(found == code)
        #expect(elements[1].mark.line == 1)
        #expect(elements[1].mark.column == 8)
    }

    @Test(
        "Files that are not YAML",
        arguments: [
            ("a: [1, 2\nb: 3\n", Diagnostic.Code.yamlSyntax, 2, 2), ("a: 1\n\tb: 2\n", .yamlSyntax, 2, 1),
            ("a: 'x\n", .yamlSyntax, 2, 1), ("a: b: c\n", .yamlSyntax, 1, 5), ("a: 1\n---\nb: 2\n", .yamlSyntax, 2, 1),
            ("a: 1\nb: \u{1}\n", .yamlSyntax, 2, 4), ("a: 1\n b: 2\n", .yamlSyntax, 2, 3),
            ("%FOO\n", .yamlSyntax, 1, 5),
        ]
    )
    func syntax(_ yaml: String, _ code: Diagnostic.Code, _ line: Int, _ column: Int) throws {
        let diagnostic = try #require(failure(Array(yaml.utf8)))
        #expect(diagnostic.code == code)
        #expect(diagnostic.line == line)
        #expect(diagnostic.column == column)
    }

    @Test("A tab is named as the reason")
    func tab() throws {
        let diagnostic = try #require(failure(Array("a:\n\tb: 2\n".utf8)))
        #expect(diagnostic.suggestion?.contains("indent with spaces") == true)
    }

    @Test("Bytes that are no UTF-8 are located")
    func encoding() throws {
        let diagnostic = try #require(failure(Array("a: 1\né: ".utf8) + [0xFF, 0x0A]))
        #expect(diagnostic.code == .encoding)
        #expect(diagnostic.line == 2)
        #expect(diagnostic.column == 4)
    }

    @Test("A byte order mark and line ends of other systems do not move places")
    func lineEnds() throws {
        for yaml in ["\u{FEFF}a: 1\r\nb: 2\r\n", "a: 1\rb: 2\r", "\u{FEFF}a: 1\nb: 2"] {
            guard case .map(let entries) = try tree(yaml).content else {
                Issue.record("no map")
                return
            }
            #expect(entries.map(\.keyMark) == [.init(line: 1, column: 1), .init(line: 2, column: 1)])
            let source = SourceText(path: "", bytes: Array(yaml.utf8))
            #expect(source.line(1) == "a: 1")
            #expect(source.line(2) == "b: 2")
        }
    }

    @Test("An empty file is nothing", arguments: ["", "\n", "# only a remark\n", "---\n", "\u{FEFF}"])
    func empty(_ yaml: String) throws {
        #expect(try tree(yaml).content == .null)
    }

    @Test("32 levels are read, one more is not")
    func depth() throws {
        let good = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        _ = try tree(good)
        let diagnostic = try #require(failure(Array("[\(good)]".utf8)))
        #expect(diagnostic.code == .tooDeep)
        #expect(diagnostic.column == 33)
    }

    @Test(
        "Hostile files are refused without being followed",
        arguments: [
            String(repeating: "[", count: 1_000_000), String(repeating: "{a: ", count: 250_000),
            String(repeating: "- ", count: 500_000), String(repeating: "? ", count: 500_000),
            String(repeating: "a: [", count: 250_000),
        ]
    )
    func hostile(_ yaml: String) throws {
        let diagnostic = try #require(failure(Array(yaml.utf8)))
        #expect(diagnostic.code == .tooDeep || diagnostic.code == .yamlSyntax)
    }

    @Test("An alias bomb is refused at each of its anchors, and is never unfolded")
    func bomb() {
        var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<30 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            yaml += "a\(level): &a\(level) [\(aliases)]\n"
        }
        let file = read("schedules:\n" + yaml.split(separator: "\n").map { "  \($0)\n" }.joined())
        #expect(file.schedules.isEmpty)
        #expect(file.rejected.count == 30)
        #expect(Set(file.diagnostics.map(\.code)) == [.yamlAnchor])
        #expect(file.diagnostics.map(\.line) == Array(2...31))
    }

    @Test(
        "What a file repeats without end is not repeated in messages",
        arguments: [
            "!" + String(repeating: "x", count: 500_000), "&" + String(repeating: "x", count: 500_000),
            "*" + String(repeating: "x", count: 500_000), "e" + String(repeating: "\u{301}", count: 200_000),
            String(repeating: "9", count: 500_000), "0x" + String(repeating: "0", count: 500_000),
        ]
    )
    func long(_ text: String) {
        #expect(!read("schedules: {it: {task: t, every: \(text) }}").diagnostics.isEmpty)
        for yaml in ["every: \(text) , task: t", "task: \(text) , every: x", "\(text) : 5", "env: {\(text) : []}"] {
            let diagnostics = read("schedules: {it: {\(yaml)}}").diagnostics
            #expect(diagnostics.allSatisfy { $0.description.utf8.count < 2000 })
        }
    }
}

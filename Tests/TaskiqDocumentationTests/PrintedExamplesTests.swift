// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// The examples of the documents are pieces of this target's code, so that they compile; here it is checked that they are.
@Suite("Printed examples")
struct PrintedExamplesTests {
    private static let here = URL(filePath: #filePath).deletingLastPathComponent()

    private static func lines(_ text: some StringProtocol) -> [String] {
        text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    @Test("every example is compiled as it is printed", arguments: [("from-python.md", "FromPythonExamples.swift")])
    func compiled(document: String, code: String) throws {
        let root = Self.here.deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "docs/\(document)"), encoding: .utf8)
        let compiled = Self.lines(try String(contentsOf: Self.here.appending(path: code), encoding: .utf8))
        let examples = text.components(separatedBy: "```swift\n").dropFirst().map { block in
            Self.lines(block.components(separatedBy: "```")[0])
        }
        #expect(examples.count >= 18)
        for example in examples {
            let isThere = compiled.indices.contains { compiled[$0...].starts(with: example) }
            #expect(isThere, "not in \(code):\n\(example.joined(separator: "\n"))")
        }
    }
}

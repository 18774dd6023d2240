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

    private static let root = here.deletingLastPathComponent().deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The modules that a package which depends on this one can import.
    private static func products() throws -> Set<String> {
        Set(try text("Package.swift").matches(of: #/\.library\(name: "(\w+)"/#).map { String($0.1) })
    }

    private static let documents = [
        "README.md", "CHANGELOG.md", "docs/from-python.md", "docs/cron.md", "docs/operations.md", "docs/security.md",
    ]

    @Test(
        "what a document imports is a product",
        arguments: documents + ["Tests/TaskiqDocumentationTests/FromPythonExamples.swift"]
    )
    func importedProducts(path: String) throws {
        let products = try Self.products()
        #expect(products.contains("Taskiq") && products.count >= 9)
        for module in try Self.text(path).matches(of: #/(?:import|\.product\(name:) "?(Taskiq\w*)/#).map({
            String($0.1)
        }) {
            #expect(products.contains(module), "\(path) imports \(module), which Package.swift offers to nobody")
        }
    }

    @Test("what a document names is declared in a product", arguments: documents)
    func namedTypes(path: String) throws {
        let modules = try Self.modulesByType()
        let products = try Self.products()
        for name in Set(try Self.text(path).matches(of: #/`(\w+)[`(]/#).map { String($0.1) }) {
            guard let homes = modules[name] else { continue }
            #expect(!homes.isDisjoint(with: products), "\(path) offers \(name), which is only in \(homes.sorted())")
        }
    }

    /// The public types of each module's sources, by their names.
    private static func modulesByType() throws -> [String: Set<String>] {
        var modules: [String: Set<String>] = [:]
        let sources = root.appending(path: "Sources")
        let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift" else { continue }
            let module = file.pathComponents[sources.pathComponents.count]
            let text = try String(contentsOf: file, encoding: .utf8)
            for declaration in text.matches(of: #/(?m)^public (?:final )?(?:actor|class|enum|protocol|struct) (\w+)/#) {
                modules[String(declaration.1), default: []].insert(module)
            }
        }
        #expect(modules["Broker"] == ["Taskiq"] && modules["SQLiteResultBackend"] == ["TaskiqSQLite"])
        return modules
    }
}

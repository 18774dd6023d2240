// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

@Suite("Task catalogues")
struct TaskCatalogueTests {
    private let catalogue = TaskCatalogue(
        application: "app é",
        tasks: [
            TaskDescription(name: "z", labels: []),
            TaskDescription(
                name: "a",
                labels: [
                    .label("i", 5), .label("d", 1.5), .label("b", true), .label("s", "x\""),
                    .init(name: "bytes", value: .bytes([0, 255])), .init(name: "any", value: .any("None")),
                    .init(name: "large", value: .largeInt(digits: "99999999999999999999")),
                    .init(name: "null", value: .json(.null)),
                    .schedule(.every(.seconds(30)), args: [.int(1), .object([.init("k", .array([.null]))])], id: "s1"),
                ]
            ),
        ]
    )

    @Test("a catalogue is read as it was written")
    func roundTrip() throws {
        let again = try TaskCatalogue(json: catalogue.json())
        #expect(again == catalogue)
        #expect(again.tasks.map(\.name) == ["a", "z"])
        #expect(again.json() == catalogue.json())
        #expect(again.hash == catalogue.hash)
    }

    @Test("its hash tells it from others and is the same in every process")
    func hash() {
        #expect(catalogue.hash.count == 32)
        #expect(TaskCatalogue(application: "app", tasks: []).hash == "95b1132161f508056c09a9cc39300510")
        #expect(catalogue.hash != TaskCatalogue(application: "app é", tasks: []).hash)
    }

    @Test(
        "what is no catalogue is refused",
        arguments: [
            "", "[]", "{}", #"{"application":"a"}"#, #"{"application":"a","tasks":[1]}"#,
            #"{"application":"a","tasks":[{"name":"t"}]}"#,
            #"{"application":"a","tasks":[{"name":"t","labels":{"x":"y"},"labels_types":{"x":2}}]}"#,
        ]
    )
    func malformed(text: String) {
        #expect((#expect(throws: TaskiqError.self) { try TaskCatalogue(json: Array(text.utf8)) })?.code == .malformed)
    }
}

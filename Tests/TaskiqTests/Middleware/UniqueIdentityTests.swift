// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

@Suite("What makes two messages the same task")
struct UniqueIdentityTests {
    private func key(
        _ args: [String] = [],
        _ kwargs: [(String, String)] = [],
        name: TaskName = "t",
        labels: Labels = [],
        _ identity: UniqueIdentity = UniqueIdentity()
    ) throws -> String {
        let message = TaskiqMessage(
            taskID: .generate(),
            taskName: name,
            labels: labels,
            args: try args.map { try JSONFragment(parsing: $0) },
            kwargs: KeywordArguments(
                try kwargs.map { KeywordArguments.Argument($0.0, try JSONFragment(parsing: $0.1)) }
            )
        )
        return try identity.key(of: message)
    }

    @Test("neither order nor spelling matters")
    func same() throws {
        #expect(try key([], [("a", "1"), ("b", "2")]) == key([], [("b", "2"), ("a", "1")]))
        #expect(try key([#"{"a": {"x":1, "y":[ ]},"b":2}"#]) == key([#"{"b":2,"a":{"y":[],"x":1}}"#]))
        #expect(try key([#""\u0061\n""#]) == key([#""a\u000a""#]))
        #expect(try key([#"{"a":1,"a":2}"#]) == key([#"{"a":2}"#]))
        #expect(try key(labels: [.queue("x")]) == key(labels: [.queue("y")]))
    }

    @Test(
        "values that differ are other tasks",
        arguments: [
            (["1"], ["2"]), (["1"], ["1.0"]), (["1"], [#""1""#]), (["1", "2"], ["2", "1"]), (["[1,2]"], ["[2,1]"]),
            (["1", "2"], ["12"]), (["[1]", "2"], ["[1,2]"]), (["null"], []), (["true"], [#""true""#]),
            (["18446744073709551617"], ["18446744073709551618"]), ([#"{"a":1}"#], [#"{"a":2}"#]),
            ([#"{"a":1,"b":2}"#], [#"{"a":2,"b":1}"#]), ([#""a\",\"b""#], [#""a""#, #""b""#]),
        ]
    )
    func other(left: [String], right: [String]) throws {
        #expect(try key(left) != key(right))
        #expect(
            try key([], left.enumerated().map { ("p\($0.offset)", $0.element) })
                != key([], right.enumerated().map { ("p\($0.offset)", $0.element) })
        )
    }

    @Test("the task's name counts, and whether an argument was named")
    func parts() throws {
        #expect(try key(name: "a") != key(name: "b"))
        #expect(try key(["1"]) != key([], [("a", "1")]))
    }

    @Test("what counts can be chosen")
    func choice() throws {
        let noArgs = UniqueIdentity(args: false)
        #expect(try key(["1"], [], noArgs) == key(["2"], [], noArgs))
        #expect(try key(["1"], [("a", "1")], noArgs) != key(["1"], [("a", "2")], noArgs))
        let noKwargs = UniqueIdentity(kwargs: false)
        #expect(try key([], [("a", "1")], noKwargs) == key([], [("a", "2")], noKwargs))
        let labels = UniqueIdentity(labels: ["tenant", "queue_name"])
        #expect(try key(labels: [.label("tenant", "a")], labels) != key(labels: [.label("tenant", "b")], labels))
        #expect(try key(labels: [.label("tenant", "a")], labels) != key(labels: [.queue("a")], labels))
        #expect(try key(labels: [.label("other", "a")], labels) == key(labels: [], labels))
        #expect(try key(labels: [.label("tenant", "")], labels) != key(labels: [], labels))
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

private struct HiddenError: Error, CustomStringConvertible {
    var description: String { "hidden" }
}

struct VisibleError: Error {
    struct Inner: Error {}
}

@Suite("Task failures")
struct TaskFailureTests {
    @Test("an error is told by its type, its module and what it says")
    func describing() {
        let failure = TaskFailure(describing: VisibleError.Inner())
        #expect(failure.type == "VisibleError.Inner")
        #expect(failure.module == "TaskiqTests")
        let hidden = TaskFailure(describing: HiddenError())
        // A private type's context differs from run to run.
        #expect(hidden.type == "HiddenError")
        #expect(hidden.module == "TaskiqTests")
        #expect(hidden.message == "hidden")
        struct Local: Error {}
        #expect(!TaskFailure(describing: Local()).type.contains("("))
    }

    @Test("a failure passes through, and the cause of an error becomes its cause")
    func causes() {
        let inner = TaskFailure(type: "ValueError", module: "builtins", arguments: [.null, JSONFragment(string: "a")])
        #expect(TaskFailure(describing: inner) == inner)
        #expect(inner.description == "ValueError: null, a")
        let outer = TaskFailure(describing: TaskiqError(.sendTask, "no", cause: inner))
        #expect(outer.message == "no")
        #expect(outer.cause?.failure == inner)
        #expect(TaskiqError(.sendTask, "no", cause: inner).description == "no (ValueError: null, a)")
    }

    @Test("a Swift error that can be encoded travels with its properties")
    func fields() throws {
        struct Declined: Error, Codable, Equatable {
            var code: Int
            var reason: String
        }
        struct Other: Error, Decodable {
            var code: Int
        }
        let declined = Declined(code: 51, reason: "no funds")
        let failure = TaskFailure(describing: declined)
        #expect(failure.fields?.text == #"{"code":51,"reason":"no funds"}"#)
        #expect(failure.decode(as: Declined.self) == declined)
        let stored = StoredResult(error: failure, executionTime: .zero)
        #expect(try StoredResult(json: stored.json()).error?.decode(as: Declined.self) == declined)
        #expect(failure.decode(as: Other.self)?.code == nil)
        #expect(TaskFailure(type: "Declined", message: "x").decode(as: Declined.self) == nil)
        #expect(TaskFailure(describing: Declined(code: 1, reason: String(repeating: "x", count: 70_000))).fields == nil)
    }

    @Test("an argument that does not fit is told by its place")
    func codingKeys() {
        struct Order: Codable {
            struct Item: Codable { var count: Int }
            var items: [Item]
        }
        #expect(throws: DecodingError.self) {
            _ = try JSONFragment(parsing: Array(#"{"items":[{"count":1},{"count":"many"}]}"#.utf8)).decode(Order.self)
        }
        do {
            _ = try JSONFragment(parsing: Array(#"{"items":[{"count":1},{"count":"many"}]}"#.utf8)).decode(Order.self)
        } catch {
            #expect(TaskFailure(describing: error).message == #"items.[1].count: expected an integer, found "many""#)
        }
    }
}

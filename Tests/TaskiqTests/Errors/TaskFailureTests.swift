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
}

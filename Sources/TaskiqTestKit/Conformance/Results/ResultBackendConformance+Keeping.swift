// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

extension ResultBackendConformance {
    static let progress: [Check] = [
        Check("a task that has said nothing is nowhere", [.storesResults, .keepsProgress]) { subject in
            try await subject.prepare("task")
            try expect(try await subject.backend.progress(for: "task"), is: nil, "what was never said")
            try await subject.store(.sample(1), "task")
            try expect(try await subject.backend.progress(for: "task"), is: nil, "what was never said")
        },
        Check("what a task said last is kept", [.storesResults, .keepsProgress]) { subject in
            let backend = subject.backend
            try await subject.prepare("task")
            let steps = [
                TaskProgress(state: .started),
                TaskProgress(state: "HALF WAY", meta: JSONValue.object([.init("percent", .int(50))]).fragment),
                TaskProgress(state: TaskState(rawValue: Samples.text), meta: JSONFragment(string: Samples.text)),
                TaskProgress(state: .retry, meta: .null),
                TaskProgress(state: .success),
            ]
            for step in steps {
                try await backend.setProgress(step, for: "task")
                let found = try await backend.progress(for: "task")
                try expect(found?.state, is: step.state, "the stage is kept as it was said")
                // Null and nothing say the same.
                try expect(found?.meta ?? .null, is: step.meta ?? .null, "what is said with it is kept")
            }
        },
        Check("how far a task is, is no result, and concerns no other", [.storesResults, .keepsProgress]) { subject in
            let backend = subject.backend
            for id: TaskID in ["a", "b"] { try await subject.prepare(id) }
            try await backend.setProgress(TaskProgress(state: .started), for: "a")
            try expect(try await backend.isResultReady(for: "a"), is: false, "progress counts as a result")
            try expect(try await backend.progress(for: "b"), is: nil, "the progress of another task")
            try await subject.store(.sample(1), "a")
            try await subject.expect(.sample(1), of: "a", "a result is stored beside the progress")
        },
    ]

    static let keeping: [Check] = [
        Check("the newest results are kept, as many as was said", [.storesResults, .limitsCount]) { subject in
            guard let kept = subject.keptResults else {
                throw ConformanceFailure(promised: "a number of results is kept", found: "no number")
            }
            for number in 0..<kept + 3 { try await subject.store(.sample(number), TaskID(rawValue: "task-\(number)")) }
            for number in 0..<kept + 3 {
                let isThere = try await subject.backend.isResultReady(for: TaskID(rawValue: "task-\(number)"))
                try expect(isThere, is: number >= 3, "result \(number) of \(kept + 3) is kept, of which \(kept) are")
            }
        },
        Check("results are kept for as long as was said", [.storesResults, .expires, .answersForUnknown]) { subject in
            guard let expiry = subject.expiry else {
                throw ConformanceFailure(promised: "results are kept for a time", found: "no time")
            }
            try await subject.store(.sample(1), "old")
            try await expiry.letPass(expiry.lifetime / 2)
            try await subject.store(.sample(2), "new")
            try await subject.expect(.sample(1), of: "old", "a result is kept for its time")
            try await expiry.letPass(expiry.lifetime * 3 / 4)
            try expect(try await subject.backend.result(for: "old"), is: nil, "a result whose time is over")
            try await subject.expect(.sample(2), of: "new", "each result has its own time")
        },
    ]
}

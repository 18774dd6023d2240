// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

extension ResultBackendConformance {
    static let storing: [Check] = [
        Check("a backend can be started and stopped", []) { _ in },
        Check("a result is ready when it is stored, and not before") { subject in
            let (backend, id) = (subject.backend, TaskID("task"))
            try await subject.prepare(id)
            try expect(try await backend.isResultReady(for: id), is: false, "a result that is not stored is ready")
            try expect(try await backend.result(for: id), is: nil, "a result that is not stored")
            try await subject.store(.sample(1), id)
            try expect(try await backend.isResultReady(for: id), is: true, "a result that is stored is ready")
            try await subject.expect(.sample(1), of: id, "a result that is stored is fetched")
            try await subject.expect(.sample(1), of: id, "a result can be fetched twice")
        },
        Check("the result of a task that was never sent is nil", [.storesResults, .answersForUnknown]) { subject in
            try expect(try await subject.backend.result(for: "unknown"), is: nil, "the result of an unknown task")
            try expect(try await subject.backend.isResultReady(for: "unknown"), is: false, "it is ready")
        },
        Check("results come back as they were stored, byte for byte") { subject in
            for (index, sample) in try Samples.results().enumerated() {
                let id = TaskID(rawValue: "task-\(index)")
                try await subject.store(sample.result, id)
                try await subject.expect(sample.result, of: id, "\(sample.name) comes back as it was stored")
            }
        },
        Check("results are told apart by the whole of their ids") { subject in
            let ids = ["a", "A", "a ", " a", "größe 你好", "\u{1F980}", String(repeating: "x", count: 255)]
            for (index, id) in ids.enumerated() {
                try await subject.store(.sample(index), TaskID(rawValue: id))
            }
            for (index, id) in ids.enumerated() {
                try await subject.expect(.sample(index), of: TaskID(rawValue: id), "each id has its own result")
            }
        },
        Check("the last result that is stored for a task stands", [.storesResults, .overwrites]) { subject in
            for number in 1...3 { try await subject.store(.sample(number), "task") }
            try await subject.expect(.sample(3), of: "task", "the last result stands")
        },
        Check("a thousand results stored at a time are all there") { subject in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<1_000 {
                    group.addTask { try await subject.store(.sample(number), TaskID(rawValue: "task-\(number)")) }
                }
                try await group.waitForAll()
            }
            let kept = min(1_000, subject.keptResults ?? 1_000)
            var count = 0
            for number in 0..<1_000 {
                guard let found = try await subject.backend.result(for: TaskID(rawValue: "task-\(number)")) else {
                    continue
                }
                try ResultBackendUnderTest.expect(found, is: .sample(number), "each task has its own result")
                count += 1
            }
            try expect(count, is: kept, "results that are kept")
        },
        Check("what is stored is found, and waited for, by other instances", [.storesResults, .shares]) { subject in
            guard let reopen = subject.reopen else {
                throw ConformanceFailure(promised: "results are shared", found: "no way to reach the store again")
            }
            try await subject.store(.sample(1), "early")
            try await subject.prepare("late")
            let other = try await reopen()
            try await other.startup()
            var elsewhere = subject
            elsewhere.backend = other
            try await elsewhere.expect(.sample(1), of: "early", "another instance finds the result")
            let waiting = elsewhere
            async let late = waiting.wait(for: "late", "who waits elsewhere gets the result")
            try await subject.store(.sample(2), "late")
            try ResultBackendUnderTest.expect(try await late, is: .sample(2), "who waits elsewhere gets the result")
            await other.shutdown()
        },
    ]
}

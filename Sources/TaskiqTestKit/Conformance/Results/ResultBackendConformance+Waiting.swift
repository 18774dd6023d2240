// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

extension ResultBackendConformance {
    static let waiting: [Check] = [
        Check("who waits before the result is stored gets it") { subject in
            // Which of the two comes first is left to chance; both orders must do.
            for number in 0..<20 {
                let id = TaskID(rawValue: "task-\(number)")
                try await subject.prepare(id)
                async let found = subject.wait(for: id)
                try await subject.store(.sample(number), id)
                try ResultBackendUnderTest.expect(try await found, is: .sample(number), "who waits gets the result")
            }
        },
        Check("who waits after the result is stored gets it") { subject in
            try await subject.store(.sample(1), "task")
            for timeout in [nil, .seconds(10), nil] as [Duration?] {
                let found = try await subject.wait(for: "task", timeout: timeout)
                try ResultBackendUnderTest.expect(found, is: .sample(1), "who waits gets the result")
            }
        },
        Check("a result that is there needs no time to wait", [.storesResults, .looksBeforeWaiting]) { subject in
            try await subject.store(.sample(1), "task")
            let found = try await subject.wait(for: "task", timeout: .zero)
            try ResultBackendUnderTest.expect(found, is: .sample(1), "who waits gets the result")
        },
        Check("all who wait for a result get it, and nobody another's") { subject in
            let ids: [TaskID] = ["a", "b"]
            for id in ids { try await subject.prepare(id) }
            try await withThrowingTaskGroup(of: (Int, StoredResult).self) { group in
                for number in 0..<40 {
                    group.addTask { (number % 2, try await subject.wait(for: ids[number % 2])) }
                }
                try await subject.store(.sample(0), "a")
                try expect(try await subject.backend.isResultReady(for: "b"), is: false, "another's result is ready")
                try await subject.store(.sample(1), "b")
                for try await (index, found) in group {
                    try ResultBackendUnderTest.expect(
                        found,
                        is: .sample(index),
                        "who waits gets the result of its task"
                    )
                }
            }
        },
        Check("who asks whether a result is there does not disturb who waits for it") { subject in
            for number in 0..<20 {
                let id = TaskID(rawValue: "task-\(number)")
                try await subject.prepare(id)
                let backend = subject.backend
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<3 {
                        group.addTask {
                            let found = try await subject.wait(for: id)
                            try ResultBackendUnderTest.expect(found, is: .sample(number), "who waits gets the result")
                        }
                        for _ in 0..<5 { group.addTask { _ = try await backend.isResultReady(for: id) } }
                    }
                    group.addTask { try await subject.store(.sample(number), id) }
                    try await group.waitForAll()
                }
            }
        },
        Check("a wait that takes too long ends with an error that names the task") { subject in
            try await subject.prepare("slow-task")
            for timeout in [Duration.zero, .milliseconds(30)] {
                let promise = "the error has the code resultTimeout and names the task"
                do {
                    let found = try await subject.wait(
                        for: "slow-task",
                        timeout: timeout,
                        "a wait ends at its time-out"
                    )
                    throw ConformanceFailure(promised: promise, found: "the result \(found.returnValue)")
                } catch let error as TaskiqError {
                    try expect(
                        error.code == .resultTimeout && error.message.contains("slow-task"),
                        promise,
                        found: "\(error.code): \(error.message)"
                    )
                }
            }
            try await subject.store(.sample(1), "slow-task")
            try await subject.expect(.sample(1), of: "slow-task", "a result can be stored after a wait in vain")
        },
        Check("a wait that is cancelled ends, and leaves nothing behind") { subject in
            let id = TaskID("task")
            try await subject.prepare(id)
            for _ in 0..<100 {
                let waiter = Task { try await subject.wait(for: id) }
                waiter.cancel()
                switch await waiter.result {
                case .failure(is CancellationError): break
                case .failure(let error):
                    throw ConformanceFailure(promised: "a cancelled wait throws CancellationError", found: "\(error)")
                case .success(let found):
                    throw ConformanceFailure(promised: "there is no result yet", found: "\(found.returnValue)")
                }
            }
            // Whoever was left behind would be answered twice, or keep others from their answer.
            async let found = subject.wait(for: id)
            try await subject.store(.sample(1), id)
            try ResultBackendUnderTest.expect(try await found, is: .sample(1), "who waits gets the result")
        },
    ]
}

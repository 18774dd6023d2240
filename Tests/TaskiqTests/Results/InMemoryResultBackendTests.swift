// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TestSupport
import Testing

@testable import Taskiq

@Suite("Results in memory", .timeLimit(.minutes(5)))
struct InMemoryResultBackendTests {
    private func result(_ value: Int) throws -> StoredResult {
        StoredResult(returnValue: try JSONFragment(encoding: value), executionTime: .zero)
    }

    @Test("the oldest results make room")
    func eviction() async throws {
        let backend = InMemoryResultBackend(maximumStoredResults: 3)
        for number in 0..<5 { try await backend.setResult(try result(number), for: TaskID(rawValue: "\(number)")) }
        try await backend.setResult(try result(40), for: "4")
        for number in 0..<5 {
            #expect(try await backend.isResultReady(for: TaskID(rawValue: "\(number)")) == (number >= 2))
        }
        #expect(try await backend.result(for: "4")?.returnValue.text == "40")
    }

    @Test("a result that is there is given out without any time to wait")
    func noTime() async throws {
        let backend = InMemoryResultBackend()
        try await backend.setResult(try result(1), for: "1")
        #expect(try await backend.waitForResult(for: "1", timeout: .zero, checkInterval: .zero).isError == false)
        let error = await #expect(throws: TaskiqError.self) {
            try await backend.waitForResult(for: "2", timeout: .zero, checkInterval: .zero)
        }
        #expect(error?.code == .resultTimeout)
        #expect(error?.message.contains("task 2 within 0.0 seconds") == true)
    }

    @Test(
        "whoever waits is answered once: by the result, by cancellation or by the time-out",
        arguments: 1...5 as ClosedRange<UInt64>
    )
    func races(seed: UInt64) async throws {
        let backend = InMemoryResultBackend(maximumStoredResults: 1_000)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                var generator = SeededGenerator(seed: seed << 16 | UInt64(number))
                let (cancels, isShort) = (Bool.random(using: &generator), Int.random(in: 0..<4, using: &generator) == 0)
                let id = TaskID(rawValue: "\(number)")
                let stored = try result(number)
                group.addTask {
                    let waiter = Task {
                        try await backend.waitForResult(
                            for: id,
                            timeout: isShort ? .nanoseconds(1) : nil,
                            checkInterval: .zero
                        )
                    }
                    let canceller = Task { if cancels { waiter.cancel() } }
                    try await backend.setResult(stored, for: id)
                    await canceller.value
                    switch await waiter.result {
                    case .success(let found): #expect(found == stored)
                    case .failure(is CancellationError): #expect(cancels)
                    case .failure(let error as TaskiqError): #expect(isShort && error.code == .resultTimeout)
                    case .failure(let error): Issue.record(error)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("many wait for one result")
    func manyWaiters() async throws {
        let backend = InMemoryResultBackend()
        let stored = try result(7)
        try await withThrowingTaskGroup(of: StoredResult.self) { group in
            for _ in 0..<50 {
                group.addTask { try await backend.waitForResult(for: "x", timeout: nil, checkInterval: .zero) }
            }
            group.addTask {
                try await backend.setResult(stored, for: "x")
                return stored
            }
            for try await found in group { #expect(found == stored) }
        }
    }

    @Test("waiters are taken once")
    func taking() async {
        var waiters = ResultWaiters()
        await #expect(throws: CancellationError.self) {
            try await withCheckedThrowingContinuation { (continuation: ResultWaiters.Waiter) in
                waiters.add(continuation, token: 1, for: "a")
                #expect(Array(waiters.taskIDs) == ["a"])
                #expect(waiters.remove(2, for: "a") == nil)
                #expect(waiters.remove(1, for: "b") == nil)
                waiters.remove(1, for: "a")?.resume(throwing: CancellationError())
                #expect(waiters.remove(1, for: "a") == nil)
                #expect(waiters.take("a").isEmpty)
                #expect(waiters.taskIDs.isEmpty)
                #expect(waiters.takeAll().isEmpty)
            }
        }
    }

    @Test("a backend that is only asked is polled until the time is over")
    func polling() async throws {
        let backend = RecordingBackend()
        let error = await #expect(throws: TaskiqError.self) {
            try await backend.waitForResult(for: "x", timeout: .zero, checkInterval: .seconds(3600))
        }
        #expect(error?.code == .resultTimeout)
        // The interval does not outlast the time-out.
        await #expect(throws: TaskiqError.self) {
            try await backend.waitForResult(for: "x", timeout: .nanoseconds(1), checkInterval: .seconds(3600))
        }
        try await backend.setResult(try result(1), for: "x")
        #expect(
            try await backend.waitForResult(for: "x", timeout: .zero, checkInterval: .seconds(3600)).isError == false
        )
    }

    @Test("whoever waits for ever is told of the shutdown, and what is there can still be had")
    func shutdown() async throws {
        let backend = InMemoryResultBackend()
        let broker = Broker.inMemory(resultBackend: backend)
        let add = broker.task("add") { (a: Int) in a }
        try await broker.startup()
        let ended = try await add.kiq(1)
        #expect(try await ended.value() == 1)
        let later = try await add.kiq(2, labels: [.delay(.seconds(86_400))])
        let waiting = Task { try await later.waitForResult() }
        for _ in 0..<2_000 { await Task.yield() }
        await broker.shutdown()
        let error = await #expect(throws: TaskiqError.self) { try await waiting.value }
        #expect(error?.code == .shutdown)
        let again = await #expect(throws: TaskiqError.self) { try await later.waitForResult() }
        #expect(again?.code == .shutdown)
        #expect(try await ended.value() == 1)
        // Another broker that uses the same results keeps them open.
        try await broker.startup()
        await backend.startup()
        await broker.shutdown()
        let last = await #expect(throws: TaskiqError.self) { try await later.waitForResult(timeout: .milliseconds(1)) }
        #expect(last?.code == .resultTimeout)
    }
}

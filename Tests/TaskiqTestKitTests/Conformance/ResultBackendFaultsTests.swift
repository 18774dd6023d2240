// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqTestKit
import Testing

@Suite("A result backend that breaks a promise is found out", .timeLimit(.minutes(5)))
struct ResultBackendFaultsTests {
    enum Fault: String, CaseIterable, Sendable {
        case forgets, dropsLogs, dropsErrors, keepsFirst, isAlwaysReady, waitsInVain, throwsOtherErrors, losesProgress
        case mixesUpTasks, keepsTooMany
    }

    private struct FaultyBackend: ResultBackend {
        let fault: Fault
        let base = InMemoryResultBackend(maximumStoredResults: nil)

        func setResult(_ result: StoredResult, for taskID: TaskID) async throws {
            var result = result
            switch fault {
            case .forgets: return
            case .dropsLogs: result.log = nil
            case .dropsErrors: result.error?.cause = nil
            case .keepsFirst: if try await base.isResultReady(for: taskID) { return }
            case .mixesUpTasks: try await base.setResult(result, for: "b")
            default: break
            }
            try await base.setResult(result, for: taskID)
        }

        func isResultReady(for taskID: TaskID) async throws -> Bool {
            fault == .isAlwaysReady ? true : try await base.isResultReady(for: taskID)
        }

        func result(for taskID: TaskID) async throws -> StoredResult? { try await base.result(for: taskID) }

        func setProgress(_ progress: TaskProgress, for taskID: TaskID) async throws {
            if fault != .losesProgress { try await base.setProgress(progress, for: taskID) }
        }

        func progress(for taskID: TaskID) async throws -> TaskProgress? { try await base.progress(for: taskID) }

        func waitForResult(
            for taskID: TaskID,
            timeout: Duration?,
            checkInterval: Duration
        ) async throws -> StoredResult {
            let id = fault == .waitsInVain ? "another" : taskID
            do {
                return try await base.waitForResult(for: id, timeout: timeout, checkInterval: checkInterval)
            } catch  where fault == .throwsOtherErrors {
                throw TaskiqError(.resultGet, "nothing there")
            }
        }
    }

    private func check(for fault: Fault) -> String {
        switch fault {
        case .forgets: "a result is ready when it is stored, and not before"
        case .dropsLogs, .dropsErrors: "results come back as they were stored, byte for byte"
        case .keepsFirst: "the last result that is stored for a task stands"
        case .isAlwaysReady: "a result is ready when it is stored, and not before"
        case .waitsInVain: "who waits before the result is stored gets it"
        case .throwsOtherErrors: "a wait that takes too long ends with an error that names the task"
        case .losesProgress: "what a task said last is kept"
        case .mixesUpTasks: "all who wait for a result get it, and nobody another's"
        case .keepsTooMany: "the newest results are kept, as many as was said"
        }
    }

    @Test("each fault fails its check", arguments: Fault.allCases)
    func faults(fault: Fault) async throws {
        let name = check(for: fault)
        let check = try #require(ResultBackendConformance.checks.first { $0.name == name })
        await #expect(throws: ConformanceFailure.self) {
            try await check.run {
                ResultBackendUnderTest(
                    FaultyBackend(fault: fault),
                    capabilities: [.storesResults, .answersForUnknown, .overwrites, .keepsProgress, .limitsCount],
                    timeLimit: .milliseconds(500),
                    keptResults: 5
                )
            }
        }
    }

    @Test("time passes for a backend that lets results expire")
    func expiry() async throws {
        let check = try #require(ResultBackendConformance.checks.first { $0.capabilities.contains(.expires) })
        try await check.run { expiring(after: .seconds(10), promised: .seconds(10)) }
        await #expect(throws: ConformanceFailure.self) {
            try await check.run { expiring(after: .seconds(20), promised: .seconds(10)) }
        }
        await #expect(throws: ConformanceFailure.self) {
            try await check.run { expiring(after: .seconds(4), promised: .seconds(10)) }
        }
    }

    private struct ExpiringBackend: ResultBackend {
        let clock: ManualClock
        let lifetime: Duration
        let base = InMemoryResultBackend()

        func setResult(_ result: StoredResult, for taskID: TaskID) async throws {
            var result = result
            result.labels["until"] = .double((clock.now.offset + lifetime) / .seconds(1))
            try await base.setResult(result, for: taskID)
        }

        func result(for taskID: TaskID) async throws -> StoredResult? {
            var result = try await base.result(for: taskID)
            guard let until = result?.labels["until"]?.doubleValue, clock.now.offset < .seconds(until) else {
                return nil
            }
            result?.labels["until"] = nil
            return result
        }
    }

    private func expiring(after lifetime: Duration, promised: Duration) -> ResultBackendUnderTest {
        let clock = ManualClock()
        return ResultBackendUnderTest(
            ExpiringBackend(clock: clock, lifetime: lifetime),
            capabilities: [.storesResults, .answersForUnknown, .expires],
            expiry: .init(lifetime: promised) { clock.advance(by: $0) }
        )
    }
}

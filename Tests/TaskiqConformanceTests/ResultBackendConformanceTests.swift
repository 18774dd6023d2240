// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Taskiq
import TaskiqSQLite
import TaskiqTestKit
import Testing

@Suite("Result backends keep what they promise", .timeLimit(.minutes(5)), .serialized)
struct ResultBackendConformanceTests {
    @Test("in memory", arguments: ResultBackendConformance.checks(for: .memory))
    func inMemory(check: ResultBackendConformance.Check) async throws {
        try await check.run {
            ResultBackendUnderTest(InMemoryResultBackend(maximumStoredResults: nil), capabilities: .memory)
        }
    }

    @Test("in memory, a few", arguments: ResultBackendConformance.checks(for: [.memory, .limitsCount]))
    func inMemoryFew(check: ResultBackendConformance.Check) async throws {
        try await check.run {
            ResultBackendUnderTest(
                InMemoryResultBackend(maximumStoredResults: 20),
                capabilities: [.memory, .limitsCount],
                keptResults: 20
            )
        }
    }

    @Test("nowhere", arguments: ResultBackendConformance.checks(for: []))
    func dummy(check: ResultBackendConformance.Check) async throws {
        try await check.run { ResultBackendUnderTest(DummyResultBackend(), capabilities: []) }
    }

    @Test("in a file", arguments: ResultBackendConformance.checks(for: .file))
    func file(check: ResultBackendConformance.Check) async throws {
        try await check.run {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
                "tq-\(UUID().uuidString.prefix(8))"
            )
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let path = folder.appendingPathComponent("results.sqlite").path
            return ResultBackendUnderTest(
                SQLiteResultBackend(path: path),
                capabilities: .file,
                reopen: { SQLiteResultBackend(path: path) },
                stop: { try? FileManager.default.removeItem(at: folder) }
            )
        }
    }

    @Test("a hub that stores in memory", arguments: ResultBackendConformance.checks(for: .hub))
    func hubWithMemory(check: ResultBackendConformance.Check) async throws {
        try await check.run { try await HubUnderTest.results(.memory) }
    }

    @Test("a hub that stores on disk", arguments: ResultBackendConformance.checks(for: .hub))
    func hubOnDisk(check: ResultBackendConformance.Check) async throws {
        try await check.run { try await HubUnderTest.results(.sqlite) }
    }
}

extension ResultBackendCapabilities {
    /// What is kept in memory, and how.
    fileprivate static let memory: ResultBackendCapabilities = [
        .storesResults, .answersForUnknown, .overwrites, .keepsProgress, .looksBeforeWaiting,
    ]

    /// A hub knows the tasks that were sent to it, and stores one result of each.
    ///
    /// It takes progress from the worker that runs a task, and from nobody else, so that the general checks do not fit.
    fileprivate static let hub: ResultBackendCapabilities = [.storesResults, .shares, .looksBeforeWaiting]

    /// Results in a file, for several processes.
    fileprivate static let file: ResultBackendCapabilities = [
        .storesResults, .answersForUnknown, .overwrites, .keepsProgress, .shares, .looksBeforeWaiting,
    ]
}

extension HubUnderTest {
    /// The results of a fresh hub, as a backend's checks want it.
    fileprivate static func results(_ kind: Store) async throws -> ResultBackendUnderTest {
        try await ResultBackendUnderTest(settlingThrough: try await transport(kind), capabilities: .hub)
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import CoreMetrics
import Foundation
import Logging
import ServiceLifecycle
import ServiceLifecycleTestKit
import Testing

@testable import TaskiqPrometheus

/// A worker process's reports.
@Suite struct SnapshotReporterTests {
    private let registry = PrometheusRegistry()

    private func snapshots(_ descriptor: Int32) throws -> [MetricsSnapshot] {
        var frames = SnapshotFrames()
        while case .some(let bytes) = Sockets.read(descriptor, atMost: 65536) { frames.append(bytes) }
        var found: [MetricsSnapshot] = []
        while let frame = try frames.next() { found.append(try MetricsSnapshot(decoding: frame)) }
        return found
    }

    @Test func theLastReportHasEverything() async throws {
        let (own, other) = try Sockets.makePair()
        defer { close(other) }
        Sockets.prepare(other)
        let counter = Counter(label: "c", factory: registry)
        counter.increment()
        let (registry, logger) = (registry, Logger(label: "test"))
        let reporter = SnapshotReporter(descriptor: own, registry: registry, interval: .seconds(3600), logger: logger)
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup { group in
                group.addTask { try await reporter.run() }
                while try snapshots(other).isEmpty { await Task.yield() }
                counter.increment(by: 41)
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
        let last = try #require(try snapshots(other).last)
        #expect(last == registry.snapshot)
        #expect(last.families["c_total"]?.series.values.first == .number(42))
    }

    /// Were it to end by itself, the worker would end with it.
    @Test func itOutlivesItsSupervisorUntilShutdown() async throws {
        let (own, other) = try Sockets.makePair()
        close(other)
        let (registry, logger) = (registry, Logger(label: "test"))
        Counter(label: "c", factory: registry).increment()
        let reporter = SnapshotReporter(descriptor: own, registry: registry, interval: .zero, logger: logger)
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await reporter.run()
                    return false
                }
                group.addTask {
                    for _ in 0..<1000 { await Task.yield() }
                    return true
                }
                let first = try await group.next()
                trigger.triggerGracefulShutdown()
                let second = try await group.next()
                #expect(first == true)
                #expect(second == false)
            }
        }
    }

    @Test func theSameIsNotReportedTwice() throws {
        let (own, other) = try Sockets.makePair()
        defer { for descriptor in [own, other] { close(descriptor) } }
        Sockets.prepare(other)
        var sender = SnapshotSender(own)
        let counter = Counter(label: "c", factory: registry)
        for _ in 0..<3 { try sender.send(registry.snapshot) }
        counter.increment()
        for _ in 0..<3 { try sender.send(registry.snapshot) }
        #expect(try snapshots(other).count == 2)
    }

    @Test func aSlowSupervisorIsNotWaitedFor() throws {
        let (own, other) = try Sockets.makePair()
        defer { for descriptor in [own, other] { close(descriptor) } }
        Sockets.prepare(other)
        for number in 0..<2000 {
            Timer(label: "t", dimensions: [("n", "\(number)")], factory: registry).recordNanoseconds(1)
        }
        var sender = SnapshotSender(own)
        try sender.send(registry.snapshot)
        #expect(!sender.isFlushed)
        // What is on its way goes first; what came after it follows as one.
        let first = registry.snapshot
        var frames = SnapshotFrames()
        var found: [MetricsSnapshot] = []
        for round in 0..<10_000 where found.count < 2 {
            if round == 0 { Counter(label: "c", factory: registry).increment() }
            if case .some(let bytes) = Sockets.read(other, atMost: 65536) { frames.append(bytes) }
            while let frame = try frames.next() { found.append(try MetricsSnapshot(decoding: frame)) }
            try sender.send(registry.snapshot)
        }
        // Not the snapshots themselves, which would fill the screen.
        #expect(found.count == 2)
        let (isFirst, isLast) = (found.first == first, found.last == registry.snapshot)
        #expect(isFirst && isLast)
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Dispatch
import Synchronization
import TaskiqHub
import TaskiqHubProtocol

/// A network without sockets: its thread hands over what a test posts, and keeps what the hub sends.
final class FakeNetwork: HubNetwork {
    private struct State {
        var turn: (@Sendable ([HubEvent]) -> HubTurn)?
        var early: [HubEvent] = []
        var isOver = false
        var ending: [CheckedContinuation<Void, Never>] = []
    }

    let address = "fake"
    /// What the hub sends.
    let sent: AsyncStream<HubTurn.Outgoing>
    private let sending: AsyncStream<HubTurn.Outgoing>.Continuation
    private let state = Mutex(State())
    private let thread = DispatchQueue(label: "fake network")

    init() {
        (sent, sending) = AsyncStream.makeStream()
    }

    func start(turn: @escaping @Sendable ([HubEvent]) -> HubTurn) {
        let early = state.withLock { state in
            state.turn = turn
            return state.early
        }
        for event in early { post(event) }
    }

    func post(_ event: HubEvent) {
        thread.async { [self] in
            let turn = state.withLock { state in
                if state.turn == nil { state.early.append(event) }
                return state.isOver ? nil : state.turn
            }
            guard let answer = turn?([event]) else { return }
            for frame in answer.outgoing { sending.yield(frame) }
            guard answer.isLast else { return }
            sending.finish()
            let ending = state.withLock { state in
                state.isOver = true
                defer { state.ending = [] }
                return state.ending
            }
            for continuation in ending { continuation.resume() }
        }
    }

    func join() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.isOver { state.ending.append(continuation) }
                return state.isOver
            }
            if isOver { continuation.resume() }
        }
    }
}

/// A store whose commits fail once it is told to.
final class FailingStore: HubStore {
    let memory = MemoryHubStore()
    private let fails = Atomic(false)
    private let closed = Atomic(false)

    var isClosed: Bool { closed.load(ordering: .relaxed) }

    func failFromNowOn() {
        fails.store(true, ordering: .relaxed)
    }

    func recover() throws -> RecoveredState { try memory.recover() }

    func commit(_ group: StoreGroup) throws {
        if fails.load(ordering: .relaxed) { throw HubStoreError(.failed, "the disk is broken") }
        try memory.commit(group)
    }

    func bodies(of sequences: [Int64]) throws -> [(sequence: Int64, body: StoredBody)] {
        try memory.bodies(of: sequences)
    }

    func results(of taskIDs: [String]) throws -> [String: StoredBody] { try memory.results(of: taskIDs) }

    func hasResult(of taskID: String) throws -> Bool { try memory.hasResult(of: taskID) }

    func results(_ page: StorePage) throws -> [StoredResultEntry] { try memory.results(page) }

    func deadLetters(_ page: StorePage) throws -> [StoredDeadLetter] { try memory.deadLetters(page) }

    func deadLetter(sequence: Int64) throws -> StoredDeadLetter? { try memory.deadLetter(sequence: sequence) }

    func deadLetter(taskID: String) throws -> StoredDeadLetter? { try memory.deadLetter(taskID: taskID) }

    func statistics() throws -> StoreStatistics { try memory.statistics() }

    func diskState() -> DiskState { memory.diskState() }

    func backup(to path: String) throws { try memory.backup(to: path) }

    func scrub(from start: Int64, limit: Int) throws -> ScrubReport { try memory.scrub(from: start, limit: limit) }

    func close() {
        closed.store(true, ordering: .relaxed)
    }
}

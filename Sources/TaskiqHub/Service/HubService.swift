// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Dispatch
public import Logging
public import ServiceLifecycle
import Synchronization
public import Taskiq

/// A running hub: the core between a network and a store.
///
/// The network's thread runs the core, the store's queue commits its groups one after the other; an answer leaves only
/// after the commit it depends on. When the store fails, the outcome of its last group is unknown: the service ends
/// with that error, and whoever supervises it starts it anew.
public final class HubService: Service {
    private struct State {
        var core: HubCore
        var calls: [UInt64: CheckedContinuation<Void, any Error>] = [:]
        var lastCall: UInt64 = 0
        var listeners: [UInt64: AsyncStream<TaskCatalogue>.Continuation] = [:]
        var lastListener: UInt64 = 0
        var failure: HubStoreError?
        var isOver = false
    }

    private let state: Mutex<State>
    private let store: any HubStore
    private let network: any HubNetwork
    private let logger: Logger
    private let observe: @Sendable (HubNotice) -> Void
    private let storeQueue = DispatchQueue(label: "taskiq.hub.store")
    private let watch: StoreWatch
    private let ending: (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation)

    /// Makes a hub from its parts: reads back what the store remembers.
    ///
    /// - Parameters:
    ///   - store: where it keeps what it must not forget.
    ///   - network: what connects it with its peers, bound already.
    ///   - configuration: the numbers to decide by.
    ///   - logger: what it logs to.
    ///   - observe: is told what people may want to know; called on the network's thread, so it must be quick.
    /// - Throws: `HubStoreError` when the store cannot be read.
    public init(
        store: any HubStore,
        network: any HubNetwork,
        configuration: HubConfiguration,
        logger: Logger,
        observe: @escaping @Sendable (HubNotice) -> Void = { _ in }
    ) throws {
        let recovered = try store.recover()
        let core = HubCore(recovered: recovered, configuration: configuration, now: HubClock.now)
        if core.messageCount > 0 {
            logger.info("messages were read back", metadata: ["taskiq.hub.messages": "\(core.messageCount)"])
        }
        state = Mutex(State(core: core))
        self.store = store
        self.network = network
        self.logger = logger
        self.observe = observe
        watch = StoreWatch(store, on: storeQueue, logger: logger) { network.post($0) }
        ending = AsyncStream.makeStream()
    }

    /// Serves until graceful shutdown, cancellation, or a failure of the store.
    ///
    /// - Throws: `HubStoreError` when the store failed.
    public func run() async throws {
        watch.start()
        network.start { [weak self] events in
            self?.turn(events) ?? HubTurn(deadline: HubClock.uptime + 1000)
        }
        // Unstructured: it only watches, and ends when the network's thread does. A hub without sockets is of no use.
        let ends = Task { [network, ending] in
            await network.join()
            ending.continuation.finish()
        }
        defer { ends.cancel() }
        await withGracefulShutdownHandler {
            await withTaskCancellationHandler {
                for await _ in ending.stream {}
            } onCancel: {
                ending.continuation.finish()
            }
        } onGracefulShutdown: {
            self.ending.continuation.finish()
        }
        network.post(.drain)
        await network.join()
        // Everything that was given to the queue is on disk when this runs.
        await withCheckedContinuation { continuation in
            storeQueue.async { [watch] in
                watch.stop()
                continuation.resume()
            }
        }
        let (failure, isOver) = state.withLock { state in
            for call in state.calls.values { call.resume(throwing: Self.stopped) }
            state.calls = [:]
            state.isOver = true
            for listener in state.listeners.values { listener.finish() }
            return (state.failure, state.core.isOver)
        }
        store.close()
        if let failure { throw failure }
        guard isOver else {
            throw TaskiqError(.shutdown, "the hub's sockets failed; what was accepted is kept: start the hub again")
        }
    }

    private static let stopped = TaskiqError(.shutdown, "the hub has stopped")

    // MARK: Turns

    private func turn(_ events: [HubEvent]) -> HubTurn {
        var notices: [HubNotice] = []
        let turn = state.withLock { state in
            let now = HubClock.now
            var turn = HubTurn(deadline: 0)
            // What a store that is waited for has done comes with a later turn; another's at once.
            var events = events
            repeat {
                for event in events { state.core.take(event, at: now) }
                state.core.take(.tick, at: now)
                events = []
                for effect in state.core.endTurn() {
                    if case .notice(let notice) = effect {
                        notices.append(notice)
                    } else {
                        carryOut(effect, &turn, &state, &events)
                    }
                }
            } while !events.isEmpty
            turn.deadline = state.core.nextDeadline
            turn.isLast = state.core.isOver
            return turn
        }
        // Not under the lock: who is told may ask back.
        for notice in notices {
            log(notice)
            observe(notice)
        }
        return turn
    }

    private func carryOut(
        _ effect: HubEffect,
        _ turn: inout HubTurn,
        _ state: inout State,
        _ done: inout [HubEvent]
    ) {
        switch effect {
        case .sendToClient(let peer, let packet): turn.outgoing.append(.client(peer, packet))
        case .sendToWorker(let peer, let packet): turn.outgoing.append(.worker(peer, packet))
        case .commit(let group):
            ask(&done) { [store, watch] in
                watch.noteWork()
                try store.commit(group)
                return .committed(group: group.number)
            }
        case .readBodies(let sequences):
            ask(&done) { [store] in
                var bodies = try store.bodies(of: sequences)
                // The hub has the message, so the store lost it.
                for missing in Set(sequences).subtracting(bodies.map(\.sequence)) {
                    bodies.append((missing, .damaged(reason: "the row of message \(missing) is missing")))
                }
                return .bodies(bodies)
            }
        case .readResults(let peer, let correlation, let taskIDs):
            ask(&done) { [store] in
                .results(peer, correlation: correlation, asked: taskIDs, found: try store.results(of: taskIDs))
            }
        case .findResult(let peer, let correlation, let taskID):
            ask(&done) { [store] in
                .found(peer, correlation: correlation, taskID: taskID, isThere: try store.hasResult(of: taskID))
            }
        case .findBegun(let worker): done.append(.begun(worker, network.begun(by: worker)))
        case .forgetBegun(let worker): network.forgetBegun(by: worker)
        case .forgetAllBegun(let known): network.forgetAllBegun(except: known)
        case .inquire(.backup(let path), let request):
            // Not where groups are committed, which go on between its steps.
            DispatchQueue.global(qos: .utility).async { [store, network] in
                network.post(.inquired(request, store.answer(to: .backup(path: path))))
            }
        case .inquire(let inquiry, let request):
            ask(&done) { [store] in .inquired(request, store.answer(to: inquiry)) }
        case .fired(let call, let error):
            guard let continuation = state.calls.removeValue(forKey: call) else { break }
            if let error { continuation.resume(throwing: error) } else { continuation.resume() }
        case .catalogueChanged(let catalogue):
            for listener in state.listeners.values { listener.yield(catalogue) }
        case .notice: break
        case .halt(let reason):
            logger.critical(
                "the store failed; what was being stored is unknown, and the hub stops",
                metadata: ["error.message": "\(reason)"]
            )
            state.failure = HubStoreError(.failed, reason)
            ending.continuation.finish()
        }
    }

    /// Has the store do something: at once, or on its own thread if it takes its time.
    private func ask(_ done: inout [HubEvent], _ work: @escaping @Sendable () throws -> HubEvent) {
        let attempt: @Sendable () -> HubEvent = {
            do { return try work() } catch { return .storeFailed("\(error)") }
        }
        if store.isImmediate {
            done.append(attempt())
        } else {
            storeQueue.async { [network] in network.post(attempt()) }
        }
    }

    private func log(_ notice: HubNotice) {
        switch notice {
        case .workerJoined(let name, let tasks):
            logger.info("worker joined", metadata: ["taskiq.worker.id": "\(name)", "taskiq.worker.tasks": "\(tasks)"])
        case .workerLeft(let name):
            logger.info("worker left", metadata: ["taskiq.worker.id": "\(name)"])
        case .workerLost(let name, let redelivered, let reason):
            logger.warning(
                "worker lost; its tasks go to others",
                metadata: [
                    "taskiq.worker.id": "\(name)", "taskiq.redelivered": "\(redelivered)", "reason": "\(reason)",
                ]
            )
        case .deadLetter(let taskID, let taskName, let reason):
            logger.warning(
                "a message went to the dead letters",
                metadata: [
                    "taskiq.task.id": "\(taskID)", "taskiq.task.name": "\(taskName)", "reason": "\(reason)",
                ]
            )
        case .quarantined(let taskID, let taskName, let reason):
            logger.error(
                "a message is damaged in the store and was put aside; the others go on",
                metadata: [
                    "taskiq.task.id": "\(taskID)", "taskiq.task.name": "\(taskName)", "reason": "\(reason)",
                ]
            )
        case .damagedResult(let taskID, let reason):
            logger.error(
                "a result is damaged in the store; whoever asked was told so",
                metadata: ["taskiq.task.id": "\(taskID)", "reason": "\(reason)"]
            )
        case .unroutable(let taskID, let taskName, let queue):
            logger.warning(
                "no worker that is connected knows this task; the message waits for one",
                metadata: [
                    "taskiq.task.id": "\(taskID)", "taskiq.task.name": "\(taskName)", "taskiq.queue": "\(queue)",
                ]
            )
        case .peerProblem(let reason):
            logger.warning("a peer was not understood", metadata: ["reason": "\(reason)"])
        case .runEnded(let run):
            logger.debug("a task ended", metadata: ["taskiq.task.id": "\(run.taskID)"])
        }
    }
}

extension HubService: SlotLedger {
    /// How far each schedule is decided.
    public func scheduleStates() async throws -> [ScheduleID: ScheduleState] {
        state.withLock { $0.core.knownScheduleStates }
    }

    /// Decides slots and enqueues what they fire, in one transaction.
    public func fire(_ request: FireRequest) async throws {
        try await withCheckedThrowingContinuation { continuation in
            let call = state.withLock { state -> UInt64? in
                guard state.failure == nil, !state.isOver else { return nil }
                state.lastCall += 1
                state.calls[state.lastCall] = continuation
                return state.lastCall
            }
            if let call {
                network.post(.fire(request, call: call))
            } else {
                continuation.resume(throwing: Self.stopped)
            }
        }
    }
}

extension HubService {
    /// The catalogues that workers announced, now and as they change.
    ///
    /// - Returns: the catalogues of now, and a stream of those that change from now on.
    public func catalogues() -> (now: [TaskCatalogue], changes: AsyncStream<TaskCatalogue>) {
        let (stream, continuation) = AsyncStream<TaskCatalogue>.makeStream()
        return state.withLock { state in
            state.lastListener += 1
            let listener = state.lastListener
            state.listeners[listener] = continuation
            continuation.onTermination = { [weak self] _ in
                // Not under the lock: the stream may end while it is held.
                guard let self else { return }
                self.storeQueue.async { self.state.withLock { $0.listeners[listener] = nil } }
            }
            return (state.core.knownCatalogues, stream)
        }
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The operations that a hub knows, by name.
///
/// Each may be repeated with the same parameters when its reply was lost: what is done already is not done again.
public struct HubOperation: RawRepresentable, Sendable, Hashable, CaseIterable {
    /// The name as it travels.
    public let rawValue: String

    /// The tasks that wait or run.
    public static let listTasks = HubOperation(rawValue: "tasks.list")
    /// Everything that is known of one task.
    public static let showTask = HubOperation(rawValue: "tasks.show")
    /// Ends a task that waits; asks the worker of one that runs to cancel it.
    public static let cancelTask = HubOperation(rawValue: "tasks.cancel")
    /// Puts a task from the dead letters back to its queue.
    public static let retryTask = HubOperation(rawValue: "tasks.retry")
    /// The queues, and what waits in them.
    public static let listQueues = HubOperation(rawValue: "queues.list")
    /// Delivers nothing of a queue any more.
    public static let pauseQueue = HubOperation(rawValue: "queues.pause")
    /// Delivers from a queue again.
    public static let resumeQueue = HubOperation(rawValue: "queues.resume")
    /// Ends what waits in a queue.
    public static let purgeQueue = HubOperation(rawValue: "queues.purge")
    /// The dead letters.
    public static let listDeadLetters = HubOperation(rawValue: "dead.list")
    /// One dead letter with its message.
    public static let showDeadLetter = HubOperation(rawValue: "dead.show")
    /// Puts dead letters back to their queues.
    public static let retryDeadLetters = HubOperation(rawValue: "dead.retry")
    /// Forgets dead letters.
    public static let dropDeadLetters = HubOperation(rawValue: "dead.drop")
    /// The workers that are connected.
    public static let listWorkers = HubOperation(rawValue: "workers.list")
    /// Tells workers to take no more, and to end when they have finished.
    public static let drainWorkers = HubOperation(rawValue: "workers.drain")
    /// Has a worker answer.
    public static let pingWorker = HubOperation(rawValue: "workers.ping")
    /// The results that were stored last.
    public static let listResults = HubOperation(rawValue: "results.list")
    /// Events from now on, until the session ends.
    public static let subscribeEvents = HubOperation(rawValue: "events.subscribe")
    /// No more events.
    public static let unsubscribeEvents = HubOperation(rawValue: "events.unsubscribe")
    /// How the hub is.
    public static let showStatus = HubOperation(rawValue: "hub.status")
    /// Makes a copy of the store while it is in use.
    public static let backUpStore = HubOperation(rawValue: "store.backup")

    /// All of them.
    public static let allCases: [HubOperation] = [
        listTasks, showTask, cancelTask, retryTask, listQueues, pauseQueue, resumeQueue, purgeQueue, listDeadLetters,
        showDeadLetter, retryDeadLetters, dropDeadLetters, listWorkers, drainWorkers, pingWorker, listResults,
        subscribeEvents, unsubscribeEvents, showStatus, backUpStore,
    ]

    /// Those that whoever sends tasks needs.
    ///
    /// They look at tasks and results, and cancel; the others are for who administers the hub.
    public static let forClients: Set<HubOperation> = [listTasks, showTask, cancelTask, listResults, showStatus]

    /// Takes any name.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }
}

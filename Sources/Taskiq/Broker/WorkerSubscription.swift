// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What a worker can run, and how much at a time.
public struct WorkerSubscription: Sendable {
    /// The tasks it knows.
    public var catalogue: TaskCatalogue
    /// The queues it serves.
    public var queues: [String]
    /// How many tasks it runs at a time, 1 or more.
    public var concurrency: Int
    /// How many more messages it holds ready, 0 or more.
    public var prefetch: Int

    /// Describes a worker.
    ///
    /// - Parameters:
    ///   - catalogue: the tasks it knows.
    ///   - queues: the queues it serves.
    ///   - concurrency: how many tasks it runs at a time.
    ///   - prefetch: how many more messages it holds ready.
    public init(catalogue: TaskCatalogue, queues: [String], concurrency: Int, prefetch: Int) {
        self.catalogue = catalogue
        self.queues = queues
        self.concurrency = max(1, concurrency)
        self.prefetch = max(0, prefetch)
    }
}

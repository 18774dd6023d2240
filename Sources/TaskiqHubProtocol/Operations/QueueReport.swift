// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqCron

/// What a hub knows of a queue.
public struct QueueReport: Sendable, Hashable, Codable {
    /// The queue's name.
    public var queue: String
    /// Whether nothing of it is delivered.
    public var isPaused: Bool
    /// How many messages wait for a worker.
    public var ready = 0
    /// How many wait for their time.
    public var delayed = 0
    /// How many a worker has.
    public var running = 0
    /// How many of those that wait no worker that is connected knows.
    public var unroutable = 0
    /// How many workers that are connected serve it.
    public var workers = 0
    /// How many bytes the messages have, as far as that is known.
    public var bytes = 0
    /// When the one that waits for a worker longest was accepted.
    public var oldest: Timestamp?

    private enum CodingKeys: String, CodingKey {
        case queue
        case isPaused = "paused"
        case ready, delayed, running, unroutable, workers, bytes, oldest
    }

    /// Makes a report of an empty queue.
    ///
    /// - Parameters:
    ///   - queue: its name.
    ///   - isPaused: whether nothing of it is delivered.
    public init(queue: String, isPaused: Bool) {
        self.queue = queue
        self.isPaused = isPaused
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqCron

/// What a hub knows of a worker process.
public struct WorkerReport: Sendable, Hashable, Codable {
    /// Its identity, as hexadecimal digits.
    public var id: String
    /// Its name: program, machine and process.
    public var name: String
    /// The program's name.
    public var application: String
    /// The machine's name.
    public var host: String
    /// The process on that machine.
    public var processID: Int64
    /// The queues it serves.
    public var queues: [String]
    /// How many tasks it knows; nil until it has said so.
    public var tasks: Int?
    /// How many tasks it runs at a time.
    public var concurrency: Int
    /// How many deliveries it is willing to hold.
    public var credit: Int
    /// How many it holds.
    public var holding: Int
    /// How many of these began to run.
    public var running: Int
    /// Since when it is connected.
    public var connectedAt: Timestamp
    /// When something was last heard of it.
    public var heardAt: Timestamp
    /// Whether its connection is gone.
    public var isGone: Bool
    /// Whether it was told to take no more, and to end.
    public var isDraining: Bool

    private enum CodingKeys: String, CodingKey {
        case id, name, application, host
        case processID = "pid"
        case queues, tasks, concurrency, credit, holding, running
        case connectedAt = "connected_at"
        case heardAt = "heard_at"
        case isGone = "gone"
        case isDraining = "draining"
    }

    /// Makes a report.
    ///
    /// - Parameters:
    ///   - id: its identity.
    ///   - name: its name.
    ///   - application: the program's name.
    ///   - host: the machine's name.
    ///   - processID: the process on that machine.
    ///   - queues: the queues it serves.
    ///   - tasks: how many tasks it knows.
    ///   - concurrency: how many tasks it runs at a time.
    ///   - credit: how many deliveries it is willing to hold.
    ///   - holding: how many it holds.
    ///   - running: how many of these began to run.
    ///   - connectedAt: since when it is connected.
    ///   - heardAt: when something was last heard of it.
    ///   - isGone: whether its connection is gone.
    ///   - isDraining: whether it was told to take no more.
    public init(
        id: String,
        name: String,
        application: String,
        host: String,
        processID: Int64,
        queues: [String],
        tasks: Int?,
        concurrency: Int,
        credit: Int,
        holding: Int,
        running: Int,
        connectedAt: Timestamp,
        heardAt: Timestamp,
        isGone: Bool,
        isDraining: Bool
    ) {
        self.id = id
        self.name = name
        self.application = application
        self.host = host
        self.processID = processID
        self.queues = queues
        self.tasks = tasks
        self.concurrency = concurrency
        self.credit = credit
        self.holding = holding
        self.running = running
        self.connectedAt = connectedAt
        self.heardAt = heardAt
        self.isGone = isGone
        self.isDraining = isDraining
    }
}

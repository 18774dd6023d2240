// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron
import TaskiqHubProtocol

/// What people may want to know of a worker, and the hub needs for nothing else.
struct WorkerAbout {
    var application: String
    var host: String
    var processID: Int64
    var concurrency: Int
    /// When it greeted this life of the hub for the first time.
    var connectedAt: Timestamp
    /// Whether it was told to take no more, and to end.
    var isDraining = false

    init(_ hello: WorkerHello, at instant: Timestamp) {
        application = hello.application
        host = hello.host
        processID = hello.processID
        concurrency = hello.concurrency
        connectedAt = instant
    }
}

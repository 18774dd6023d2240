// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Taskiq
import TaskiqApp
import TaskiqPrometheus

/// The stock worker's program: tasks that need no program of one's own.
struct StockTasks: TaskiqApplication {
    static let applicationName = "taskiq"
    static let metrics: (any WorkerMetrics)? = PrometheusMetrics()

    static func register(in broker: Broker) {
        BuiltInTasks.register(in: broker, commands: CommandPolicy(allowsAll: false, patterns: []))
    }
}

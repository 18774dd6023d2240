// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqHubProtocol

extension HubCore {
    /// How many names of tasks or queues the status tells.
    private static let names = 20

    /// How the hub is.
    func status(_ statistics: StoreStatistics, _ disk: DiskState) -> HubStatusReport {
        var report = HubStatusReport(
            version: TaskiqVersion.text,
            protocolVersion: Int(ProtocolLimits.version),
            epoch: Int(clamping: epoch),
            startedAt: startedAt,
            clock: now.wall
        )
        report.isDraining = isDraining
        report.messages = messages.count
        report.maximumMessages = configuration.maximumMessages
        let unserved = unservedRoutes
        var names: Set<String> = []
        for (id, counts) in countsByRoute() {
            report.ready += counts.ready
            report.delayed += counts.delayed
            report.running += counts.running
            guard unserved.contains(id), counts.ready + counts.delayed > 0 else { continue }
            report.unroutable += counts.ready + counts.delayed
            names.insert(routes[id].taskName)
        }
        report.unroutableTasks = Array(names.sorted().prefix(Self.names))
        report.pausedQueues = Array(operations.pausedQueues.sorted().prefix(Self.names))
        report.workers = workers.count
        report.clients = clients.count
        report.droppedEvents = Int(clamping: operations.droppedEvents)
        report.store = store(statistics, disk)
        return report
    }

    private func store(_ statistics: StoreStatistics, _ disk: DiskState) -> HubStatusReport.Store {
        var store = HubStatusReport.Store()
        store.directory = configuration.dataDirectory
        store.durability = configuration.durability
        store.deadLetters = statistics.deadLetters
        store.results = statistics.results
        store.bytes = statistics.fileSize
        store.freeBytes = statistics.freeSpace
        if disk == .low { store.warnings.append("the disk is full: no new messages are accepted") }
        if statistics.quarantined > 0 {
            store.warnings.append(
                "\(statistics.quarantined) rows were found damaged and put aside: see 'taskiq store check'"
            )
        }
        return store
    }
}

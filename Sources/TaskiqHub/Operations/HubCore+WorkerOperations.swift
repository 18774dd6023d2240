// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron
import TaskiqHubProtocol

// Workers: which there are, and what they are told.
extension HubCore {
    /// How many workers one call may name.
    private static let maximumNames = 1000

    func listWorkers(_ request: OperationRequest) -> OperationAnswer {
        var running: [PeerIdentity: Int] = [:]
        for worker in workers.values {
            running[worker.identity] = worker.held.count { messages[$0]?.lease?.startedAt != nil }
        }
        var page = page(request)
        var last: String?
        let sorted = workers.values.sorted { ($0.name, $0.session) < ($1.name, $1.session) }
        var isBehind = request.parameters.after != nil
        for worker in sorted {
            let place = "\(worker.identity)"
            if isBehind {
                if place == request.parameters.after { isBehind = false }
                continue
            }
            guard page.add(report(of: worker, running: running[worker.identity] ?? 0)) else {
                return .now(page.finish(next: last))
            }
            last = place
        }
        return .now(page.finish(next: nil))
    }

    private func report(of worker: WorkerSession, running: Int) -> WorkerReport {
        WorkerReport(
            id: "\(worker.identity)",
            name: worker.name,
            application: worker.about.application,
            host: worker.about.host,
            processID: worker.about.processID,
            queues: worker.queues.sorted(),
            tasks: worker.tasks?.count,
            concurrency: worker.about.concurrency,
            credit: worker.credit,
            holding: worker.held.count + worker.unacknowledged.count,
            running: running,
            connectedAt: worker.about.connectedAt,
            heardAt: now.wall.adding(.milliseconds(worker.lastHeard - now.uptime)),
            isGone: worker.goneSince != nil,
            isDraining: worker.about.isDraining
        )
    }

    /// Those that are named: by their names, or by the beginnings of their ids.
    private func workers(
        named names: [String]
    ) throws(OperationProblem) -> [WorkerSession] {
        var found: [PeerIdentity: WorkerSession] = [:]
        guard names.count <= Self.maximumNames else {
            throw OperationProblem(.invalid, "one call takes \(Self.maximumNames) workers at most")
        }
        for name in names {
            var fitting = workers.values.filter { $0.name == name }
            if fitting.isEmpty, name.count >= 4 {
                fitting = workers.values.filter { "\($0.identity)".hasPrefix(name) }
                guard fitting.count <= 1 else {
                    throw OperationProblem(
                        .conflict,
                        "the ids of \(fitting.count) workers begin with \(name): write more of it"
                    )
                }
            }
            guard !fitting.isEmpty else {
                throw OperationProblem(
                    .notFound,
                    "no worker \"\(name.prefix(255))\" is connected: see 'taskiq workers list'"
                )
            }
            for worker in fitting { found[worker.identity] = worker }
        }
        return found.values.sorted { $0.session < $1.session }
    }

    mutating func drainWorkers(_ request: OperationRequest) throws(OperationProblem) -> OperationAnswer {
        let chosen: [WorkerSession]
        if request.parameters.all == true {
            chosen = workers.values.sorted { $0.session < $1.session }
        } else {
            chosen = try workers(named: try request.required(\.workers, "workers"))
        }
        for worker in chosen {
            workers[worker.identity]?.about.isDraining = true
            reply(.drain, to: worker.identity)
            var event = EventReport(.workerDraining, at: now.wall)
            event.worker = worker.name
            publish(event)
        }
        return .now(Self.json(OperationOutcome(.done, count: chosen.count, workers: chosen.map(\.name))))
    }

    // MARK: Pings

    mutating func pingWorker(_ request: OperationRequest) throws(OperationProblem) -> OperationAnswer {
        let named = try workers(named: try request.required(\.workers, "workers"))
        guard named.count == 1, let worker = named.first else {
            throw OperationProblem(.invalid, "one worker is pinged at a time: name its id")
        }
        guard operations.pings.count < OperationsState.maximumPings else {
            throw OperationProblem(.conflict, "too many pings are on their way")
        }
        let timeout = min(max(request.parameters.timeout ?? 5000, 1), 60_000)
        operations.lastPing += 1
        operations.pings[operations.lastPing] = OperationsState.Ping(
            request: request,
            worker: worker.identity,
            deadline: now.uptime + timeout
        )
        reply(.ping, to: worker.identity, correlation: operations.lastPing)
        return .later
    }

    mutating func takePong(_ number: UInt64, from identity: PeerIdentity) {
        guard let ping = operations.pings[number], ping.worker == identity else { return }
        operations.pings[number] = nil
        let name = workers[identity]?.name
        answer(ping.request, OperationReply(body: Self.json(OperationOutcome(.done, workers: name.map { [$0] }))))
    }

    mutating func giveUpPings() {
        guard !operations.pings.isEmpty else { return }
        for (number, ping) in operations.pings.sorted(by: { $0.key < $1.key }) where now.uptime >= ping.deadline {
            operations.pings[number] = nil
            let name = workers[ping.worker]?.name ?? "the worker"
            answer(ping.request, OperationReply(.timedOut, "\(name) did not answer in time"))
        }
    }
}

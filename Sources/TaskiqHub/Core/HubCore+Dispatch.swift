// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHubProtocol

extension HubCore {
    /// Gives ready messages to workers that have room for them, the most urgent first.
    mutating func dispatch() {
        mayDispatch = false
        guard !isDraining else { return }
        placeSuspects()
        if parkedFor != workersVersion {
            parkedFor = workersVersion
            routes.unpark()
        }
        while let assignment = nextAssignment() {
            routes.remove(assignment.key, from: assignment.route)
            assign(assignment.key.sequence, to: assignment.worker)
        }
        if !routes.lacking.isEmpty { readAhead() }
        if !wantedBodies.isEmpty { readWantedBodies() }
    }

    private struct Assignment {
        var route: RouteID
        var key: ReadyQueue.Key
        var worker: PeerIdentity
    }

    /// Every so many deliveries the oldest message is given out, however urgent others are: nothing waits for ever.
    private static let agingInterval: Int64 = 16

    private mutating func nextAssignment() -> Assignment? {
        guard !routes.waiting.isEmpty else { return nil }
        let takesOldest = deliveryCount % Self.agingInterval == Self.agingInterval - 1
        var best: Assignment?
        var empty: [RouteID] = []
        var idle: [RouteID] = []
        for route in routes.waiting {
            guard isServed(route) else {
                idle.append(route)
                continue
            }
            guard
                let key = routes.next(
                    in: route,
                    oldest: takesOldest,
                    where: { [messages] in messages.look(at: $0) { $0.isReady } ?? false }
                )
            else {
                empty.append(route)
                continue
            }
            if let best {
                let isLater = takesOldest ? best.key.sequence < key.sequence : best.key < key
                if isLater { continue }
            }
            if let worker = freeWorker(for: route) { best = Assignment(route: route, key: key, worker: worker) }
        }
        routes.unlist(empty)
        routes.park(idle)
        return best
    }

    /// Whether there is somebody to run what a route has.
    mutating func isServed(_ route: RouteID) -> Bool { !isPaused(route) && !servers(of: route).isEmpty }

    /// The workers that serve a route, in the order of their sessions.
    private mutating func servers(of route: RouteID) -> [PeerIdentity] {
        routes.servers(of: route, version: workersVersion) { [workers] route in
            workers.values.filter { $0.serves(route) }.sorted { $0.session < $1.session }.map(\.identity)
        }
    }

    /// The worker with the most room; of equals, the one whose turn is longest ago.
    private mutating func freeWorker(for route: RouteID) -> PeerIdentity? {
        var best: (identity: PeerIdentity, order: WorkerSession.Order)?
        for identity in servers(of: route) {
            guard let order = workers.update(identity, { $0.order }) ?? nil else { continue }
            if best.map({ order < $0.order }) ?? true { best = (identity, order) }
        }
        return best?.identity
    }

    /// Writes the lease, and sends the task once that is on disk.
    mutating func assign(_ sequence: Int64, to identity: PeerIdentity) {
        guard let hasBody = messages.look(at: sequence, { $0.hasBody }), workers.contains(identity) else { return }
        guard hasBody else {
            load(sequence, for: identity)
            return
        }
        deliveryCount += 1
        let number = deliveryCount
        let routes = routes
        // Beyond what is held in memory, a body that its worker has is read back if that one gives it up.
        let letsGo = cachedBodyBytes > configuration.maximumCachedBodies && sequence < storedBelow
        let handedOut = messages.update(sequence) { entry in
            entry.attempt += 1
            entry.state = .leased(MessageEntry.Lease(worker: identity))
            var delivery = TaskDelivery(
                lease: LeaseKey(sequence: sequence, attempt: entry.attempt),
                queue: routes[entry.route].queue,
                enqueuedAt: entry.enqueuedAt,
                isRedelivered: entry.crashes > 0 || (entry.hasDetails && entry.details.unacknowledgedAttempt > 0),
                body: entry.body
            )
            delivery.isFenced = entry.hasDetails && entry.details.isFenced
            if letsGo { entry.dropBody() }
            return delivery
        }
        if letsGo, let delivery = handedOut { cachedBodyBytes -= delivery.body.count }
        guard let delivery = handedOut,
            let (peer, session) = workers.update(identity, { $0.take(sequence, as: number) })
        else { return }
        store(.lease(delivery.lease, worker: identity))
        let packet = Packet(WorkerReply.task(delivery), session: session, epoch: epoch)
        afterCommit(.effect(.sendToWorker(peer, packet)))
    }
}

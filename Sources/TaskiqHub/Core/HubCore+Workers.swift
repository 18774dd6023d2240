// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHubProtocol

extension HubCore {
    mutating func handle(_ packet: Packet<WorkerCommand>, fromWorker peer: PeerID) {
        if case .hello(let hello) = packet.content {
            greet(hello, peer, correlation: packet.correlation)
            return
        }
        let uptime = now.uptime
        guard packet.epoch == epoch, let identity = workersByPeer[peer],
            let hasLostWords = workers.update(identity, { $0.hear(packet.session, at: uptime) }) ?? nil
        else {
            effects.append(.sendToWorker(peer, Packet(.resync, correlation: packet.correlation, epoch: epoch)))
            return
        }
        if hasLostWords {
            // Something that was sent to it is lost, and nobody knows what: it has to say anew what it holds.
            reply(.resync, to: identity, correlation: packet.correlation)
        }
        switch packet.content {
        case .hello: break
        case .catalogue(let json, let hash): take(catalogue: json, hash: hash, of: identity)
        case .credit(let credit):
            workers[identity]?.credit = credit
            mayDispatch = true
        case .started(let leases): for lease in leases { started(lease, by: identity) }
        case .acknowledge(let lease): acknowledge(lease, by: identity, correlation: packet.correlation)
        case .complete(let completion): complete(completion, by: identity)
        case .progress(let taskID, let report): take(report, of: taskID, from: identity)
        case .pong: takePong(packet.correlation, from: identity)
        case .holding(let oldest): compare(oldest, of: identity)
        case .heartbeat: break
        case .bye: goodbye(identity, correlation: packet.correlation)
        }
    }

    mutating func reply(_ reply: WorkerReply, to identity: PeerIdentity, correlation: UInt64 = 0) {
        guard let peer = workers[identity]?.peer, let session = workers[identity]?.session else { return }
        let packet = Packet(reply, correlation: correlation, session: session, epoch: epoch)
        effects.append(.sendToWorker(peer, packet))
    }

    // MARK: Joining

    private mutating func greet(_ hello: WorkerHello, _ peer: PeerID, correlation: UInt64) {
        let name = "\(hello.application)@\(hello.host):\(hello.processID)"
        guard
            (hello.protocolMinimum...max(hello.protocolMinimum, hello.protocolMaximum))
                .contains(ProtocolLimits.version)
        else {
            let message = versionMessage("worker \(name)", hello.protocolMinimum, hello.protocolMaximum)
            effects.append(.sendToWorker(peer, Packet(.reject(message: message), correlation: correlation)))
            effects.append(.notice(.peerProblem(message)))
            return
        }
        if let other = workersByPeer[peer], other != hello.identity {
            lose(other, reason: "its connection greets as somebody else")
        }
        begunRuns[hello.identity] = nil
        let known = workers[hello.identity]
        guard known != nil || hasRoomForSession else {
            effects.append(.sendToWorker(peer, Packet(.error(message: tooManySessions()), correlation: correlation)))
            return
        }
        if let known { workersByPeer[known.peer] = nil }
        var worker = WorkerSession(
            identity: hello.identity,
            peer: peer,
            session: newSession(),
            name: name,
            queues: Set(hello.queues),
            catalogueHash: hello.catalogueHash,
            concurrency: hello.concurrency,
            lastHeard: now.uptime,
            about: known?.about ?? WorkerAbout(hello, at: now.wall)
        )
        worker.tasks = catalogueHashes[hello.catalogueHash]
        // What is being read for it is read all the same, and its room is kept.
        worker.loading = known?.loading ?? []
        workers[hello.identity] = worker
        workersVersion += 1
        workersByPeer[peer] = hello.identity
        let verdicts = reconcile(hello, known)
        let welcome = WorkerWelcome(verdicts: verdicts, wantsCatalogue: worker.tasks == nil)
        // What was decided about its deliveries is on disk before the worker hears of it.
        let session = worker.session
        let packet = Packet(WorkerReply.welcome(welcome), correlation: correlation, session: session, epoch: epoch)
        afterCommit(.effect(.sendToWorker(peer, packet)))
        afterCommit(.orders(hello.identity))
        if let tasks = worker.tasks {
            effects.append(.notice(.workerJoined(name: name, tasks: tasks.count)))
        }
    }

    /// Compares what a worker says it holds with what the hub thinks it holds.
    ///
    /// Between its greeting and the welcome a worker throws away what is sent to it, so what it does not name it does
    /// certainly not have.
    private mutating func reconcile(_ hello: WorkerHello, _ known: WorkerSession?) -> [LeaseVerdict] {
        var kept: Set<Int64> = []
        var verdicts: [LeaseVerdict] = []
        let started = Set(hello.started + hello.unconfirmed)
        for lease in hello.inFlight + hello.unconfirmed {
            let verdict = adopt(lease, by: hello.identity, hasStarted: started.contains(lease))
            if verdict == .keep { kept.insert(lease.sequence) }
            verdicts.append(LeaseVerdict(lease: lease, verdict: verdict))
        }
        var lost = inherited.removeValue(forKey: hello.identity) ?? []
        if let known { lost.formUnion(known.held.union(known.unacknowledged)) }
        for sequence in lost.subtracting(kept).sorted() where messages[sequence]?.leaseHolder == hello.identity {
            release(sequence, crashed: false)
        }
        return verdicts
    }

    private mutating func adopt(
        _ lease: LeaseKey,
        by identity: PeerIdentity,
        hasStarted: Bool
    ) -> LeaseVerdict.Verdict {
        guard var entry = messages[lease.sequence] else { return .already }
        guard entry.attempt == lease.attempt, lease.attempt > 0 else { return .stale }
        var isUnacknowledged = false
        switch entry.state {
        case .leased(let held) where held.worker != identity: return .stale
        case .leased(var held):
            held.isInherited = false
            if hasStarted { held.startedAt = held.startedAt ?? now.wall }
            isUnacknowledged = held.acknowledgeBefore != nil
            entry.state = .leased(held)
        case .ready, .delayed, .loading:
            // A run that is over has nothing to go on with: it stays given up.
            guard !entry.hasDetails || entry.details.unacknowledgedAttempt < entry.attempt,
                mayHaveHeld(lease, identity, entry)
            else { return .stale }
            // It was given up too early, and nobody else has it yet.
            stopLoading(entry)
            if entry.hasDetails, entry.details.crashedAttempt == entry.attempt {
                entry.crashes -= 1
                entry.details.crashedAttempt = 0
            }
            entry.state = .leased(MessageEntry.Lease(worker: identity, startedAt: hasStarted ? now.wall : nil))
            store(.lease(lease, worker: identity))
        }
        messages[lease.sequence] = entry
        if isUnacknowledged {
            workers[identity]?.unacknowledged.insert(lease.sequence)
        } else {
            workers[identity]?.held.insert(lease.sequence)
            // It ran alone, and goes on alone; no other worker is kept for it.
            if suspects.contains(lease.sequence) { forgetSuspect(lease.sequence) }
            if isSuspect(crashes: entry.crashes) { workers[identity]?.suspect = lease.sequence }
        }
        return .keep
    }

    /// Takes over which tasks a worker can run: at its greeting, or because it learnt some while it works.
    private mutating func take(catalogue json: [UInt8], hash: String, of identity: PeerIdentity) {
        guard let worker = workers[identity] else { return }
        do {
            let catalogue = try TaskCatalogue(json: json)
            let changed = catalogues[catalogue.application] != catalogue
            remember(catalogue)
            catalogueHashes[hash] = Set(catalogue.tasks.map(\.name.rawValue))
            workers[identity]?.tasks = catalogueHashes[hash]
            workers[identity]?.catalogueHash = hash
            workersVersion += 1
            forgetCatalogueHashes()
            mayDispatch = true
            if worker.tasks == nil {
                effects.append(.notice(.workerJoined(name: worker.name, tasks: catalogue.tasks.count)))
            }
            if changed {
                store(.catalogue(application: catalogue.application, json: json, at: now.wall))
                effects.append(.catalogueChanged(catalogue))
            }
        } catch {
            reply(.error(message: error.message), to: identity)
            effects.append(.notice(.peerProblem("worker \(worker.name) sent no catalogue: \(error.message)")))
        }
    }

    mutating func remember(_ catalogue: TaskCatalogue) {
        catalogues[catalogue.application] = catalogue
        catalogueHashes[catalogue.hash] = Set(catalogue.tasks.map(\.name.rawValue))
    }

    /// Keeps the tasks of those catalogues that are in use: a program may announce any number of them.
    private mutating func forgetCatalogueHashes() {
        guard catalogueHashes.count > 2 * (workers.count + catalogues.count) + 16 else { return }
        let used = Set(workers.values.map(\.catalogueHash)).union(catalogues.values.map(\.hash))
        catalogueHashes = catalogueHashes.filter { used.contains($0.key) }
    }

    /// Looks whether a worker and the hub agree on what the worker has.
    ///
    /// What is on its way makes them differ for a moment. When each of them names the same delivery three times and they
    /// are not the same, one of them has lost something: the worker has to say anew what it holds.
    private mutating func compare(_ oldest: LeaseKey?, of identity: PeerIdentity) {
        guard let worker = workers[identity] else { return }
        let sequence = [worker.held.min(), worker.unacknowledged.min()].compactMap(\.self).min()
        let own = sequence.map { LeaseKey(sequence: $0, attempt: messages[$0]?.attempt ?? 0) }
        guard own != oldest else {
            workers[identity]?.disagreement = nil
            return
        }
        var disagreement = worker.disagreement ?? WorkerSession.Disagreement(own: own, told: oldest)
        if disagreement.own != own || disagreement.told != oldest {
            disagreement = WorkerSession.Disagreement(own: own, told: oldest)
        }
        disagreement.count += 1
        workers[identity]?.disagreement = disagreement.count < 3 ? disagreement : nil
        if disagreement.count >= 3 { reply(.resync, to: identity) }
    }

    // MARK: Leaving

    private mutating func goodbye(_ identity: PeerIdentity, correlation: UInt64) {
        guard let worker = workers[identity] else { return }
        for sequence in worker.held.union(worker.unacknowledged).sorted() { release(sequence, crashed: false) }
        let packet = Packet(WorkerReply.byeOK, correlation: correlation, session: worker.session, epoch: epoch)
        afterCommit(.effect(.sendToWorker(worker.peer, packet)))
        workersByPeer[worker.peer] = nil
        workers[identity] = nil
        workersVersion += 1
        for sequence in worker.loading.sorted() { queue(sequence) }
        effects.append(.notice(.workerLeft(name: worker.name)))
    }

    mutating func workerUnreachable(_ peer: PeerID) {
        guard let identity = workersByPeer[peer], workers[identity]?.goneSince == nil else { return }
        workers[identity]?.goneSince = now.uptime
    }

    /// A worker is there and does not read: it is given no more, and when it says anything it has to greet anew.
    mutating func workerCongested(_ peer: PeerID) {
        guard let identity = workersByPeer[peer] else { return }
        workers[identity]?.isCongested = true
    }

    /// Gives a delivery to somebody else that could not be sent; whatever becomes of the worker, it has not got it.
    mutating func takeBack(_ lease: LeaseKey, from peer: PeerID) {
        guard let identity = workersByPeer[peer], let entry = messages[lease.sequence], entry.attempt == lease.attempt,
            let held = entry.lease, held.worker == identity, held.startedAt == nil
        else { return }
        release(lease.sequence, crashed: false)
    }

    /// Gives up a worker: what it ran counts as crashed, what it only held does not.
    ///
    /// - Parameters:
    ///   - identity: the worker.
    ///   - reason: why, for people.
    ///   - told: what it had begun, where that is known; see `BegunRuns`.
    mutating func lose(_ identity: PeerIdentity, reason: String, begun told: Set<LeaseKey>? = nil) {
        guard let worker = workers.removeValue(forKey: identity) else { return }
        workersByPeer[worker.peer] = nil
        workersVersion += 1
        strikes[worker.peer] = nil
        // What was being read for it waits for anybody.
        for sequence in worker.loading.sorted() { queue(sequence) }
        let lost = worker.held.union(worker.unacknowledged)
        let begun = mayHaveBegun(in: worker, told)
        // Its fenced tasks end by themselves when it has not heard of the hub for a while.
        let fence = max(0, worker.lastHeard.adding(configuration.silence) - now.uptime)
        for sequence in lost.sorted() {
            // An acknowledged message may have begun right after the answer, whether or not the hub was told.
            let isAcknowledged = messages[sequence]?.isAcknowledged ?? false
            release(sequence, crashed: isAcknowledged || begun.contains(sequence), fence: fence)
        }
        forgetBegun(identity)
        effects.append(.notice(.workerLost(name: worker.name, redelivered: lost.count, reason: reason)))
    }

    /// Gives up the workers of the last life that did not come back, once their time is over.
    mutating func loseInherited() {
        guard let deadline = adoptionDeadline, now.uptime >= deadline else { return }
        let absent = inherited.keys.filter { !workers.contains($0) }.sorted {
            $0.bytes.lexicographicallyPrecedes($1.bytes)
        }
        let unknown = absent.filter { !hasLookedAt($0) }
        guard unknown.isEmpty else { return }
        adoptionDeadline = nil
        let begun = Dictionary(uniqueKeysWithValues: absent.map { ($0, takeBegun($0)) })
        let orphans = inherited.values.reduce(into: Set()) { $0.formUnion($1) }
            .compactMap { messages[$0] }.filter { $0.leaseHolder.map { workers[$0] == nil } ?? false }
            .sorted { $0.sequence < $1.sequence }
        inherited = [:]
        for orphan in orphans {
            let lease = LeaseKey(sequence: orphan.sequence, attempt: orphan.attempt)
            let told = orphan.leaseHolder.flatMap { begun[$0] } ?? nil
            release(orphan.sequence, crashed: told?.contains(lease) ?? orphan.lease?.mayBeRunning ?? false)
        }
        for identity in absent { forgetBegun(identity) }
        guard !orphans.isEmpty else { return }
        let reason = "they did not come back after the hub's restart"
        effects.append(.notice(.workerLost(name: "earlier workers", redelivered: orphans.count, reason: reason)))
    }

    // MARK: Strangers

    mutating func handleMalformed(_ peer: PeerID, _ side: HubSide, _ reason: String) {
        // Strangers may come in any number; what is remembered of them is bounded.
        if strikes.count >= 4096 { strikes = [:] }
        strikes[peer, default: 0] += 1
        let count = strikes[peer] ?? 1
        complain("a peer sent what is no frame of this protocol: \(reason)", about: peer)
        switch side {
        case .front:
            effects.append(.sendToClient(peer, Packet(.error(message: reason), epoch: epoch)))
            if count >= 3 { forgetClient(peer) }
        case .back:
            effects.append(.sendToWorker(peer, Packet(.error(message: reason), epoch: epoch)))
            if count >= 3, let identity = workersByPeer[peer] {
                lose(identity, reason: "it sent three malformed frames")
            }
        }
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron

extension Packet<WorkerCommand> {
    /// The packet as frames.
    public func frames() -> [[UInt8]] {
        switch content {
        case .hello(let hello):
            var frame = frame(.workerHello)
            frame.set(.protocolMinimum, hello.protocolMinimum)
            frame.set(.protocolMaximum, hello.protocolMaximum)
            frame.set(.identity, hello.identity)
            frame.set(.application, hello.application)
            frame.set(.host, hello.host)
            frame.set(.processID, hello.processID)
            frame.set(.queues, texts: hello.queues)
            frame.set(.concurrency, hello.concurrency)
            frame.set(.catalogueHash, hello.catalogueHash)
            // As many as the worker holds: more than a control frame can.
            var lists = ControlFrame(.workerHello)
            lists.set(.inFlight, leases: hello.inFlight)
            lists.set(.leases, leases: hello.started)
            lists.set(.unconfirmed, leases: hello.unconfirmed)
            return [frame.encoded(), lists.encodedFields]
        case .catalogue(let body, let hash):
            var frame = frame(.catalogue)
            frame.set(.catalogueHash, hash)
            return [frame.encoded(), body]
        case .credit(let credit):
            var frame = frame(.credit)
            frame.set(.credit, credit)
            return [frame.encoded()]
        case .started(let leases):
            var frame = frame(.started)
            frame.set(.leases, leases: leases)
            return [frame.encoded()]
        case .acknowledge(let lease):
            var frame = frame(.acknowledge)
            frame.set(.leases, leases: [lease])
            return [frame.encoded()]
        case .complete(let completion):
            var frame = frame(.complete)
            frame.set(.leases, leases: [completion.lease])
            frame.set(.outcome, completion.outcome.rawValue)
            frame.set(.executionTime, completion.executionTime)
            if completion.delay != 0 { frame.set(.delay, completion.delay) }
            if !completion.reason.isEmpty { frame.set(.message, sentence: completion.reason) }
            frame.set(.isUnacknowledged, flag: completion.isUnacknowledged)
            return [frame.encoded(), completion.body]
        case .progress(let taskID, let report):
            var frame = frame(.progress)
            frame.set(.taskID, taskID)
            frame.set(progress: report)
            return [frame.encoded()]
        case .pong: return [frame(.pong).encoded()]
        case .holding(let oldest):
            var frame = frame(.holding)
            frame.set(.leases, leases: oldest.map { [$0] } ?? [])
            return [frame.encoded()]
        case .heartbeat: return [frame(.heartbeat).encoded()]
        case .bye: return [frame(.bye).encoded()]
        }
    }

    /// Reads a packet.
    ///
    /// - Parameter frames: the frames as they came, without the routing id.
    /// - Throws: `ProtocolError`.
    public init(frames: [[UInt8]]) throws(ProtocolError) {
        let (frame, body) = try split(frames)
        let command: WorkerCommand
        switch frame.opcode {
        case .workerHello:
            var hello = WorkerHello(
                identity: try frame.key(.identity),
                application: try frame.name(.application),
                host: try frame.name(.host),
                processID: try frame.requiredNumber(.processID),
                queues: try frame.texts(.queues),
                concurrency: Int(clamping: max(1, try frame.requiredNumber(.concurrency))),
                catalogueHash: try frame.name(.catalogueHash)
            )
            hello.protocolMinimum = UInt16(clamping: try frame.requiredNumber(.protocolMinimum))
            hello.protocolMaximum = UInt16(clamping: try frame.requiredNumber(.protocolMaximum))
            let lists = try ControlFrame(.workerHello, fieldsOf: body)
            hello.inFlight = try lists.leases(.inFlight)
            hello.started = try lists.leases(.leases)
            hello.unconfirmed = try lists.leases(.unconfirmed)
            command = .hello(hello)
        case .catalogue: command = .catalogue(body, hash: try frame.name(.catalogueHash))
        case .credit: command = .credit(Int(clamping: max(0, try frame.requiredNumber(.credit))))
        case .started: command = .started(try frame.leases(.leases))
        case .acknowledge: command = .acknowledge(try Self.lease(of: frame))
        case .complete:
            let number = try frame.requiredNumber(.outcome)
            guard let outcome = UInt8(exactly: number).flatMap(Completion.Outcome.init(rawValue:)) else {
                throw ProtocolError("outcome \(number) is not known")
            }
            var completion = Completion(lease: try Self.lease(of: frame), outcome: outcome, body: body)
            completion.executionTime = max(0, try frame.number(.executionTime) ?? 0)
            completion.delay = max(0, try frame.number(.delay) ?? 0)
            completion.reason = try frame.text(.message) ?? ""
            completion.isUnacknowledged = frame.has(.isUnacknowledged)
            command = .complete(completion)
        case .progress:
            guard let report = try frame.progress() else { throw ProtocolError("a report of progress needs a state") }
            command = .progress(taskID: try frame.name(.taskID), report)
        case .pong: command = .pong
        case .holding:
            let leases = try frame.leases(.leases)
            guard leases.count <= 1 else { throw ProtocolError("one delivery is the oldest, not \(leases.count)") }
            command = .holding(oldest: leases.first)
        case .heartbeat: command = .heartbeat
        case .bye: command = .bye
        default: throw ProtocolError("a worker does not say \(frame.opcode)")
        }
        self.init(command, of: frame)
    }

    private static func lease(of frame: ControlFrame) throws(ProtocolError) -> LeaseKey {
        let leases = try frame.leases(.leases)
        guard leases.count == 1 else { throw ProtocolError("\(frame.opcode) names one delivery, not \(leases.count)") }
        return leases[0]
    }
}

extension Packet<WorkerReply> {
    /// The packet as frames.
    public func frames() -> [[UInt8]] {
        switch content {
        case .welcome(let welcome):
            var frame = frame(.workerWelcome)
            frame.set(.wantsCatalogue, flag: welcome.wantsCatalogue)
            var lists = ControlFrame(.workerWelcome)
            lists.set(.verdicts, verdicts: welcome.verdicts)
            return [frame.encoded(), lists.encodedFields]
        case .reject(let message):
            var frame = frame(.reject)
            frame.set(.message, sentence: message)
            return [frame.encoded()]
        case .task(let delivery):
            var frame = frame(.task)
            frame.set(.leases, leases: [delivery.lease])
            frame.set(.queue, delivery.queue)
            frame.set(.enqueuedAt, delivery.enqueuedAt.millisecondsSinceEpoch)
            frame.set(.isRedelivered, flag: delivery.isRedelivered)
            frame.set(.isFenced, flag: delivery.isFenced)
            return [frame.encoded(), delivery.body]
        case .acknowledged(let verdict):
            var frame = frame(.acknowledgeOK)
            frame.set(.verdicts, verdicts: [verdict])
            return [frame.encoded()]
        case .completed(let verdicts):
            var frame = frame(.completeOK)
            frame.set(.verdicts, verdicts: verdicts)
            return [frame.encoded()]
        case .cancel(let lease, let reason):
            var frame = frame(.cancel)
            frame.set(.leases, leases: [lease])
            if !reason.isEmpty { frame.set(.message, sentence: reason) }
            return [frame.encoded()]
        case .drain: return [frame(.drain).encoded()]
        case .ping: return [frame(.ping).encoded()]
        case .heartbeat: return [frame(.heartbeat).encoded()]
        case .resync: return [frame(.resync).encoded()]
        case .byeOK: return [frame(.byeOK).encoded()]
        case .error(let message):
            var frame = frame(.error)
            frame.set(.message, sentence: message)
            return [frame.encoded()]
        }
    }

    /// Reads a packet.
    ///
    /// - Parameter frames: the frames as they came.
    /// - Throws: `ProtocolError`.
    public init(frames: [[UInt8]]) throws(ProtocolError) {
        let (frame, body) = try split(frames)
        let reply: WorkerReply
        switch frame.opcode {
        case .workerWelcome:
            let lists = try ControlFrame(.workerWelcome, fieldsOf: body)
            reply = .welcome(
                WorkerWelcome(verdicts: try lists.verdicts(.verdicts), wantsCatalogue: frame.has(.wantsCatalogue))
            )
        case .reject: reply = .reject(message: try frame.text(.message) ?? "")
        case .task:
            let leases = try frame.leases(.leases)
            guard leases.count == 1 else { throw ProtocolError("a task names one delivery, not \(leases.count)") }
            var delivery = TaskDelivery(
                lease: leases[0],
                queue: try frame.name(.queue),
                enqueuedAt: Timestamp(millisecondsSinceEpoch: try frame.requiredNumber(.enqueuedAt)),
                isRedelivered: frame.has(.isRedelivered),
                body: body
            )
            delivery.isFenced = frame.has(.isFenced)
            reply = .task(delivery)
        case .acknowledgeOK:
            let verdicts = try frame.verdicts(.verdicts)
            guard verdicts.count == 1 else { throw ProtocolError("an acknowledgement names one delivery") }
            reply = .acknowledged(verdicts[0])
        case .completeOK: reply = .completed(try frame.verdicts(.verdicts))
        case .cancel:
            let leases = try frame.leases(.leases)
            guard leases.count == 1 else { throw ProtocolError("a cancellation names one delivery") }
            reply = .cancel(leases[0], reason: try frame.text(.message) ?? "")
        case .drain: reply = .drain
        case .ping: reply = .ping
        case .heartbeat: reply = .heartbeat
        case .resync: reply = .resync
        case .byeOK: reply = .byeOK
        case .error: reply = .error(message: try frame.text(.message) ?? "")
        default: throw ProtocolError("a hub does not say \(frame.opcode) to a worker")
        }
        self.init(reply, of: frame)
    }
}

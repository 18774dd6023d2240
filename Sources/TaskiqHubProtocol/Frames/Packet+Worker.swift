// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron

extension Packet<WorkerCommand> {
    /// Whether it is better off in a batch; what opens a session travels by itself.
    public var isShort: Bool {
        switch content {
        case .hello, .catalogue: false
        case .started(let leases): leases.count <= FrameBatch.longestList
        case .complete(let completion): completion.body.count <= FrameBatch.largestBody
        case .credit, .acknowledge, .progress, .pong, .holding, .heartbeat, .bye: true
        }
    }

    /// The packet as frames.
    public func frames() -> [[UInt8]] {
        var frame = frame()
        let body = write(to: &frame)
        return message(frame, body)
    }

    /// Puts the packet into a batch.
    public func append(to batch: inout FrameBatch) {
        batch.append(frame(after: batch.beginEntry()), write)
    }

    /// - Returns: the body, if it has one.
    private func write(to frame: inout ControlFrame) -> [UInt8]? {
        switch content {
        case .hello(let hello):
            frame.opcode = .workerHello
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
            return lists.encodedFields
        case .catalogue(let body, let hash):
            frame.opcode = .catalogue
            frame.set(.catalogueHash, hash)
            return body
        case .credit(let credit):
            frame.opcode = .credit
            frame.set(.credit, credit)
            return nil
        case .started(let leases):
            frame.opcode = .started
            frame.set(.leases, leases: leases)
            return nil
        case .acknowledge(let lease):
            frame.opcode = .acknowledge
            frame.set(.leases, lease: lease)
            return nil
        case .complete(let completion):
            frame.opcode = .complete
            frame.set(.leases, lease: completion.lease)
            frame.set(.outcome, completion.outcome.rawValue)
            frame.set(.executionTime, completion.executionTime)
            if completion.delay != 0 { frame.set(.delay, completion.delay) }
            if !completion.reason.isEmpty { frame.set(.message, sentence: completion.reason) }
            frame.set(.isUnacknowledged, flag: completion.isUnacknowledged)
            return completion.body
        case .progress(let taskID, let report):
            frame.opcode = .progress
            frame.set(.taskID, taskID)
            frame.set(progress: report)
            return nil
        case .pong:
            frame.opcode = .pong
            return nil
        case .holding(let oldest):
            frame.opcode = .holding
            frame.set(.leases, leases: oldest.map { [$0] } ?? [])
            return nil
        case .heartbeat:
            frame.opcode = .heartbeat
            return nil
        case .bye:
            frame.opcode = .bye
            return nil
        }
    }

    /// Reads a packet.
    ///
    /// - Parameter frames: the frames as they came, without the routing id.
    /// - Throws: `ProtocolError`.
    public init(frames: [[UInt8]]) throws(ProtocolError) {
        let (frame, body) = try split(frames)
        try self.init(frame, body: body)
    }

    /// Reads a packet.
    ///
    /// - Parameters:
    ///   - frame: its control frame.
    ///   - body: its body; empty if there was none.
    /// - Throws: `ProtocolError`.
    public init(_ frame: ControlFrame, body: [UInt8]) throws(ProtocolError) {
        do {
            self.init(try Self.command(of: frame, body), of: frame)
        } catch {
            throw error.about(frame, frame.opcode)
        }
    }

    private static func command(of frame: ControlFrame, _ body: [UInt8]) throws(ProtocolError) -> WorkerCommand {
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
        case .acknowledge: command = .acknowledge(try frame.lease(.leases))
        case .complete:
            let number = try frame.requiredNumber(.outcome)
            guard let outcome = UInt8(exactly: number).flatMap(Completion.Outcome.init(rawValue:)) else {
                throw ProtocolError("outcome \(number) is not known")
            }
            var completion = Completion(lease: try frame.lease(.leases), outcome: outcome, body: body)
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
        return command
    }
}

extension Packet<WorkerReply> {
    /// Whether it is better off in a batch; what opens a session travels by itself.
    public var isShort: Bool {
        switch content {
        case .welcome, .reject: false
        case .task(let delivery): delivery.body.count <= FrameBatch.largestBody
        case .completed(let verdicts): verdicts.count <= FrameBatch.longestList
        case .acknowledged, .cancel, .drain, .ping, .heartbeat, .resync, .byeOK, .error: true
        }
    }

    /// The packet as frames.
    public func frames() -> [[UInt8]] {
        var frame = frame()
        let body = write(to: &frame)
        return message(frame, body)
    }

    /// Puts the packet into a batch.
    public func append(to batch: inout FrameBatch) {
        batch.append(frame(after: batch.beginEntry()), write)
    }

    /// - Returns: the body, if it has one.
    private func write(to frame: inout ControlFrame) -> [UInt8]? {
        switch content {
        case .welcome(let welcome):
            frame.opcode = .workerWelcome
            frame.set(.wantsCatalogue, flag: welcome.wantsCatalogue)
            var lists = ControlFrame(.workerWelcome)
            lists.set(.verdicts, verdicts: welcome.verdicts)
            return lists.encodedFields
        case .reject(let message):
            frame.opcode = .reject
            frame.set(.message, sentence: message)
            return nil
        case .task(let delivery):
            frame.opcode = .task
            frame.set(.leases, lease: delivery.lease)
            frame.set(.queue, delivery.queue)
            frame.set(.enqueuedAt, delivery.enqueuedAt.millisecondsSinceEpoch)
            frame.set(.isRedelivered, flag: delivery.isRedelivered)
            frame.set(.isFenced, flag: delivery.isFenced)
            return delivery.body
        case .acknowledged(let verdict):
            frame.opcode = .acknowledgeOK
            frame.set(.verdicts, verdicts: [verdict])
            return nil
        case .completed(let verdicts):
            frame.opcode = .completeOK
            frame.set(.verdicts, verdicts: verdicts)
            return nil
        case .cancel(let lease, let reason):
            frame.opcode = .cancel
            frame.set(.leases, lease: lease)
            if !reason.isEmpty { frame.set(.message, sentence: reason) }
            return nil
        case .drain:
            frame.opcode = .drain
            return nil
        case .ping:
            frame.opcode = .ping
            return nil
        case .heartbeat:
            frame.opcode = .heartbeat
            return nil
        case .resync:
            frame.opcode = .resync
            return nil
        case .byeOK:
            frame.opcode = .byeOK
            return nil
        case .error(let message):
            frame.opcode = .error
            frame.set(.message, sentence: message)
            return nil
        }
    }

    /// Reads a packet.
    ///
    /// - Parameter frames: the frames as they came, without the routing id.
    /// - Throws: `ProtocolError`.
    public init(frames: [[UInt8]]) throws(ProtocolError) {
        let (frame, body) = try split(frames)
        try self.init(frame, body: body)
    }

    /// Reads a packet.
    ///
    /// - Parameters:
    ///   - frame: its control frame.
    ///   - body: its body; empty if there was none.
    /// - Throws: `ProtocolError`.
    public init(_ frame: ControlFrame, body: [UInt8]) throws(ProtocolError) {
        let reply: WorkerReply
        switch frame.opcode {
        case .workerWelcome:
            let lists = try ControlFrame(.workerWelcome, fieldsOf: body)
            reply = .welcome(
                WorkerWelcome(verdicts: try lists.verdicts(.verdicts), wantsCatalogue: frame.has(.wantsCatalogue))
            )
        case .reject: reply = .reject(message: try frame.text(.message) ?? "")
        case .task:
            var delivery = TaskDelivery(
                lease: try frame.lease(.leases),
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
            reply = .cancel(try frame.lease(.leases), reason: try frame.text(.message) ?? "")
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

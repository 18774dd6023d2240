// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron

extension Packet<ClientCommand> {
    /// Whether it is better off in a batch; what opens a session travels by itself.
    public var isShort: Bool {
        switch content {
        case .hello, .call: false
        case .submit(let submission): submission.body.count <= FrameBatch.largestBody
        case .resultWait(let taskIDs), .resultCancel(let taskIDs), .resultDrop(let taskIDs):
            taskIDs.count <= FrameBatch.longestNames
        case .answered, .received, .standing, .heartbeat, .bye: true
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
            frame.opcode = .hello
            frame.set(.protocolMinimum, hello.protocolMinimum)
            frame.set(.protocolMaximum, hello.protocolMaximum)
            frame.set(.identity, hello.identity)
            frame.set(.application, hello.application)
            return nil
        case .submit(let submission):
            frame.opcode = .submit
            frame.set(.key, submission.key)
            frame.set(.queue, submission.queue)
            frame.set(.taskName, submission.taskName)
            frame.set(.taskID, submission.taskID)
            if submission.priority != 0 { frame.set(.priority, submission.priority) }
            if submission.delay != 0 { frame.set(.delay, submission.delay) }
            frame.set(.scheduleID, submission.scheduleID)
            if let time = submission.scheduledAt { frame.set(.scheduledAt, time.millisecondsSinceEpoch) }
            if submission.expires != 0 { frame.set(.expires, submission.expires) }
            frame.set(.uniqueKey, submission.uniqueKey)
            frame.set(.isFenced, flag: submission.isFenced)
            frame.set(.wantsResult, flag: submission.wantsResult)
            return submission.body
        case .answered(let limit):
            frame.opcode = .answered
            frame.set(.sequence, limit)
            return nil
        case .resultWait(let taskIDs):
            frame.opcode = .resultWait
            frame.set(.taskIDs, texts: taskIDs)
            return nil
        case .resultCancel(let taskIDs):
            frame.opcode = .resultCancel
            frame.set(.taskIDs, texts: taskIDs)
            return nil
        case .received(let bytes):
            frame.opcode = .received
            frame.set(.sequence, bytes)
            return nil
        case .standing(let taskID):
            frame.opcode = .standingAsk
            frame.set(.taskID, taskID)
            return nil
        case .resultDrop(let taskIDs):
            frame.opcode = .resultDrop
            frame.set(.taskIDs, texts: taskIDs)
            return nil
        case .call(let call):
            frame.opcode = .call
            frame.set(.operation, call.operation)
            return call.parameters
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

    private static func command(of frame: ControlFrame, _ body: [UInt8]) throws(ProtocolError) -> ClientCommand {
        let command: ClientCommand
        switch frame.opcode {
        case .hello:
            var hello = ClientHello(identity: try frame.key(.identity), application: try frame.name(.application))
            hello.protocolMinimum = UInt16(clamping: try frame.requiredNumber(.protocolMinimum))
            hello.protocolMaximum = UInt16(clamping: try frame.requiredNumber(.protocolMaximum))
            command = .hello(hello)
        case .submit:
            var submission = Submission(
                key: try frame.key(.key),
                queue: try frame.name(.queue),
                taskName: try frame.name(.taskName),
                taskID: try frame.name(.taskID),
                body: body
            )
            submission.priority = UInt8(min(max(try frame.number(.priority) ?? 0, 0), 9))
            submission.delay = max(try frame.number(.delay) ?? 0, 0)
            submission.scheduleID = try frame.optionalName(.scheduleID)
            submission.scheduledAt = try frame.number(.scheduledAt).map(Timestamp.init(millisecondsSinceEpoch:))
            submission.expires = max(try frame.number(.expires) ?? 0, 0)
            submission.uniqueKey = try frame.optionalName(.uniqueKey)
            submission.isFenced = frame.has(.isFenced)
            submission.wantsResult = frame.has(.wantsResult)
            command = .submit(submission)
        case .answered: command = .answered(below: UInt64(bitPattern: try frame.requiredNumber(.sequence)))
        case .resultWait: command = .resultWait(taskIDs: try frame.texts(.taskIDs))
        case .resultCancel: command = .resultCancel(taskIDs: try frame.texts(.taskIDs))
        case .received: command = .received(bytes: max(0, try frame.requiredNumber(.sequence)))
        case .standingAsk: command = .standing(taskID: try frame.name(.taskID))
        case .resultDrop: command = .resultDrop(taskIDs: try frame.texts(.taskIDs))
        case .call: command = .call(OperationCall(operation: try frame.name(.operation), parameters: body))
        case .heartbeat: command = .heartbeat
        case .bye: command = .bye
        default: throw ProtocolError("a client does not say \(frame.opcode)")
        }
        return command
    }
}

extension Packet<ClientReply> {
    /// Whether it is better off in a batch; what opens a session travels by itself.
    public var isShort: Bool {
        switch content {
        case .welcome, .reject, .called, .event: false
        case .submitted(let receipts): receipts.count <= FrameBatch.longestList
        case .result(_, _, let body): body.count <= FrameBatch.largestBody
        case .refused, .standing, .heartbeat, .resync, .byeOK, .error: true
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
            frame.opcode = .welcome
            frame.set(.maximumBody, welcome.maximumBody)
            frame.set(.workersEndpoint, welcome.workersEndpoint)
            return nil
        case .reject(let message):
            frame.opcode = .reject
            frame.set(.message, sentence: message)
            return nil
        case .submitted(let receipts):
            frame.opcode = .submitOK
            frame.set(.receipts, receipts: receipts)
            return nil
        case .refused(let refusal):
            frame.opcode = .submitError
            frame.set(.code, refusal.code.rawValue)
            frame.set(.message, sentence: refusal.message)
            frame.set(.retryAfter, refusal.retryAfter)
            return nil
        case .result(let taskID, let status, let body):
            frame.opcode = .result
            frame.set(.taskID, taskID)
            frame.set(.status, status.rawValue)
            return body
        case .standing(let standing):
            frame.opcode = .standing
            frame.set(.taskID, standing.taskID)
            frame.set(.status, standing.status.rawValue)
            frame.set(progress: standing.progress)
            return nil
        case .called(let reply):
            frame.opcode = .reply
            frame.set(.code, reply.status.rawValue)
            if !reply.message.isEmpty { frame.set(.message, sentence: reply.message) }
            return reply.body
        case .event(let body, let dropped):
            frame.opcode = .event
            if dropped != 0 { frame.set(.dropped, dropped) }
            return body
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
        let reply: ClientReply
        switch frame.opcode {
        case .welcome:
            reply = .welcome(
                ClientWelcome(
                    maximumBody: Int(clamping: try frame.requiredNumber(.maximumBody)),
                    workersEndpoint: try frame.text(.workersEndpoint) ?? ""
                )
            )
        case .reject: reply = .reject(message: try frame.text(.message) ?? "")
        case .submitOK: reply = .submitted(try frame.receipts(.receipts))
        case .submitError:
            let number = try frame.requiredNumber(.code)
            reply = .refused(
                SubmitRefusal(
                    // A code that a later hub adds is no reason to repeat.
                    code: UInt8(exactly: number).flatMap(SubmitRefusal.Code.init(rawValue:)) ?? .bad,
                    message: try frame.text(.message) ?? "refused with code \(number)",
                    // A day is as good as any longer time, and can be added to a clock.
                    retryAfter: min(max(try frame.number(.retryAfter) ?? 0, 0), 86_400_000)
                )
            )
        case .result:
            reply = .result(taskID: try frame.name(.taskID), status: try Self.status(of: frame), body: body)
        case .standing:
            reply = .standing(
                TaskStanding(
                    taskID: try frame.name(.taskID),
                    status: try Self.status(of: frame),
                    progress: try frame.progress()
                )
            )
        case .reply:
            let number = try frame.requiredNumber(.code)
            var called = OperationReply(body: body)
            called.status = UInt8(exactly: number).map(OperationReply.Status.init(rawValue:)) ?? .failed
            called.message = try frame.text(.message) ?? ""
            reply = .called(called)
        case .event: reply = .event(body, dropped: max(0, try frame.number(.dropped) ?? 0))
        case .heartbeat: reply = .heartbeat
        case .resync: reply = .resync
        case .byeOK: reply = .byeOK
        case .error: reply = .error(message: try frame.text(.message) ?? "")
        default: throw ProtocolError("a hub does not say \(frame.opcode) to a client")
        }
        self.init(reply, of: frame)
    }

    private static func status(of frame: ControlFrame) throws(ProtocolError) -> ResultStatus {
        let number = try frame.requiredNumber(.status)
        guard let status = UInt8(exactly: number).flatMap(ResultStatus.init(rawValue:)) else {
            throw ProtocolError("result status \(number) is not known")
        }
        return status
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron
import TaskiqHubProtocol
import Testing

struct PacketTests {
    @Test("what a client says arrives as it was said", arguments: SamplePackets.clientCommands)
    func clientCommand(_ command: ClientCommand) throws {
        let packet = Packet(command, correlation: .max, session: 1, epoch: 0x0102_0304_0506_0708)
        #expect(try Packet<ClientCommand>(frames: packet.frames()) == packet)
    }

    @Test("what the hub says to a client arrives as it was said", arguments: SamplePackets.clientReplies)
    func clientReply(_ reply: ClientReply) throws {
        let packet = Packet(reply, correlation: 3, session: .max, epoch: 2)
        #expect(try Packet<ClientReply>(frames: packet.frames()) == packet)
    }

    @Test("what a worker says arrives as it was said", arguments: SamplePackets.workerCommands)
    func workerCommand(_ command: WorkerCommand) throws {
        let packet = Packet(command, correlation: 3, session: 2, epoch: .max)
        #expect(try Packet<WorkerCommand>(frames: packet.frames()) == packet)
    }

    @Test("what the hub says to a worker arrives as it was said", arguments: SamplePackets.workerReplies)
    func workerReply(_ reply: WorkerReply) throws {
        let packet = Packet(reply, correlation: 3, session: 2, epoch: 1)
        #expect(try Packet<WorkerReply>(frames: packet.frames()) == packet)
    }

    @Test("the layout of a frame is what the protocol says")
    func layout() {
        let packet = Packet(WorkerCommand.credit(258), correlation: 1, session: 2, epoch: 3)
        let expected: [UInt8] =
            Array("TQ1".utf8) + [0x33, 0, 0, 0, 1] + [0, 0, 0, 0, 0, 0, 0, 1] + [0, 0, 0, 0, 0, 0, 0, 2]
            + [0, 0, 0, 0, 0, 0, 0, 3] + [0x3E, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 1, 2]
        #expect(packet.frames() == [expected])
    }

    @Test("each side refuses what only others say")
    func sides() {
        let submit = Packet(SamplePackets.clientCommands[2]).frames()
        #expect(throws: ProtocolError.self) { try Packet<WorkerCommand>(frames: submit) }
        #expect(throws: ProtocolError.self) { try Packet<ClientReply>(frames: submit) }
        let credit = Packet(WorkerCommand.credit(1)).frames()
        #expect(throws: ProtocolError.self) { try Packet<ClientCommand>(frames: credit) }
        #expect(throws: ProtocolError.self) { try Packet<WorkerReply>(frames: credit) }
    }

    @Test("of a frame that is well formed the header is known, whatever is wrong with what it says")
    func headers() throws {
        func error(_ frames: [[UInt8]]) -> ProtocolError? {
            #expect(throws: ProtocolError.self) { try Packet<ClientCommand>(frames: frames) }
        }
        let bare = ControlFrame(.submit, correlation: 7, session: 8, epoch: 9).encoded()
        #expect(error([bare])?.header == FrameHeader(.submit, correlation: 7, session: 8, epoch: 9))
        var later = bare
        later[3] = 0xEE
        #expect(error([later])?.header == FrameHeader(nil, correlation: 7, session: 8, epoch: 9))
        #expect(error([later])?.description == "opcode 238 is not known")
        // What is cut or has too much is no frame at all.
        #expect(error([Array(later.dropLast())]).map { $0.header == nil } == true)
        #expect(error([bare + [1]]).map { $0.header == nil } == true)
    }

    @Test("a message has one to three frames")
    func frameCount() throws {
        let frame = Packet(ClientCommand.heartbeat).frames()[0]
        #expect(throws: ProtocolError.self) { try Packet<ClientCommand>(frames: []) }
        #expect(try Packet<ClientCommand>(frames: [frame, [], []]).content == .heartbeat)
        #expect(throws: ProtocolError.self) { try Packet<ClientCommand>(frames: [frame, [], [], []]) }
    }

    @Test("a sentence for people is cut at a character before it crowds the frame out")
    func longSentences() throws {
        // One character of many bytes: counting characters would not cut it.
        let crowd = "e" + String(repeating: "\u{301}", count: 100_000)
        var completion = Completion(lease: LeaseKey(sequence: 1, attempt: 1), outcome: .reject)
        completion.reason = crowd
        let packet = try Packet<WorkerCommand>(frames: Packet(WorkerCommand.complete(completion)).frames())
        guard case .complete(let read) = packet.content else {
            Issue.record("\(packet)")
            return
        }
        #expect(read.reason.utf8.count == 4095)
        #expect(crowd.utf8.starts(with: read.reason.utf8))
        let rejected = try Packet<ClientReply>(frames: Packet(ClientReply.reject(message: crowd)).frames())
        #expect(rejected.content == .reject(message: read.reason))
    }

    @Test("a worker that holds as much as it may can greet, and be greeted")
    func largestGreeting() throws {
        let credit = ProtocolLimits.maximumCredit(maximumBody: ProtocolLimits.maximumBody)
        #expect(credit > 40_000)
        let count = credit + ProtocolLimits.maximumUnacknowledged
        let leases = (1...count).map { LeaseKey(sequence: Int64($0), attempt: 1) }
        guard case .hello(var hello) = SamplePackets.workerCommands[1] else { throw ProtocolError("no greeting") }
        hello.inFlight = leases
        hello.started = leases
        hello.unconfirmed = []
        let frames = Packet(WorkerCommand.hello(hello)).frames()
        #expect(frames[0].count <= ProtocolLimits.maximumControlFrame)
        #expect(frames[1].count <= ProtocolLimits.maximumBody + ProtocolLimits.maximumControlFrame)
        #expect(try Packet<WorkerCommand>(frames: frames).content == .hello(hello))
        let verdicts = leases.map { LeaseVerdict(lease: $0, verdict: .keep) }
        let welcome = WorkerReply.welcome(WorkerWelcome(verdicts: verdicts, wantsCatalogue: true))
        #expect(try Packet<WorkerReply>(frames: Packet(welcome).frames()).content == welcome)
        #expect(ProtocolLimits.maximumCredit(maximumBody: .min) > 1700)
        #expect(ProtocolLimits.maximumCredit(maximumBody: .max) > credit)
    }

    @Test("lists in a body are read as strictly as a control frame's fields")
    func badLists() throws {
        let control = Packet(SamplePackets.workerCommands[1]).frames()[0]
        let critical: [UInt8] = [0xF0, 0, 0, 0, 0]
        let many = Array(repeating: [UInt8]([0x70, 0, 0, 0, 0]), count: ProtocolLimits.maximumFields + 1).flatMap { $0 }
        for body in [[0x34], [0x34, 0, 0, 0, 5, 1], [0x34, 0, 0, 0, 1, 1], critical, many] as [[UInt8]] {
            #expect(throws: ProtocolError.self) { try Packet<WorkerCommand>(frames: [control, body]) }
        }
    }

    @Test("a report of progress has at most 16 KiB")
    func progressSize() throws {
        let limit = ProtocolLimits.maximumProgress
        for (count, isFine) in [(limit - 1, true), (limit, false)] {
            let report = ProgressReport(state: "x", meta: Array(repeating: 1, count: count))
            let command = Packet(WorkerCommand.progress(taskID: "i", report)).frames()
            let reply = Packet(ClientReply.standing(TaskStanding(taskID: "i", status: .ready, progress: report)))
            #expect(((try? Packet<WorkerCommand>(frames: command)) != nil) == isFine)
            #expect(((try? Packet<ClientReply>(frames: reply.frames())) != nil) == isFine)
        }
    }

    @Test("numbers from outside are moved into their range")
    func ranges() throws {
        var submission = Submission(key: SamplePackets.identity, queue: "q", taskName: "t", taskID: "i", body: [])
        submission.priority = 200
        submission.delay = -5
        let command = try Packet<ClientCommand>(frames: Packet(ClientCommand.submit(submission)).frames()).content
        submission.priority = 9
        submission.delay = 0
        #expect(command == .submit(submission))
        let credit = try Packet<WorkerCommand>(frames: Packet(WorkerCommand.credit(-1)).frames()).content
        #expect(credit == .credit(0))
        for (retryAfter, expected) in [(Int64.max, Int64(86_400_000)), (.min, 0)] {
            let refusal = SubmitRefusal(code: .full, message: "", retryAfter: retryAfter)
            let reply = try Packet<ClientReply>(frames: Packet(ClientReply.refused(refusal)).frames()).content
            #expect(reply == .refused(SubmitRefusal(code: .full, message: "", retryAfter: expected)))
        }
    }

    @Test(
        "names have 1 to 255 bytes and no control characters",
        arguments: [
            "", "a\nb", "a\u{7F}", "\0", String(repeating: "x", count: 256), String(repeating: "é", count: 128),
        ]
    )
    func badNames(_ name: String) {
        let key = SamplePackets.identity
        let submissions = [
            Submission(key: key, queue: name, taskName: "t", taskID: "i", body: []),
            Submission(key: key, queue: "q", taskName: name, taskID: "i", body: []),
            Submission(key: key, queue: "q", taskName: "t", taskID: name, body: []),
        ]
        for submission in submissions {
            let frames = Packet(ClientCommand.submit(submission)).frames()
            #expect(throws: ProtocolError.self) { try Packet<ClientCommand>(frames: frames) }
        }
        let wait = Packet(ClientCommand.resultWait(taskIDs: ["good", name])).frames()
        #expect(throws: ProtocolError.self) { try Packet<ClientCommand>(frames: wait) }
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqHubProtocol
import TestSupport
import Testing

struct FrameBatchTests {
    @Test("what was put into a batch comes out of it, in order")
    func roundTrip() throws {
        let packets = SamplePackets.clientCommands.enumerated().map { number, command in
            Packet(command, correlation: UInt64(number), session: 7, epoch: .max)
        }
        let short = packets.filter(\.isShort)
        #expect(short.count > 5)
        var batch = FrameBatch()
        for packet in short { packet.append(to: &batch) }
        #expect(batch.count == short.count)
        let frames = batch.takeFrames()
        #expect(frames.count == 1)
        #expect(batch.count == 0)
        #expect(try commands(in: frames) == short)
    }

    @Test("the layout of a batch is what the protocol says")
    func layout() {
        let control = Packet(ClientCommand.heartbeat, correlation: 1, session: 2, epoch: 3).frames()[0]
        let result = Packet(ClientReply.result(taskID: "i", status: .ready, body: [1, 2]), session: 2, epoch: 3)
        var batch = FrameBatch()
        Packet(ClientCommand.heartbeat, correlation: 1, session: 2, epoch: 3).append(to: &batch)
        result.append(to: &batch)
        let second = result.frames()
        let expected =
            Array("TQB".utf8) + [0, 0, 0, UInt8(control.count)] + control + [0, 0, 0, 0]
            + [0, 0, 0, UInt8(second[0].count)] + second[0] + [0, 0, 0, 2, 1, 2]
        #expect(batch.takeFrames() == [expected])
    }

    @Test("a message that travels by itself is read as one")
    func single() throws {
        for command in SamplePackets.clientCommands {
            let packet = Packet(command, correlation: 1, session: 2, epoch: 3)
            #expect(try commands(in: packet.frames()) == [packet])
        }
    }

    @Test("an entry that cannot be read does not take the others along")
    func malformedEntry() {
        var batch = FrameBatch()
        for number: UInt64 in 1...3 { Packet(ClientCommand.heartbeat, correlation: number).append(to: &batch) }
        var bytes = batch.takeFrames()[0]
        let entry = (bytes.count - 3) / 3
        // The opcode of the second.
        bytes[3 + entry + 4 + 3] = 0xEE
        let (read, problems) = entries(of: [bytes])
        #expect(read.map(\.correlation) == [1, 3])
        #expect(problems == ["opcode 238 is not known"])
    }

    @Test("a length that is wrong ends the batch with an error")
    func wrongLength() {
        var batch = FrameBatch()
        for number: UInt64 in 1...3 { Packet(ClientCommand.heartbeat, correlation: number).append(to: &batch) }
        let bytes = batch.takeFrames()[0]
        let entry = (bytes.count - 3) / 3
        for (place, value) in [(3 + entry, UInt8(0xFF)), (3 + entry + 3, 0xFF), (3 + 2 * entry - 1, 0xFF)] {
            var bytes = bytes
            bytes[place] = value
            let (read, problems) = entries(of: [bytes])
            #expect(read.first?.correlation == 1)
            #expect(read.count <= 2)
            #expect(problems.count == 1)
        }
        #expect(entries(of: [Array(bytes.dropLast())]).problems == ["the frame ends too early"])
        #expect(entries(of: [Array("TQB".utf8)]).read.isEmpty)
    }

    @Test("a batch is no longer than every peer takes, whatever is put in last")
    func bound() {
        let name = SamplePackets.longestName
        let body = [UInt8](repeating: 1, count: 4096)
        let submission = Submission(key: .generate(), queue: name, taskName: name, taskID: name, body: body)
        let lease = LeaseKey(sequence: 1, attempt: 1)
        var longest: [(inout FrameBatch) -> Void] = []
        longest.append { Packet(ClientCommand.submit(submission)).append(to: &$0) }
        longest.append { Packet(ClientCommand.resultWait(taskIDs: Array(repeating: name, count: 50))).append(to: &$0) }
        longest.append { batch in
            let receipts = (0..<1000).map { SubmitReceipt(correlation: $0, sequence: 1, isDuplicate: false) }
            Packet(ClientReply.submitted(receipts)).append(to: &batch)
        }
        longest.append { batch in
            Packet(
                WorkerCommand.progress(
                    taskID: name,
                    ProgressReport(state: "S", meta: Array(repeating: 1, count: 16_000))
                )
            )
            .append(to: &batch)
        }
        longest.append { batch in
            let message = String(repeating: "x", count: 10_000)
            Packet(WorkerReply.cancel(lease, reason: message)).append(to: &batch)
        }
        for append in longest {
            var batch = FrameBatch()
            while !batch.isFull { Packet(ClientCommand.heartbeat).append(to: &batch) }
            append(&batch)
            #expect(batch.takeFrames()[0].count < ProtocolLimits.maximumBatch)
        }
        let endless = Array("TQB".utf8) + [UInt8](repeating: 0, count: ProtocolLimits.maximumBatch)
        #expect(entries(of: [endless]).problems == ["the batch has 65539 bytes; 65536 are allowed"])
        #expect(!Packet(ClientCommand.submit(withBody(of: 4097))).isShort)
        #expect(Packet(ClientCommand.submit(withBody(of: 4096))).isShort)
    }

    @Test("whatever a batch was changed into, it is read to its end, and nothing traps", arguments: UInt64(0)..<4)
    func mutations(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var readable = 0
        for _ in 0..<2_000 {
            var batch = FrameBatch()
            for command in SamplePackets.clientCommands.shuffled(using: &random).prefix(4) {
                let packet = Packet(command)
                if packet.isShort { packet.append(to: &batch) }
            }
            guard batch.count > 0 else { continue }
            var bytes = batch.takeFrames()[0]
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 3..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
            let (read, problems) = entries(of: [bytes])
            #expect(read.count + problems.count <= bytes.count / 8 + 1)
            readable += read.count
        }
        #expect(readable > 1_000)
    }

    private func withBody(of count: Int) -> Submission {
        Submission(key: .generate(), queue: "q", taskName: "t", taskID: "i", body: Array(repeating: 1, count: count))
    }

    private func commands(in frames: [[UInt8]]) throws -> [Packet<ClientCommand>] {
        var reader = FrameBatch.Reader(frames)
        var packets: [Packet<ClientCommand>] = []
        while let (control, body) = try reader.next() { packets.append(try Packet(control, body: body)) }
        return packets
    }

    private func entries(of frames: [[UInt8]]) -> (read: [Packet<ClientCommand>], problems: [String]) {
        var reader = FrameBatch.Reader(frames)
        var read: [Packet<ClientCommand>] = []
        var problems: [String] = []
        while true {
            do {
                guard let (control, body) = try reader.next() else { return (read, problems) }
                read.append(try Packet(control, body: body))
            } catch {
                problems.append("\(error)")
            }
        }
    }
}

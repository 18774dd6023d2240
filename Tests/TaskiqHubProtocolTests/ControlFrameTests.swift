// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import TaskiqHubProtocol

struct ControlFrameTests {
    @Test("what is no frame is refused", arguments: broken)
    func refuses(_ case: BrokenFrame) {
        let error = #expect(throws: ProtocolError.self) { try ControlFrame(`case`.bytes) }
        #expect(error?.description.contains(`case`.complaint) == true)
    }

    @Test("a field that is not known is skipped, unless it is critical")
    func unknownFields() throws {
        let plain = try Packet<ClientCommand>(frames: [header(.heartbeat, fields: 1) + [0x7E, 0, 0, 0, 1, 9]])
        #expect(plain.content == .heartbeat)
        let critical = header(.heartbeat, fields: 1) + [0x80, 0, 0, 0, 0]
        #expect(throws: ProtocolError.self) { try ControlFrame(critical) }
    }

    @Test("of a field that comes twice, the last counts")
    func repeatedFields() throws {
        let first: [UInt8] = [0x3E, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1]
        let second: [UInt8] = [0x3E, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 2]
        let packet = try Packet<WorkerCommand>(frames: [header(.credit, fields: 2) + first + second])
        #expect(packet.content == .credit(2))
    }

    @Test("256 fields and 64 KiB are allowed, no more")
    func limits() throws {
        let field: [UInt8] = [0x7E, 0, 0, 0, 0]
        let most = header(.heartbeat, fields: 256) + Array(repeating: field, count: 256).joined()
        #expect(try ControlFrame(most).fields.count == 256)
        let more = header(.heartbeat, fields: 257) + Array(repeating: field, count: 257).joined()
        #expect(throws: ProtocolError.self) { try ControlFrame(more) }
        let room = ProtocolLimits.maximumControlFrame - 32 - 5
        let largest = header(.heartbeat, fields: 1) + self.field(of: room)
        #expect(try ControlFrame(largest).fields.first?.bytes.count == room)
        #expect(throws: ProtocolError.self) {
            try ControlFrame(header(.heartbeat, fields: 1) + self.field(of: room + 1))
        }
    }

    private func field(of size: Int) -> [UInt8] {
        var bytes: [UInt8] = [0x7E]
        bytes.appendBigEndian(UInt32(size))
        return bytes + Array(repeating: 0, count: size)
    }

    struct BrokenFrame: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var bytes: [UInt8]
        var complaint: String
    }

    private static let broken = [
        BrokenFrame(testDescription: "nothing", bytes: [], complaint: "TQ1"),
        BrokenFrame(testDescription: "other magic", bytes: Array("TQ2".utf8), complaint: "TQ1"),
        BrokenFrame(testDescription: "magic alone", bytes: Array("TQ1".utf8), complaint: "too early"),
        BrokenFrame(
            testDescription: "no such opcode",
            bytes: Array("TQ1".utf8) + [0xFF] + [UInt8](repeating: 0, count: 28),
            complaint: "opcode"
        ),
        BrokenFrame(
            testDescription: "half a header",
            bytes: Array(header(.bye, fields: 0).dropLast()),
            complaint: "too early"
        ),
        BrokenFrame(testDescription: "a missing field", bytes: header(.bye, fields: 1), complaint: "too early"),
        BrokenFrame(
            testDescription: "a field longer than the frame",
            bytes: header(.bye, fields: 1) + [1, 0xFF, 0xFF, 0xFF, 0xFF, 0],
            complaint: "too early"
        ),
        BrokenFrame(
            testDescription: "bytes after the last field",
            bytes: header(.bye, fields: 0) + [0],
            complaint: "after the last field"
        ),
    ]
}

private func header(_ opcode: Opcode, fields: UInt16) -> [UInt8] {
    var bytes = Array("TQ1".utf8) + [opcode.rawValue, 0, 0]
    bytes.appendBigEndian(fields)
    return bytes + Array(repeating: 0, count: 24)
}

struct FieldTests {
    @Test("texts must be UTF-8")
    func utf8() {
        var frame = ControlFrame(.reject)
        frame.set(.message, [0xC3, 0x28])
        #expect(throws: ProtocolError.self) { try Packet<ClientReply>(frames: [frame.encoded()]) }
    }

    @Test("numbers have 8 bytes, keys 16, leases 12")
    func sizes() {
        for size in [0, 7, 9] {
            var frame = ControlFrame(.credit)
            frame.set(.credit, Array(repeating: 1, count: size))
            #expect(throws: ProtocolError.self) { try Packet<WorkerCommand>(frames: [frame.encoded()]) }
        }
        for size in [0, 15, 17] {
            var frame = ControlFrame(.hello)
            frame.set(.identity, Array(repeating: 1, count: size))
            frame.set(.application, "app")
            frame.set(.protocolMinimum, 1)
            frame.set(.protocolMaximum, 1)
            #expect(throws: ProtocolError.self) { try Packet<ClientCommand>(frames: [frame.encoded()]) }
        }
        for size in [11, 13, 24] {
            var frame = ControlFrame(.acknowledge)
            frame.set(.leases, Array(repeating: 1, count: size))
            #expect(throws: ProtocolError.self) { try Packet<WorkerCommand>(frames: [frame.encoded()]) }
        }
    }

    @Test("a list of texts ends where its field ends")
    func lists() {
        for bytes: [UInt8] in [[0], [0, 0, 0, 2, 65], [0xFF, 0xFF, 0xFF, 0xFF, 65], [0, 0, 0, 0]] {
            var frame = ControlFrame(.resultWait)
            frame.set(.taskIDs, bytes)
            #expect(throws: ProtocolError.self) { try Packet<ClientCommand>(frames: [frame.encoded()]) }
        }
    }

    @Test("an outcome, a verdict or a status that is not known is refused; a refusal's code is not")
    func unknownValues() throws {
        var complete = ControlFrame(.complete)
        complete.set(.leases, leases: [LeaseKey(sequence: 1, attempt: 1)])
        complete.set(.outcome, 7)
        #expect(throws: ProtocolError.self) { try Packet<WorkerCommand>(frames: [complete.encoded()]) }
        var result = ControlFrame(.result)
        result.set(.taskID, "i")
        result.set(.status, 256)
        #expect(throws: ProtocolError.self) { try Packet<ClientReply>(frames: [result.encoded()]) }
        var verdicts = ControlFrame(.completeOK)
        verdicts.set(.verdicts, Array(repeating: 0, count: 13))
        #expect(throws: ProtocolError.self) { try Packet<WorkerReply>(frames: [verdicts.encoded()]) }
        var refusal = ControlFrame(.submitError)
        refusal.set(.code, 99)
        let reply = try Packet<ClientReply>(frames: [refusal.encoded()]).content
        #expect(reply == .refused(SubmitRefusal(code: .bad, message: "refused with code 99")))
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import TaskiqHubProtocol
import TestSupport
import Testing

/// Inputs for each of these tests; TASKIQ_FUZZ_INPUTS asks for more.
private let inputs = ProcessInfo.processInfo.environment["TASKIQ_FUZZ_INPUTS"].flatMap(Int.init) ?? 24_000

struct FuzzTests {
    @Test("bytes by chance are refused, and nothing traps", arguments: UInt64(0)..<8)
    func randomBytes(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<max(1, inputs / 8) {
            let frames = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                (0..<Int.random(in: 0...80, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            }
            #expect(readers.allSatisfy { !$0(frames) })
        }
    }

    @Test("what a changed frame is read as, it is written and read as again", arguments: UInt64(0)..<8)
    func mutations(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var readable = 0
        for _ in 0..<max(1, inputs / 8) {
            guard var frames = SamplePackets.frames.randomElement(using: &random) else { return }
            for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&frames[0], &random) }
            // The lists of a greeting are in its body.
            if frames.count > 1, Bool.random(using: &random) { mutate(&frames[1], &random) }
            if Int.random(in: 0..<20, using: &random) == 0 { splice(&frames[0], &random) }
            if Bool.random(using: &random), frames.count > 1 { frames.removeLast() }
            for read in readers where read(frames) { readable += 1 }
        }
        // Otherwise nothing was tested.
        #expect(readable > inputs / 120)
    }

    /// Reads frames as each kind of packet; true if they are one, and it survives being written again.
    private let readers: [@Sendable ([[UInt8]]) -> Bool] = [
        { frames in
            guard let packet = try? Packet<ClientCommand>(frames: frames) else { return false }
            #expect((try? Packet<ClientCommand>(frames: packet.frames())) == packet)
            return true
        },
        { frames in
            guard let packet = try? Packet<ClientReply>(frames: frames) else { return false }
            #expect((try? Packet<ClientReply>(frames: packet.frames())) == packet)
            return true
        },
        { frames in
            guard let packet = try? Packet<WorkerCommand>(frames: frames) else { return false }
            #expect((try? Packet<WorkerCommand>(frames: packet.frames())) == packet)
            return true
        },
        { frames in
            guard let packet = try? Packet<WorkerReply>(frames: frames) else { return false }
            #expect((try? Packet<WorkerReply>(frames: packet.frames())) == packet)
            return true
        },
    ]

    /// Goes on with the end of another frame.
    private func splice(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        guard let other = SamplePackets.frames.randomElement(using: &random)?.first else { return }
        let place = Int.random(in: 0...bytes.count, using: &random)
        bytes = Array(bytes.prefix(place)) + Array(other.dropFirst(place))
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
        case 2: bytes.remove(at: place)
        case 3: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
        case 4: bytes.removeLast(bytes.count - place)
        default: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
        }
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Taskiq
import Testing

@testable import TaskiqZeroMQ

/// What Python's `ZeroMQBroker` sent and accepted, in `Tests/Fixtures/golden/zmq.json`.
struct GoldenPubSub: Decodable {
    struct Bytes: Decodable {
        let b64: String

        var bytes: [UInt8] { Data(base64Encoded: b64).map(Array.init) ?? [] }
    }

    struct Frames: Decodable {
        let message_len: Int
        let frame_lens: [Int]
        let frames: [Bytes]
    }

    struct Accepted: Decodable {
        let sent_frames: String
        let yielded: Bytes
    }

    let frames: [Frames]
    let listen_accepts: [Accepted]

    static func read() throws -> GoldenPubSub {
        let file = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/golden/zmq.json")
        return try JSONDecoder().decode(GoldenPubSub.self, from: Data(contentsOf: file))
    }
}

@Suite struct PubSubFramingTests {
    @Test func `messages are cut as Python cuts them`() throws {
        let golden = try GoldenPubSub.read()
        #expect(golden.frames.map(\.message_len) == [145, 199, 200, 201, 300, 345])
        for sample in golden.frames {
            let frames = sample.frames.map(\.bytes)
            let payload = frames.flatMap { $0 }
            #expect(payload.count == sample.message_len)
            #expect(PubSubFraming.frames(of: payload, size: PubSubFraming.pythonFrameSize) == frames)
            #expect(frames.map(\.count) == sample.frame_lens)
        }
        #expect(PubSubTransport.Configuration().frameSize == PubSubFraming.pythonFrameSize)
    }

    @Test(arguments: [
        (0, 100, [Int]()), (1, 100, [1]), (99, 100, [99]), (100, 100, [100]), (101, 100, [100, 1]), (3, 1, [1, 1, 1]),
        (500, nil, [500]), (5, 0, [5]), (5, -1, [5]), (5, Int.max, [5]),
    ])
    func `every length has its frames`(count: Int, size: Int?, lengths: [Int]) {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let frames = PubSubFraming.frames(of: payload, size: size)
        #expect(frames.map(\.count) == lengths)
        #expect(frames.flatMap { $0 } == payload)
    }

    @Test func `the largest message in Python's frames is within the limit of frames`() {
        for bytes in [0, 1, 100, 1 << 20, 16 << 20] {
            #expect(PubSubFraming.maximumFrames(forMessagesOf: bytes) >= (bytes + 99) / 100)
        }
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TestSupport
import Testing

@testable import TaskiqPrometheus

/// Reports, cut out of a stream.
@Suite struct SnapshotFramesTests {
    @Test(arguments: 0..<20)
    func framesAreFoundHoweverTheyArrive(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let payloads = (0..<10).map { _ in
            (0..<Int.random(in: 0..<400, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        var stream = try payloads.flatMap { try SnapshotFrames.frame($0) }[...]
        var frames = SnapshotFrames()
        var found: [[UInt8]] = []
        while !stream.isEmpty {
            let piece = stream.prefix(Int.random(in: 1...200, using: &random))
            stream = stream.dropFirst(piece.count)
            frames.append(piece)
            while let frame = try frames.next() { found.append(Array(frame)) }
        }
        #expect(found == payloads)
    }

    @Test func whatIsCutOffIsNoFrame() throws {
        var frames = SnapshotFrames()
        frames.append(try SnapshotFrames.frame([1, 2, 3]).dropLast())
        let frame = try frames.next()
        #expect(frame == nil)
    }

    @Test func aFrameHasALimit() {
        #expect(throws: TaskiqError.self) {
            _ = try SnapshotFrames.frame([UInt8](repeating: 0, count: SnapshotFrames.maxLength + 1))
        }
        var frames = SnapshotFrames()
        frames.append([0xFF, 0xFF, 0xFF, 0xFF])
        #expect(throws: TaskiqError.self) { _ = try frames.next() }
    }
}

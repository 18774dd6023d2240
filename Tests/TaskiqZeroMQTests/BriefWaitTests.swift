// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import TaskiqZeroMQ

/// When a thread looks again before it sleeps.
struct BriefWaitTests {
    private var wait = BriefWait()

    /// Waits as long as one thing comes after the other, in microseconds.
    ///
    /// - Returns: how many of the waits looked again.
    private mutating func live(_ gaps: some Sequence<Int64>) -> Int {
        gaps.count { gap in
            let looks = wait.isWorthwhile
            let isFound = gap * 1000 <= BriefWait.longest
            wait.note(gap * 1000, looks ? (isFound ? .found : .nothing) : .slept)
            return looks
        }
    }

    @Test("who has little to do never looks again")
    mutating func idle() {
        #expect(live(repeatElement(1_000_000, count: 1000)) == 0)
        #expect(live((0..<1000).map { $0 % 10 == 0 ? 1000 : 20 }) == 0)
    }

    @Test("who is asked again at once looks again, and keeps doing so")
    mutating func pingPong() {
        #expect(live(repeatElement(50, count: 1000)) == 1000 - 64)
        #expect(live(repeatElement(50, count: 1000)) == 1000)
        // Not for a single long wait.
        #expect(live([1000, 50, 50, 50, 1000, 50, 50]) == 7)
    }

    @Test("who looks in vain does so in a few of a hundred waits, and at rest no more")
    mutating func inVain() {
        let looks = live(repeatElement(300, count: 1000))
        #expect((1...40).contains(looks))
        #expect(live(repeatElement(5000, count: 1000)) <= 2)
    }

    @Test("the habit is given up where long waits are among the short ones")
    mutating func habit() {
        _ = live(repeatElement(50, count: 1000))
        #expect(live((0..<1000).flatMap { _ in [100, 100, 100, 3700] as [Int64] }) < 100)
        _ = live(repeatElement(50, count: 1000))
        #expect(live((0..<1000).flatMap { _ in [140, 140, 720] as [Int64] }) < 100)
    }

    @Test("that others want to run says nothing of the wait")
    mutating func crowded() {
        _ = live(repeatElement(50, count: 100))
        for _ in 0..<100 { wait.note(20_000, .crowded) }
        #expect(wait.isWorthwhile)
    }
}

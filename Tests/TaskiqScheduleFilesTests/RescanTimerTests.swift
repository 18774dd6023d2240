// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import TaskiqScheduleFiles

@Suite("When files are looked through")
struct RescanTimerTests {
    private let start = ContinuousClock.now
    private var timer: RescanTimer

    init() {
        timer = RescanTimer(quietTime: .milliseconds(200), interval: .seconds(30), now: start)
    }

    private func instant(_ milliseconds: Int) -> ContinuousClock.Instant { start + .milliseconds(milliseconds) }

    @Test("From time to time when nothing happens")
    mutating func routine() {
        #expect(timer.timeout(at: start) == 30_000)
        #expect(timer.timeout(at: instant(29_999)) == 1)
        #expect(timer.timeout(at: instant(30_000)) == 0)
        timer.scanned(at: instant(30_000))
        #expect(timer.timeout(at: instant(30_000)) == 30_000)
    }

    @Test("When all has been quiet after a change")
    mutating func quiet() {
        timer.noticedChange(at: instant(1000))
        #expect(timer.timeout(at: instant(1000)) == 200)
        timer.noticedChange(at: instant(1100))
        #expect(timer.timeout(at: instant(1200)) == 100)
        #expect(timer.timeout(at: instant(1300)) == 0)
        timer.scanned(at: instant(1300))
        #expect(timer.timeout(at: instant(1300)) == 30_000)
    }

    @Test("Before a second is over even if somebody keeps writing")
    mutating func busy() {
        for time in stride(from: 1000, through: 1800, by: 100) { timer.noticedChange(at: instant(time)) }
        #expect(timer.timeout(at: instant(1799)) == 1)
        #expect(timer.timeout(at: instant(1800)) == 0)
    }

    @Test("A wait is never cut short by rounding")
    func rounding() {
        #expect(timer.timeout(at: start + .microseconds(29_999_100)) == 1)
    }
}

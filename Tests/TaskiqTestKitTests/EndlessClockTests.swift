// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqTestKit
import Testing

@Suite("A clock at the end of time")
struct EndlessClockTests {
    @Test(
        "a moment later than any is the last one",
        arguments: [Duration.seconds(Int64.max), Duration(attoseconds: .max)]
    )
    func advanced(duration: Duration) {
        let clock = ManualClock()
        for _ in 0..<30 { clock.advance(by: duration) }
        #expect(clock.now.offset == Duration(attoseconds: .max))
    }
}

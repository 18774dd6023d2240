// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import Testing

@testable import TaskiqZeroMQ

@Suite struct OverloadNoticeTests {
    @Test func `what happens is told at once, and then once a minute with counts`() throws {
        var notice = OverloadNotice()
        let nothing = notice.takeWarning(at: 0)
        #expect(nothing == nil)
        notice.queueIsFull(of: 10)
        let atOnce = notice.takeWarning(at: 1000)
        let first = try #require(atOnce)
        #expect(first.metadata["full"] == "1")
        #expect(first.metadata["refused"] == nil)
        notice.queueIsFull(of: 10)
        notice.queueIsFull(of: 12)
        notice.refused(byteCount: 900, frameCount: 9)
        notice.refused(byteCount: 300, frameCount: 30)
        let tooEarly = notice.takeWarning(at: 60_999)
        #expect(tooEarly == nil)
        let aMinuteLater = notice.takeWarning(at: 61_000)
        let second = try #require(aMinuteLater)
        #expect(second.metadata["full"] == "2")
        #expect(second.metadata["waiting"] == "12")
        #expect(second.metadata["refused"] == "2")
        #expect(second.metadata["largest.bytes"] == "900")
        #expect(second.metadata["largest.frames"] == "9")
        let nothingNew = notice.takeWarning(at: 200_000)
        #expect(nothingNew == nil)
    }
}

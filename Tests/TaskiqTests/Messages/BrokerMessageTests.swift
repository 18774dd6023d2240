// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TestSupport
import Testing

@testable import Taskiq

@Suite("Broker messages")
struct BrokerMessageTests {
    private func message(_ labels: Labels) -> BrokerMessage {
        BrokerMessage(taskID: "i", taskName: "n", message: [], labels: labels)
    }

    @Test("routing labels are read, whatever they hold")
    func routing() {
        #expect(message([]).queue == "default")
        #expect(message([.queue("mail")]).queue == "mail")
        #expect(message([.priority(99)]).priority == 9)
        #expect(message([.priority(-1)]).priority == 0)
        #expect(message([.label("priority", "3")]).priority == 3)
        #expect(message([.label("priority", "high")]).priority == 0)
    }

    @Test(
        "a delay that is no time is none",
        arguments: [
            (1.5, .milliseconds(1500)), (0, nil), (-1, nil), (.nan, nil), (.infinity, nil),
            (1e300, .milliseconds(Int64(9e15))),
        ] as [(Double, Duration?)]
    )
    func delay(seconds: Double, wanted: Duration?) {
        #expect(message([.label("delay", seconds)]).delay == wanted)
    }

    @Test("ids sort by time and are random beyond it")
    func identities() {
        var generator = SeededGenerator(seed: 1)
        let words = [0x0123_4567_89AB, 0x0123_4567_89AC].map { time in
            timeOrderedWords(milliseconds: time, using: &generator)
        }
        let (early, late) = (hexadecimal(words[0].high, words[0].low), hexadecimal(words[1].high, words[1].low))
        #expect(early.hasPrefix("0123456789ab7"))
        #expect(early < late)
        #expect(early.count == 32)
        #expect("89ab".contains(early[early.index(early.startIndex, offsetBy: 16)]))
        #expect(Set((0..<1000).map { _ in TaskID.generate() }).count == 1000)
    }
}

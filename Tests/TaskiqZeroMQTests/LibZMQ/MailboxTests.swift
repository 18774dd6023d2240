// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import TaskiqZeroMQ
import Testing

@Suite struct MailboxTests {
    @Test(arguments: [1, 7])
    func `nothing that several threads post is lost, doubled or out of order`(batch: Int) async throws {
        struct Parcel: Sendable {
            var sender: Int
            var number: Int
        }
        let senders = 4
        let each = 50_000
        let mailbox = Mailbox<Parcel>(wakeup: try Wakeup())
        let outcome = Mutex((next: [Int](repeating: 0, count: senders), disorder: 0))

        let reader = try SocketThread(name: "reader") {
            var next = [Int](repeating: 0, count: senders)
            var disorder = 0
            reading(mailbox) { parcel in
                if parcel.number != next[parcel.sender] { disorder += 1 }
                next[parcel.sender] = parcel.number + 1
                return next.reduce(0, +) < senders * each
            }
            outcome.withLock { [next] in $0 = (next, disorder) }
        }
        var threads: [SocketThread] = []
        for sender in 0..<senders {
            threads.append(
                try SocketThread(name: "sender \(sender)") {
                    for start in stride(from: 0, to: each, by: batch) {
                        let parcels = (start..<min(start + batch, each)).map { Parcel(sender: sender, number: $0) }
                        _ = batch == 1 ? mailbox.post(parcels[0]) : mailbox.post(contentsOf: parcels)
                    }
                }
            )
        }
        for thread in threads { await thread.join() }
        await reader.join()
        let (next, disorder) = outcome.withLock { $0 }
        #expect(next == [Int](repeating: each, count: senders))
        #expect(disorder == 0)
        #expect(mailbox.drain().isEmpty)
    }

    @Test func `a closed mailbox takes nothing, and gives what it had`() throws {
        let wakeup = try Wakeup()
        let mailbox = Mailbox<Int>(wakeup: wakeup)
        #expect(mailbox.post(1))
        #expect(mailbox.post(contentsOf: [2, 3]))
        #expect(!mailbox.isClosed)
        mailbox.close()
        #expect(mailbox.isClosed)
        #expect(!mailbox.post(4))
        #expect(!mailbox.post(contentsOf: [5]))
        #expect(mailbox.drain() == [1, 2, 3])
        #expect(mailbox.drain().isEmpty)
    }

    @Test func `closing wakes the reader, and posting nothing does not`() throws {
        let mailbox = Mailbox<Int>(wakeup: try Wakeup())
        var poller = Poller(wakeup: mailbox.wakeup)
        #expect(mailbox.post(contentsOf: []))
        #expect(try poller.wait(timeout: .zero) == false)
        mailbox.close()
        #expect(try poller.wait(timeout: patience) == true)
        #expect(poller.isSignalled == true)
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Synchronization
import TaskiqZeroMQ
import Testing

@Suite struct PollerTests {
    @Test func `only the socket with a message is readable`() throws {
        let context = try ZeroMQContext()
        let wakeup = try Wakeup()
        let first = try ZeroMQSocket(context: context, kind: .pull)
        try first.bind("inproc://first")
        let second = try ZeroMQSocket(context: context, kind: .pull)
        try second.bind("inproc://second")
        let push = try ZeroMQSocket(context: context, kind: .push)
        try push.connect("inproc://second")
        var poller = Poller(wakeup: wakeup)
        let entries = [try poller.watch(first), try poller.watch(second)]
        #expect(try poller.wait(timeout: .zero) == false)

        try deliver([[1]], by: push)
        #expect(try poller.wait(timeout: patience) == true)
        #expect(entries.map { poller.isReadable($0) } == [false, true])
        #expect(poller.isSignalled == false)

        wakeup.signal()
        #expect(try poller.wait(timeout: patience) == true)
        #expect(poller.isSignalled == true)
        #expect(entries.map { poller.isReadable($0) } == [false, true])

        _ = try nextFrames(of: second)
        #expect(try poller.wait(timeout: .zero) == false)
        #expect(entries.map { poller.isReadable($0) } == [false, false])
    }

    @Test func `a socket that is not wanted is not reported`() throws {
        let context = try ZeroMQContext()
        let pull = try ZeroMQSocket(context: context, kind: .pull)
        try pull.bind("inproc://line")
        let push = try ZeroMQSocket(context: context, kind: .push)
        try push.connect("inproc://line")
        try deliver([[1]], by: push)
        var poller = Poller()
        let entry = try poller.watch(pull, for: [])
        #expect(try poller.wait(timeout: .milliseconds(1)) == false)
        poller.setInterest(.readable, in: entry)
        #expect(try poller.wait(timeout: patience) == true)
        #expect(poller.isReadable(entry) == true)
    }

    @Test func `room to send is reported when it is wanted`() throws {
        let context = try ZeroMQContext()
        let push = try ZeroMQSocket(context: context, kind: .push)
        try push.bind("inproc://line")
        var poller = Poller()
        let entry = try poller.watch(push, for: .writable)
        #expect(try poller.wait(timeout: .zero) == false)
        let pull = try ZeroMQSocket(context: context, kind: .pull)
        try pull.connect("inproc://line")
        #expect(try poller.wait(timeout: patience) == true)
        #expect(poller.isWritable(entry) == true)
        #expect(poller.isReadable(entry) == false)
    }

    @Test func `a signal is given once, however often it was set`() throws {
        let wakeup = try Wakeup()
        var poller = Poller(wakeup: wakeup)
        for _ in 0..<1000 { wakeup.signal() }
        #expect(try poller.wait(timeout: patience) == true)
        #expect(poller.isSignalled == true)
        #expect(try poller.wait(timeout: .zero) == false)
        #expect(poller.isSignalled == false)
    }

    @Test func `a wake-up that comes late is not taken for the end of the time`() async throws {
        let ping = Mailbox<Void>(wakeup: try Wakeup())
        let pong = Mailbox<Void>(wakeup: try Wakeup())
        let answering = try SocketThread(name: "pong") {
            reading(ping) { pong.post(()) }
        }
        var poller = Poller(wakeup: pong.wakeup)
        for _ in 0..<100 {
            // A signal that was written while another wait had already reported it.
            #expect(pong.wakeup.beginSleep())
            pong.wakeup.signal()
            #expect(pong.wakeup.endSleep())
            #expect(ping.post(()))
            #expect(try poller.wait(timeout: patience) == true)
            #expect(poller.isSignalled == true)
        }
        pong.close()
        #expect(ping.post(()))
        await answering.join()
    }

    @Test func `a sleeping poller is woken each time`() async throws {
        let (ping, pong) = (Mailbox<Int>(wakeup: try Wakeup()), Mailbox<Int>(wakeup: try Wakeup()))
        let rounds = 20_000
        let last = Mutex(0)
        let answering = try SocketThread(name: "pong") {
            reading(ping) { value in pong.post(value) && value < rounds }
        }
        let asking = try SocketThread(name: "ping") {
            _ = ping.post(1)
            reading(pong) { value in
                last.withLock { $0 = value }
                return value < rounds && ping.post(value + 1)
            }
        }
        // A lost wake-up would leave both asleep.
        await asking.join()
        await answering.join()
        #expect(last.withLock { $0 } == rounds)
    }

    @Test func `a signal of the system does not end a wait`() async throws {
        var action = sigaction()
        // Without SA_RESTART, so that system calls are interrupted.
        #if canImport(Darwin)
        action.__sigaction_u.__sa_handler = { _ in }
        #else
        action.__sigaction_handler.sa_handler = { _ in }
        #endif
        sigaction(SIGUSR2, &action, nil)

        let awake = Mailbox<Void>(wakeup: try Wakeup())
        let end = Mailbox<Void>(wakeup: try Wakeup())
        let started = Mailbox<ThreadID>(wakeup: try Wakeup())
        let outcome = Mutex<Result<Bool, ZeroMQError>?>(nil)
        let thread = try SocketThread(name: "interrupted") {
            var mask = sigset_t()
            sigemptyset(&mask)
            sigaddset(&mask, SIGUSR2)
            pthread_sigmask(SIG_UNBLOCK, &mask, nil)
            _ = started.post(ThreadID(value: pthread_self()))
            let result: Result<Bool, ZeroMQError>
            do throws(ZeroMQError) {
                var poller = Poller(wakeup: awake.wakeup)
                result = .success(try poller.wait(timeout: patience))
            } catch {
                result = .failure(error)
            }
            outcome.withLock { $0 = result }
            // The thread stays, so that signals find it.
            reading(end) { false }
        }
        reading(started) { thread in
            for _ in 0..<1000 {
                pthread_kill(thread.value, SIGUSR2)
                sched_yield()
            }
            return false
        }
        #expect(outcome.withLock { $0 } == nil)
        #expect(awake.post(()))
        #expect(end.post(()))
        await thread.join()
        #expect(outcome.withLock { $0 } == .success(true))
    }
}

// A pointer on some systems, which is never followed.
private struct ThreadID: @unchecked Sendable {
    var value: pthread_t
}

/// Hands every element of a mailbox to a body, until it returns false or nothing has come for long.
func reading<Element>(_ mailbox: Mailbox<Element>, _ body: (Element) -> Bool) {
    var poller = Poller(wakeup: mailbox.wakeup)
    repeat {
        for element in mailbox.drain() {
            guard body(element) else { return }
        }
    } while (try? poller.wait(timeout: patience)) == true
}

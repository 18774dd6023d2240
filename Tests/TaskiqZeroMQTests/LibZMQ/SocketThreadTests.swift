// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Synchronization
import TaskiqZeroMQ
import Testing

@Suite struct SocketThreadTests {
    @Test func `it is a thread of its own, and may be waited for by many and late`() async throws {
        let gate = Mailbox<Void>(wakeup: try Wakeup())
        let done = Flag()
        let thread = try SocketThread(name: "worker") {
            reading(gate) { false }
            done.set()
        }
        await withTaskGroup { group in
            for _ in 0..<3 {
                group.addTask {
                    await thread.join()
                    return done.isSet
                }
            }
            _ = gate.post(())
            for await wasDone in group { #expect(wasDone) }
        }
        await thread.join()
    }

    @Test func `what the body held is gone when the thread has been waited for`() async throws {
        weak var observed: ZeroMQContext?
        func start() throws -> SocketThread {
            let context = try ZeroMQContext()
            observed = context
            return try SocketThread(name: "holder") { [context] in
                withExtendedLifetime(context) {}
            }
        }
        let thread = try start()
        await thread.join()
        #expect(observed == nil)
    }

    @Test func `a long name is cut between characters`() throws {
        #expect(try SocketThread(name: "taskiq-hub-éé-long") {}.name == "taskiq-hub-éé")
        #expect(try SocketThread(name: "fifteen-bytes-x") {}.name == "fifteen-bytes-x")
    }

    @Test func `signals to the process are left to others`() async throws {
        let blocked = Mutex<[Int32: Bool]>([:])
        let signals = [SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGSEGV, SIGABRT]
        let before = isBlockedHere(SIGTERM)
        let thread = try SocketThread(name: "masked") {
            for signal in signals { blocked.withLock { $0[signal] = isBlockedHere(signal) } }
        }
        #expect(isBlockedHere(SIGTERM) == before)
        await thread.join()
        let expected = [SIGTERM: true, SIGINT: true, SIGHUP: true, SIGUSR1: true, SIGSEGV: false, SIGABRT: false]
        #expect(blocked.withLock { $0 } == expected)
    }

    #if os(Linux)
    @Test func `the system shows its name`() async throws {
        let shown = Mutex("")
        let thread = try SocketThread(name: "taskiq-named") {
            let name = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
            shown.withLock { $0 = name ?? "" }
        }
        await thread.join()
        #expect(shown.withLock { $0 } == "taskiq-named\n")
    }
    #endif
}

private func isBlockedHere(_ signal: Int32) -> Bool {
    var mask = sigset_t()
    pthread_sigmask(SIG_BLOCK, nil, &mask)
    return sigismember(&mask, signal) == 1
}

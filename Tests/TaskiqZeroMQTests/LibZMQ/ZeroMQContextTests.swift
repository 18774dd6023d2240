// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqZeroMQ
import Testing

@Suite struct ZeroMQContextTests {
    @Test func `the library says what it is`() {
        #expect(ZeroMQContext.libraryVersion >= LibraryVersion(major: 4, minor: 2, patch: 0))
        #expect(ZeroMQContext.libraryVersion.description.split(separator: ".").count == 3)
        #expect(ZeroMQContext.has(.ipc))
    }

    @Test func `versions are ordered by number, not by text`() {
        #expect(LibraryVersion(major: 4, minor: 3, patch: 9) < LibraryVersion(major: 4, minor: 3, patch: 10))
        #expect(LibraryVersion(major: 4, minor: 10, patch: 0) > LibraryVersion(major: 4, minor: 9, patch: 9))
    }

    @Test func `a socket keeps its context alive, and nothing else does`() throws {
        weak var observed: ZeroMQContext?
        func open() throws -> ZeroMQSocket {
            let context = try ZeroMQContext()
            observed = context
            return try ZeroMQSocket(context: context, kind: .dealer)
        }
        let socket = try open()
        #expect(observed != nil)
        try socket.bind("inproc://alone")
        socket.close()
        #expect(observed == nil)
    }

    @Test func `a poller does not keep the context of a closed socket alive`() throws {
        weak var observed: ZeroMQContext?
        var poller = Poller()
        func watch() throws {
            let context = try ZeroMQContext()
            observed = context
            let socket = try ZeroMQSocket(context: context, kind: .dealer)
            _ = try poller.watch(socket)
        }
        try watch()
        #expect(observed == nil)
        let error = zeroMQError { _ = try poller.wait(timeout: .zero) }
        #expect(error?.code == .closed)
    }

    @Test func `a failed socket does not stay open`() throws {
        let context = try ZeroMQContext(options: ZeroMQContext.Options(ioThreads: 1, maxSockets: 2))
        let deadline = ContinuousClock.now + patience
        var refusals = 0
        while refusals < 10, ContinuousClock.now < deadline {
            // Only routers know the option.
            let error = zeroMQError { _ = try ZeroMQSocket(context: context, kind: .dealer, options: .hubFront) }
            // The place of a closed socket is free again a moment later.
            guard error?.code != .tooManySockets else { continue }
            #expect(error?.code == .invalidArgument)
            #expect(error?.description.contains("ROUTER_MANDATORY") == true)
            refusals += 1
        }
        #expect(refusals == 10)
    }

    @Test func `the number of sockets is limited`() throws {
        let context = try ZeroMQContext(options: ZeroMQContext.Options(ioThreads: 1, maxSockets: 1))
        let only = try ZeroMQSocket(context: context, kind: .push)
        let error = zeroMQError { _ = try ZeroMQSocket(context: context, kind: .push) }
        #expect(error?.code == .tooManySockets)
        only.close()
    }

    @Test func `options that libzmq refuses are refused`() {
        let error = zeroMQError { _ = try ZeroMQContext(options: ZeroMQContext.Options(ioThreads: -1)) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.operation == "set IO_THREADS to -1")
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqHub
import TaskiqHubProtocol
import Testing

@Suite("S7: a hub has so many sessions and no more")
struct SessionLimitTests {
    private var hub: HubBench

    init() throws {
        var configuration = HubConfiguration()
        #expect(configuration.maximumSessions == 4096)
        configuration.maximumSessions = 3
        hub = try HubBench(configuration: configuration)
    }

    @Test("who finds no room is told, people are told once a minute, and room that is made is given")
    mutating func limit() throws {
        var (first, second, worker) = (BenchClient(1), BenchClient(2), BenchWorker(1))
        try hub.join(&first)
        try hub.join(&second)
        #expect(try hub.join(&worker, credit: 1) != nil)
        for number in UInt8(3)..<30 {
            let client = BenchClient(number)
            let hello = ClientHello(identity: client.identity, application: "app")
            try hub.tell(.client(client.peer, Packet(.hello(hello))))
            #expect(hub.take(client) == [.error(message: "the hub has 3 sessions, its limit")])
            var late = BenchWorker(number)
            #expect(try hub.join(&late, credit: 1) == nil)
        }
        #expect(hub.notices.count { if case .peerProblem = $0 { true } else { false } } == 1)
        // Who is there comes back on a new connection; who left makes room.
        first.reconnect()
        try hub.join(&first)
        #expect(first.session > 0)
        worker.reconnect()
        #expect(try hub.join(&worker, credit: 1) != nil)
        try hub.say(.bye, by: second)
        var third = BenchClient(3)
        try hub.join(&third)
        #expect(third.session > 0)
    }
}

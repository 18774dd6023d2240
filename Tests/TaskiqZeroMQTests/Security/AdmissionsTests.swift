// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqHub
import TaskiqHubProtocol
import TaskiqZeroMQ
import Testing

@testable import TaskiqZeroMQHub

@Suite("S3 and S4: a message is its sender's, whatever it says")
struct AdmissionsTests {
    private let admissions = Admissions()
    // What the keys' numbers stand for.
    private let client = 0
    private let worker = 1
    private let both = 2
    private let admin = 3
    private let peer = PeerID([1])

    init() {
        let events = admissions.adopt([
            .init(role: .client, name: "c"), .init(role: .worker, name: "w"), .init(role: .both, name: "b"),
            .init(role: .admin, name: "a"),
        ])
        #expect(events.isEmpty)
    }

    private func front(_ command: ClientCommand, _ user: Int?, _ peer: PeerID? = nil) -> Admissions.Verdict {
        admissions.verdict(on: Packet(command, session: 1, epoch: 1), from: peer ?? self.peer, user: user, at: 0)
    }

    private func back(_ command: WorkerCommand, _ user: Int?, _ peer: PeerID? = nil) -> Admissions.Verdict {
        admissions.verdict(on: Packet(command, session: 1, epoch: 1), from: peer ?? self.peer, user: user, at: 0)
    }

    private func hello(_ identity: PeerIdentity = .generate()) -> ClientCommand {
        .hello(ClientHello(identity: identity, application: "app"))
    }

    private func workerHello(_ identity: PeerIdentity = .generate()) -> WorkerCommand {
        .hello(
            WorkerHello(
                identity: identity,
                application: "app",
                host: "h",
                processID: 1,
                queues: ["default"],
                concurrency: 1,
                catalogueHash: "x"
            )
        )
    }

    private let submit = ClientCommand.submit(
        Submission(key: .generate(), queue: "q", taskName: "t", taskID: "i", body: [])
    )

    @Test("nobody is let in without a number, or with one that means nothing")
    func strangers() {
        for user in [nil, -1, 4, Int.max] {
            #expect(front(hello(), user) == .drop)
            #expect(back(workerHello(), user) == .drop)
            #expect(!admissions.mayUse(.front, user))
        }
    }

    @Test("each role may do its own")
    func roles() {
        #expect(back(workerHello(), client) == .drop)
        #expect(front(hello(), client) == .pass)
        #expect(front(submit, client) == .pass)
        let other = PeerID([2])
        #expect(front(hello(), worker, other) == .pass)
        #expect(front(.heartbeat, worker, other) == .pass)
        guard case .answer(.refused(let refusal)) = front(submit, worker, other) else {
            Issue.record("a worker's key must not send")
            return
        }
        #expect(refusal.retryAfter == 0)
        guard case .answer(.error) = front(.resultWait(taskIDs: ["i"]), worker, other) else {
            Issue.record("a worker's key must not ask for results")
            return
        }
    }

    @Test("only an administrator's key administers, and the answer says so", arguments: HubOperation.allCases)
    func operations(operation: HubOperation) {
        let call = ClientCommand.call(OperationCall(operation: operation.rawValue, parameters: []))
        for user in [client, worker, both, admin] { #expect(front(hello(), user, PeerID([UInt8(user)])) == .pass) }
        #expect(front(call, admin, PeerID([3])) == .pass)
        let isForClients = ["tasks.list", "tasks.show", "tasks.cancel", "results.list", "hub.status"]
            .contains(operation.rawValue)
        for (user, role) in [(client, "client"), (worker, "worker"), (both, "both")] {
            let verdict = front(call, user, PeerID([UInt8(user)]))
            if isForClients, user != worker {
                #expect(verdict == .pass)
                continue
            }
            guard case .answer(.called(let reply)) = verdict else {
                Issue.record("\(role) may do \(operation.rawValue)")
                continue
            }
            #expect(reply.status == .forbidden)
            #expect(reply.message.contains("has the role \(role)"))
            #expect(reply.message.contains("needs the role \(isForClients ? "client" : "admin")"))
        }
    }

    @Test("an administrator's key sends as a client's does, and takes no tasks")
    func administrators() {
        #expect(back(workerHello(), admin) == .drop)
        #expect(front(hello(), admin) == .pass)
        #expect(front(submit, admin) == .pass)
        #expect(front(.resultWait(taskIDs: ["i"]), admin) == .pass)
    }

    @Test("who has not greeted from there greets first")
    func greeting() {
        #expect(front(submit, client) == .resync)
        #expect(back(.credit(1), worker) == .resync)
        #expect(front(hello(), client) == .pass)
        #expect(front(.bye, client) == .pass)
        #expect(front(submit, client) == .resync)
    }

    @Test("the name of somebody else's connection gives nothing")
    func connections() {
        #expect(front(hello(), client) == .pass)
        #expect(front(submit, both) == .resync)
        #expect(front(hello(), both) == .drop)
        #expect(back(.credit(1), both) == .resync)
        #expect(front(submit, client) == .pass)
    }

    @Test("the identity of somebody else gives nothing, while they are there")
    func identities() {
        let identity = PeerIdentity.generate()
        #expect(back(workerHello(identity), worker) == .pass)
        #expect(back(workerHello(identity), both, PeerID([2])) == .drop)
        // The same program, on a new connection.
        #expect(back(workerHello(identity), worker, PeerID([3])) == .pass)
        admissions.forget(peer)
        #expect(back(workerHello(identity), both, PeerID([2])) == .drop)
        admissions.forget(PeerID([3]))
        #expect(back(workerHello(identity), both, PeerID([2])) == .pass)
    }

    @Test("when a key goes, its sessions end, and nobody else's")
    func revocation() {
        #expect(front(hello(), client) == .pass)
        #expect(back(workerHello(), worker, PeerID([2])) == .pass)
        let events = admissions.adopt([
            nil, .init(role: .worker, name: "w"), .init(role: .both, name: "b"),
        ])
        #expect(events.count == 1)
        guard case .unreachable(peer, .front)? = events.first else {
            Issue.record("the client's session goes on: \(events)")
            return
        }
        #expect(front(submit, client) == .drop)
        #expect(back(.credit(1), worker, PeerID([2])) == .pass)
    }

    @Test("a worker's key that becomes a client's leaves the back")
    func demotion() {
        #expect(back(workerHello(), both) == .pass)
        let events = admissions.adopt([nil, nil, .init(role: .client, name: "b")])
        #expect(events.count == 1)
        #expect(back(.credit(1), both) == .drop)
        #expect(front(hello(), both, PeerID([2])) == .pass)
    }

    @Test("connections that went without a word are forgotten")
    func sweeping() {
        #expect(front(hello(), client) == .pass)
        let later: Int64 = 500_000
        let verdict = admissions.verdict(on: Packet(hello()), from: PeerID([2]), user: client, at: later)
        #expect(verdict == .pass)
        #expect(front(submit, client) == .resync)
    }
}

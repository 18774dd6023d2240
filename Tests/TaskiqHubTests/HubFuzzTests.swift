// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import HubSimulation
import Taskiq
import TaskiqHub
import TaskiqHubProtocol
import TestSupport
import Testing

/// Frames for each of these tests; TASKIQ_FUZZ_INPUTS asks for more.
private let inputs = ProcessInfo.processInfo.environment["TASKIQ_FUZZ_INPUTS"].flatMap { Int($0) } ?? 24_000

/// A whole hub among peers that say anything.
struct HubFuzzTests {
    @Test("peers that say anything harm nobody, and leave nothing behind", arguments: UInt64(0)..<4)
    func strangers(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var hub = try HubBench()
        var honest = try HonestPeers(&hub)
        var strangers = (0..<6).map { Stranger($0, &random) }
        var understood = 0
        for number in 0..<inputs / 4 {
            let place = Int(random.number(0...Int64(strangers.count - 1)))
            let said = strangers[place].say(sparing: honest.sequences, &random)
            if case .malformed = said {} else { understood += 1 }
            try hub.tell(said)
            strangers[place].hear(&hub)
            if random.chance(10) { try hub.commit() }
            if random.chance(2) {
                let lease = LeaseKey(sequence: random.number(0...200), attempt: Int32(random.number(0...3)))
                try hub.tell(.undelivered(lease, strangers[place].peer))
            }
            if random.chance(2) { try hub.tell(.unreachable(strangers[place].peer, strangers[place].side)) }
            if random.chance(1) {
                // The same address is never seen again, the identity may be.
                strangers[place].reconnect()
            }
            if number % 100 == 0 {
                try hub.settle()
                try hub.wait(500)
                try honest.work(&hub)
                #expect(hub.core.brokenInvariant() == nil, "after \(number) frames of seed \(seed)")
            }
        }
        // Otherwise nothing was tested.
        #expect(understood > inputs / 20)
        for stranger in strangers { try hub.tell(.unreachable(stranger.peer, stranger.side)) }
        for _ in 0..<10 {
            try hub.wait(8000)
            try honest.work(&hub)
        }
        #expect(hub.core.brokenInvariant() == nil)
        #expect(hub.core.peerCount == HonestPeers.count, "strangers are remembered that have gone")
    }
}

/// A client and a worker that do as they should, in a queue of their own.
private struct HonestPeers {
    static let count = 2

    private var client = BenchClient(1)
    private var worker = BenchWorker(1, tasks: ["honest"], queues: ["honest"])
    private var number: UInt8 = 0
    /// The numbers of the messages that they have to do with.
    private(set) var sequences: Set<Int64> = []

    init(_ hub: inout HubBench) throws {
        try hub.join(&client)
        try hub.join(&worker, credit: 2)
    }

    /// One task from its submission to its result.
    mutating func work(_ hub: inout HubBench) throws {
        number &+= 1
        var task = submission(number, "honest-\(number)", task: "honest", queue: "honest")
        // A key that is used again with another body would be refused.
        task.key = PeerIdentity((0..<16).map { _ in UInt8.random(in: 0...255) }) ?? task.key
        try hub.say(.heartbeat, by: client)
        try hub.say(.heartbeat, by: worker)
        try hub.say(.submit(task), by: client)
        try hub.settle()
        let delivery = try #require(hub.takeDeliveries(worker).first, "the honest worker was given nothing")
        #expect(delivery.body == task.body)
        sequences.insert(delivery.lease.sequence)
        try hub.say(.started([delivery.lease]), by: worker)
        try hub.end(delivery, .ok, "fine", by: worker)
        try hub.say(.resultWait(taskIDs: [task.taskID]), by: client)
        try hub.settle()
        let results = hub.take(client).compactMap { reply in
            if case .result(_, .ready, let body) = reply { body } else { nil }
        }
        #expect(results.contains(Array("fine".utf8)))
        _ = hub.take(worker)
    }
}

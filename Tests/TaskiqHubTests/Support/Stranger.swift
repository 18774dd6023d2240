// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import HubSimulation
import Taskiq
import TaskiqHub
import TaskiqHubProtocol
import TestSupport

/// A peer that says anything: commands with fields by chance in sessions that are its own or not, and frames whose bytes
/// were changed on the way.
struct Stranger {
    let side: HubSide
    private(set) var peer: PeerID
    private let number: Int
    private var connections = 0
    private var identity: PeerIdentity
    private var session: UInt64 = 0
    private var epoch: UInt64 = 0

    init(_ number: Int, _ random: inout SeededGenerator) {
        self.number = number
        side = number % 2 == 0 ? .front : .back
        peer = PeerID([50, UInt8(truncatingIfNeeded: number)])
        identity = random.identity()
    }

    mutating func reconnect() {
        connections += 1
        peer = PeerID([50, UInt8(truncatingIfNeeded: number)] + Array("\(connections)".utf8))
    }

    /// Learns the session that the hub gave it.
    mutating func hear(_ hub: inout HubBench) {
        switch side {
        case .front:
            for packet in hub.takePackets(from: peer) {
                guard case .welcome = packet.content else { continue }
                (session, epoch) = (packet.session, packet.epoch)
            }
        case .back:
            for packet in hub.takeWorkerPackets(from: peer) {
                guard case .welcome = packet.content else { continue }
                (session, epoch) = (packet.session, packet.epoch)
            }
        }
    }

    /// What the hub hears of it next, as its sockets would read it.
    ///
    /// - Parameters:
    ///   - sequences: messages whose runs are not its own; it reports no success of them. Workers trust each other: a
    ///     success counts whoever reports it.
    ///   - random: chance.
    /// - Returns: the event.
    mutating func say(sparing sequences: Set<Int64>, _ random: inout SeededGenerator) -> HubEvent {
        let session = random.chance(80) ? session : UInt64(random.number(0...20))
        let epoch = random.chance(90) ? epoch : UInt64(random.number(0...3))
        let correlation = UInt64(random.number(0...9))
        switch side {
        case .front:
            let command = clientCommand(&random)
            let packet = Packet(command, correlation: correlation, session: session, epoch: epoch)
            return read(changed(packet.frames(), &random), sparing: sequences)
        case .back:
            let command = workerCommand(&random)
            let packet = Packet(command, correlation: correlation, session: session, epoch: epoch)
            return read(changed(packet.frames(), &random), sparing: sequences)
        }
    }

    private func read(_ frames: [[UInt8]], sparing sequences: Set<Int64>) -> HubEvent {
        do throws(ProtocolError) {
            switch side {
            case .front: return .client(peer, try Packet<ClientCommand>(frames: frames))
            case .back:
                let packet = try Packet<WorkerCommand>(frames: frames)
                if case .complete(let completion) = packet.content, completion.outcome == .ok,
                    sequences.contains(completion.lease.sequence)
                {
                    return .tick
                }
                return .worker(peer, packet)
            }
        } catch {
            return .unread(error, from: peer, side)
        }
    }

    // MARK: By chance

    private mutating func clientCommand(_ random: inout SeededGenerator) -> ClientCommand {
        switch random.number(0...9) {
        case 0, 1:
            if random.chance(30) { identity = random.identity() }
            var hello = ClientHello(identity: identity, application: name(&random))
            if random.chance(20) { hello.protocolMinimum = UInt16(random.number(0...3)) }
            if random.chance(20) { hello.protocolMaximum = UInt16(random.number(0...3)) }
            return .hello(hello)
        case 2, 3, 4:
            var submission = Submission(
                key: random.chance(30) ? numbered(UInt8(random.number(0...5))) : random.identity(),
                queue: name(&random),
                taskName: name(&random),
                taskID: "evil-\(random.number(0...30))",
                body: bytes(&random)
            )
            submission.priority = UInt8(random.number(0...9))
            submission.delay = random.chance(20) ? anyNumber(&random) : 0
            return .submit(submission)
        case 5: return .resultWait(taskIDs: taskIDs(&random))
        case 6: return .resultCancel(taskIDs: taskIDs(&random))
        case 7: return .standing(taskID: "evil-\(random.number(0...30))")
        case 8: return .resultDrop(taskIDs: taskIDs(&random))
        default: return random.chance(20) ? .bye : .heartbeat
        }
    }

    private mutating func workerCommand(_ random: inout SeededGenerator) -> WorkerCommand {
        switch random.number(0...12) {
        case 0, 1:
            if random.chance(30) { identity = random.identity() }
            var hello = WorkerHello(
                identity: identity,
                application: name(&random),
                host: name(&random),
                processID: anyNumber(&random),
                queues: (0..<random.number(0...4)).map { _ in name(&random) },
                concurrency: Int(anyNumber(&random)),
                catalogueHash: name(&random)
            )
            hello.inFlight = leases(&random)
            hello.started = leases(&random)
            hello.unconfirmed = leases(&random)
            return .hello(hello)
        case 2:
            let tasks = (0..<random.number(0...5)).map { _ in
                TaskDescription(name: TaskName(rawValue: name(&random)), labels: [])
            }
            let catalogue = TaskCatalogue(application: name(&random), tasks: tasks)
            let isTrue = random.chance(70)
            return .catalogue(
                random.chance(80) ? catalogue.json() : bytes(&random),
                hash: isTrue ? catalogue.hash : name(&random)
            )
        case 3: return .credit(Int(anyNumber(&random)))
        case 4: return .started(leases(&random))
        case 5: return .acknowledge(lease(&random))
        case 6, 7, 8:
            let outcomes: [Completion.Outcome] = [.ok, .error, .noResult, .requeue, .reject, .release]
            var completion = Completion(
                lease: lease(&random),
                outcome: outcomes.randomElement(using: &random) ?? .ok,
                body: bytes(&random)
            )
            completion.delay = random.chance(30) ? anyNumber(&random) : 0
            completion.executionTime = anyNumber(&random)
            completion.isUnacknowledged = random.chance(30)
            return .complete(completion)
        case 9:
            return .progress(
                taskID: "evil-\(random.number(0...30))",
                ProgressReport(state: name(&random), meta: bytes(&random))
            )
        default: return random.chance(10) ? .bye : .heartbeat
        }
    }

    private func name(_ random: inout SeededGenerator) -> String {
        random.chance(5) ? String(repeating: "x", count: 255) : "evil-\(random.number(0...9))"
    }

    private func bytes(_ random: inout SeededGenerator) -> [UInt8] {
        (0..<random.number(0...random.number(0...200))).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    private func taskIDs(_ random: inout SeededGenerator) -> [String] {
        (0..<random.number(0...5)).map { _ in "evil-\(random.number(0...30))" }
    }

    private func leases(_ random: inout SeededGenerator) -> [LeaseKey] {
        (0..<random.number(0...5)).map { _ in lease(&random) }
    }

    private func lease(_ random: inout SeededGenerator) -> LeaseKey {
        let sequence = random.chance(90) ? random.number(0...200) : anyNumber(&random)
        return LeaseKey(sequence: sequence, attempt: Int32(truncatingIfNeeded: random.number(-1...4)))
    }

    private func anyNumber(_ random: inout SeededGenerator) -> Int64 {
        switch random.number(0...5) {
        case 0: random.chance(50) ? .max : .min
        case 1: random.number(.min ... .max)
        case 2: random.number(-2...2)
        default: random.number(0...1000)
        }
    }

    /// The frames with some of their bytes changed, now and then.
    private func changed(_ frames: [[UInt8]], _ random: inout SeededGenerator) -> [[UInt8]] {
        guard random.chance(30) else { return frames }
        var frames = frames
        for _ in 0..<random.number(1...3) {
            let place = Int(random.number(0...Int64(frames.count - 1)))
            guard !frames[place].isEmpty else { continue }
            let index = Int(random.number(0...Int64(frames[place].count - 1)))
            switch random.number(0...4) {
            case 0: frames[place][index] = UInt8.random(in: 0...255, using: &random)
            case 1: frames[place][index] ^= 1 << UInt8(random.number(0...7))
            case 2: frames[place].remove(at: index)
            case 3: frames[place].removeLast(frames[place].count - index)
            default: frames.append([])
            }
        }
        return frames
    }
}

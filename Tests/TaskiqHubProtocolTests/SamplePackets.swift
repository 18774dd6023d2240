// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron
import TaskiqHubProtocol

/// Packets of every kind, plain ones and ones with everything at its edge.
enum SamplePackets {
    static let identity = PeerIdentity(Array(1...16)) ?? .generate()
    static let leases = [
        LeaseKey(sequence: 1, attempt: 1), LeaseKey(sequence: .max, attempt: .max),
        LeaseKey(sequence: .min, attempt: .min),
    ]
    static let longestName = String(repeating: "é", count: 127) + "x"

    static let clientCommands: [ClientCommand] = {
        var old = ClientHello(identity: identity, application: longestName)
        old.protocolMinimum = 0
        old.protocolMaximum = .max
        let plain = Submission(key: identity, queue: "q", taskName: "t", taskID: "i", body: [])
        var full = Submission(
            key: identity,
            queue: longestName,
            taskName: "über.alles",
            taskID: "日本",
            body: Array(0...255)
        )
        full.priority = 9
        full.delay = .max
        full.scheduleID = "nightly"
        full.scheduledAt = .earliest
        full.expires = 1
        full.uniqueKey = longestName
        full.isFenced = true
        full.wantsResult = true
        return [
            .hello(ClientHello(identity: identity, application: "app")), .hello(old), .submit(plain), .submit(full),
            .answered(below: .max), .received(bytes: .max), .standing(taskID: "i"),
            .resultDrop(taskIDs: ["a", longestName]),
            .resultWait(taskIDs: []),
            .resultWait(taskIDs: ["a", longestName, "c"]), .resultCancel(taskIDs: ["a"]),
            .call(OperationCall(operation: "queues.list")),
            .call(OperationCall(operation: longestName, parameters: Array("{}".utf8))),
            .heartbeat, .bye,
        ]
    }()

    static let clientReplies: [ClientReply] = [
        .welcome(ClientWelcome(maximumBody: 0, workersEndpoint: "")),
        .welcome(ClientWelcome(maximumBody: .max, workersEndpoint: "5556")),
        .reject(message: ""), .reject(message: "no\nway"),
        .submitted([]),
        .submitted([
            SubmitReceipt(correlation: .max, sequence: .max, isDuplicate: false),
            SubmitReceipt(correlation: 0, sequence: .min, isDuplicate: true),
        ]),
        .refused(SubmitRefusal(code: .full, message: "full", retryAfter: 1000)),
        .refused(SubmitRefusal(code: .draining, message: "", retryAfter: 1)),
        .refused(SubmitRefusal(code: .tooLarge, message: "x")), .refused(SubmitRefusal(code: .bad, message: "x")),
        .refused(SubmitRefusal(code: .keyReuse, message: "x")),
        .result(taskID: "i", status: .ready, body: [1, 2, 3]), .result(taskID: "i", status: .pending, body: []),
        .result(taskID: "i", status: .unknown, body: []),
        .standing(TaskStanding(taskID: "i", status: .pending)),
        .standing(TaskStanding(taskID: "i", status: .ready, progress: ProgressReport(state: "half", meta: [1]))),
        .called(OperationReply(body: [])), .called(OperationReply(body: [1, 2])),
        .called(OperationReply(.conflict, "no")), .called(OperationReply(.init(rawValue: 255), "")),
        .event([], dropped: 0), .event([1], dropped: .max),
        .heartbeat, .resync, .error(message: "what?"), .byeOK,
    ]

    static let workerCommands: [WorkerCommand] = {
        let hello = WorkerHello(
            identity: identity,
            application: "app",
            host: "host",
            processID: .min,
            queues: [],
            concurrency: 1,
            catalogueHash: "h"
        )
        var full = hello
        full.queues = ["default", longestName]
        full.concurrency = .max
        full.processID = .max
        full.inFlight = leases
        full.started = [leases[1]]
        full.unconfirmed = leases.reversed()
        var requeue = Completion(lease: leases[0], outcome: .requeue, body: [0])
        requeue.delay = .max
        requeue.executionTime = .max
        requeue.reason = "why not"
        var late = Completion(lease: leases[0], outcome: .ok, body: [0])
        late.isUnacknowledged = true
        let outcomes: [Completion.Outcome] = [.ok, .error, .noResult, .requeue, .reject, .release]
        return [
            .hello(hello), .hello(full), .catalogue([], hash: "h"), .catalogue([1, 2], hash: longestName),
            .progress(taskID: "i", ProgressReport(state: "")),
            .progress(taskID: longestName, ProgressReport(state: "é", meta: Array(repeating: 7, count: 16_382))),
            .credit(0), .credit(.max), .started([]),
            .started(leases), .acknowledge(leases[1]), .complete(requeue), .complete(late), .pong,
            .holding(oldest: nil), .holding(oldest: leases[0]), .heartbeat, .bye,
        ] + outcomes.map { .complete(Completion(lease: leases[1], outcome: $0, body: [7])) }
    }()

    static let workerReplies: [WorkerReply] = {
        let verdicts = [LeaseVerdict.Verdict.keep, .stale, .recorded, .already].map { verdict in
            LeaseVerdict(lease: leases[1], verdict: verdict)
        }
        return [
            .welcome(WorkerWelcome(verdicts: [], wantsCatalogue: false)),
            .welcome(WorkerWelcome(verdicts: verdicts, wantsCatalogue: true)),
            .reject(message: "no"),
            .task(TaskDelivery(lease: leases[0], queue: "q", enqueuedAt: .latest, isRedelivered: true, body: [1])),
            .task(TaskDelivery(lease: leases[2], queue: "q", enqueuedAt: .epoch, isRedelivered: false, body: [])),
            .acknowledged(verdicts[2]), .completed([]), .completed(verdicts),
            .cancel(leases[1], reason: ""), .cancel(leases[2], reason: "enough"), .drain, .ping,
            .heartbeat, .resync, .error(message: "what?"), .byeOK,
        ]
    }()

    /// The frames of every sample.
    static let frames: [[[UInt8]]] =
        clientCommands.map { Packet($0, correlation: 7, session: 8, epoch: 9).frames() }
        + clientReplies.map { Packet($0, correlation: 7, session: 8, epoch: 9).frames() }
        + workerCommands.map { Packet($0, correlation: 7, session: 8, epoch: 9).frames() }
        + workerReplies.map { Packet($0, correlation: 7, session: 8, epoch: 9).frames() }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Taskiq

/// A call of a task that is a type.
private struct SendMail: TaskContract {
    static let taskName: TaskName = "shop.tasks:send_mail"
    static let labels: Labels = [.queue("mail")]

    var user: Int
    var address: String
    var subject: String
    var urgent: Bool
}

/// The same message for Foundation's coders.
private struct FoundationMessage: Codable {
    enum CodingKeys: String, CodingKey {
        case taskID = "task_id"
        case taskName = "task_name"
        case labels
        case labelTypes = "labels_types"
        case args, kwargs
    }

    var taskID: String
    var taskName: String
    var labels: [String: String]
    var labelTypes: [String: Int]
    var args: [Int]
    var kwargs: SendMail
}

/// The whole way of a message: typed arguments to bytes, and bytes to typed arguments.
enum WireBenchmark {
    static func run(_ peers: [PeerFigure]) throws -> Bool {
        let id = TaskID(rawValue: "0123456789abcdef0123456789abcdef")
        let mail = SendMail(user: 42, address: "user@example.org", subject: "Welcome aboard", urgent: true)
        let broker = Broker.inMemory()
        let closure = broker.task("shop.tasks:send_mail", labels: [.queue("mail")]) {
            (user: Int, address: String, subject: String, urgent: Bool) in
        }
        let formatter = JSONFormatter()
        let foundation = FoundationMessage(
            taskID: id.rawValue,
            taskName: SendMail.taskName.rawValue,
            labels: ["queue_name": "mail"],
            labelTypes: ["queue_name": 3],
            args: [],
            kwargs: mail
        )
        let encoder = JSONEncoder()
        let decoder = JSONDecoder()
        let typeBytes = try formatter.dumps(TaskiqMessage(mail, taskID: id)).message
        let closureBytes = try formatter.dumps(
            closure.message(mail.user, mail.address, mail.subject, mail.urgent, taskID: id)
        ).message
        let foundationBytes = try encoder.encode(foundation)

        // The whole way in both forms, and its halves beside it.
        let found = try Measurement.measure(
            rounds: 15,
            iterations: 20_000,
            [
                (
                    "taskiq, closure: encode + decode",
                    {
                        let message = try closure.message(
                            mail.user,
                            mail.address,
                            mail.subject,
                            mail.urgent,
                            taskID: id
                        )
                        let bytes = try formatter.dumps(message).message
                        let (user, _, _, _) = try formatter.loads(bytes).arguments(
                            Int.self,
                            String.self,
                            String.self,
                            Bool.self
                        )
                        return user
                    }
                ),
                (
                    "    encode",
                    {
                        let message = try closure.message(
                            mail.user,
                            mail.address,
                            mail.subject,
                            mail.urgent,
                            taskID: id
                        )
                        return try formatter.dumps(message).message.count
                    }
                ),
                (
                    "    decode",
                    {
                        let (user, _, _, _) = try formatter.loads(closureBytes).arguments(
                            Int.self,
                            String.self,
                            String.self,
                            Bool.self
                        )
                        return user
                    }
                ),
                (
                    "taskiq, type: encode + decode",
                    {
                        let bytes = try formatter.dumps(TaskiqMessage(mail, taskID: id)).message
                        return try formatter.loads(bytes).task(SendMail.self).user
                    }
                ),
                ("    encode", { try formatter.dumps(TaskiqMessage(mail, taskID: id)).message.count }),
                ("    decode", { try formatter.loads(typeBytes).task(SendMail.self).user }),
            ]
        )
        let slow = try Measurement.measure(
            rounds: 15,
            iterations: 3_000,
            [
                (
                    "Foundation, type: encode + decode",
                    {
                        let bytes = try encoder.encode(foundation)
                        return try decoder.decode(FoundationMessage.self, from: bytes).kwargs.user
                    }
                ),
                ("    decode", { try decoder.decode(FoundationMessage.self, from: foundationBytes).kwargs.user }),
            ]
        )

        print("one message of \(typeBytes.count) bytes (closure: \(closureBytes.count))")
        print("CPU time: median [fastest - slowest]\n")
        let all = found + slow + peers.map(\.measurement)
        for measurement in all { print(measurement.line) }
        print("")
        var holds = true
        let reference = slow[0].median
        // Each form beside the same message: a closure's arguments go by position, a type's by keyword.
        for (ours, form) in [(found[0], "positions"), (found[3], "keywords")] {
            holds = check("\(ours.name) / Foundation", ours.median / reference, atMost: 0.2) && holds
            guard let orjson = peers.first(where: { $0.name.hasPrefix("orjson, \(form)") })?.measurement.median else {
                print("no figures of orjson: run scripts/bench")
                return false
            }
            holds = check("\(ours.name) / orjson", ours.median / orjson, atMost: 1) && holds
            // What a Python program does for the same: dataclasses beside the dictionaries. It decides nothing.
            if let typed = peers.first(where: { $0.name.hasPrefix("orjson, typed \(form)") })?.measurement.median {
                print("      \(ours.name) / orjson and dataclasses: \(String(format: "%.3f", ours.median / typed))")
            }
        }
        return holds
    }

    private static func check(_ name: String, _ ratio: Double, atMost limit: Double) -> Bool {
        let verdict = ratio <= limit ? "PASS" : "FAIL"
        print("\(verdict)  \(name): \(String(format: "%.3f", ratio)), at most \(limit)")
        return ratio <= limit
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

/// What became of a task that was sent and delivered until it was not put back any more.
struct Redeliveries {
    /// The message as it was sent, and as it was put back each time, as JSON.
    var wire: [String] = []
    /// The delays it was put back with.
    var delays: [Duration] = []
    /// The result in the end.
    var result: StoredResult?
}

extension Broker {
    /// Sends a task through a recording transport, and delivers it as often as it is put back.
    func runToTheEnd(_ name: TaskName, args: [JSONValue] = [], labels: Labels = []) async throws -> Redeliveries {
        let transport = try #require(self.transport as? RecordingTransport)
        try await kiq(named: name, args: args, labels: labels, taskID: "tid")
        var bytes = try #require(transport.messages.last).message
        var seen = Redeliveries()
        while seen.wire.count < 20 {
            seen.wire.append(Golden.compacted(String(decoding: bytes, as: UTF8.self)))
            let receipt = await receive(bytes)
            try #require(receipt.settlements.count == 1)
            guard case .requeued(let message, let delay) = receipt.settlements[0] else {
                seen.result = receipt.settlements[0].result
                return seen
            }
            bytes = message.message
            seen.delays.append(delay)
        }
        Issue.record("the task was put back \(seen.wire.count) times")
        return seen
    }
}

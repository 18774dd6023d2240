// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqHubProtocol
import Testing

@testable import TaskiqHub

extension HubBench {
    /// Has the hub do something, and its disk too.
    mutating func call(
        _ operation: HubOperation,
        by client: BenchClient,
        _ say: (inout OperationParameters) -> Void = { _ in }
    ) throws -> OperationReply {
        try begin(operation, by: client, say)
        try settle()
        return try #require(takeAnswers(client).last, "\(operation.rawValue) was not answered")
    }

    /// Asks the hub to do something.
    mutating func begin(
        _ operation: HubOperation,
        by client: BenchClient,
        _ say: (inout OperationParameters) -> Void = { _ in }
    ) throws {
        var parameters = OperationParameters()
        say(&parameters)
        let json = Array(try JSONFragment(encoding: parameters).bytes)
        try self.say(.call(OperationCall(operation: operation.rawValue, parameters: json)), by: client, correlation: 77)
    }

    /// The answers to operations since the last look; everything else that the client was told is forgotten.
    mutating func takeAnswers(_ client: BenchClient) -> [OperationReply] {
        takePackets(client).compactMap { packet in
            guard case .called(let reply) = packet.content else { return nil }
            #expect(packet.correlation == 77)
            return reply
        }
    }

    /// The events that the client was told of since the last look.
    mutating func takeEvents(_ client: BenchClient) throws -> [EventReport] {
        try take(client).compactMap { reply in
            guard case .event(let body, _) = reply else { return nil }
            return try JSONFragment(parsing: body).decode(EventReport.self)
        }
    }
}

extension OperationReply {
    /// The answer, which must be one.
    func read<Answer: Decodable>(_ type: Answer.Type = Answer.self) throws -> Answer {
        #expect(status == .ok, "\(message)")
        return try JSONFragment(parsing: body).decode(type)
    }

    var outcome: OperationOutcome? {
        try? JSONFragment(parsing: body).decode(OperationOutcome.self)
    }
}

/// The error in a result that a client was told.
func failure(_ replies: [ClientReply]) -> TaskFailure? {
    for case .result(_, .ready, let body) in replies { return (try? StoredResult(json: body))?.error }
    return nil
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Taskiq

/// A Python process that reads and writes messages and results with taskiq's own code.
///
/// One for all tests, since it takes a second to start; it ends with the tests, when its input is closed.
actor Exchange {
    static let shared = Exchange()

    private var process: PeerProcess?
    private var last: Task<String, any Error>?

    /// Asks for one thing, when those who asked before have their answers.
    ///
    /// - Throws: what Python raised.
    func ask(_ operation: String, _ fields: [JSONValue.Member]) async throws -> JSONValue {
        let request = JSONValue.object([.init("operation", .string(operation))] + fields)
        let process = try running()
        let before = last
        let turn = Task {
            _ = await before?.result
            try process.send(request.fragment.text)
            return try await process.line(beginningWith: "{")
        }
        last = turn
        let answer = try JSONFragment(parsing: "{" + (try await turn.value)).decode(JSONValue.self)
        if case .string(let problem)? = answer["problem"] {
            throw PeerFailure(description: "\(operation) \(fields): \(problem)")
        }
        return answer
    }

    private func running() throws -> PeerProcess {
        if let process { return process }
        let process = try Peers.start("exchange.py")
        self.process = process
        return process
    }
}

extension JSONValue {
    /// The text of a member.
    func text(_ key: String) throws -> String {
        guard case .string(let text)? = self[key] else { throw PeerFailure(description: "no \(key) in \(self)") }
        return text
    }

    /// The bytes of a member, which travel in Base64.
    func data(_ key: String = "data") throws -> [UInt8] {
        guard let data = Data(base64Encoded: try text(key)) else {
            throw PeerFailure(description: "no Base64: \(self)")
        }
        return Array(data)
    }
}

extension JSONValue.Member {
    static func data(_ bytes: [UInt8]) -> JSONValue.Member {
        .init("data", .string(Data(bytes).base64EncodedString()))
    }

    static func codec(_ codec: Codec) -> JSONValue.Member {
        .init("codec", .string(codec.name))
    }
}

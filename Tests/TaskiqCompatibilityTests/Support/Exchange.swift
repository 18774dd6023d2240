// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Taskiq

/// A Python process that reads and writes messages and results with taskiq's own code.
final class Exchange: Sendable {
    private let process: PeerProcess

    init() async throws {
        process = try Peers.start("exchange.py")
        _ = try await process.line(beginningWith: "ready")
    }

    /// Asks for one thing.
    ///
    /// - Throws: what Python raised.
    func ask(_ operation: String, _ fields: [JSONValue.Member]) async throws -> JSONValue {
        let request = JSONValue.object([.init("operation", .string(operation))] + fields)
        try process.send(request.fragment.text)
        let answer = try JSONFragment(parsing: try await process.line(beginningWith: "")).decode(JSONValue.self)
        if case .string(let problem)? = answer["problem"] {
            throw PeerFailure(description: "\(operation) \(fields): \(problem)")
        }
        return answer
    }

    func end() {
        process.endAtOnce()
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

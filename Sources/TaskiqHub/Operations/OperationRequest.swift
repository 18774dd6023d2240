// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
public import TaskiqHubProtocol

/// An operation that is being done: who wants it, and what it was told.
public struct OperationRequest: Sendable, Hashable {
    /// Who is answered.
    public let peer: PeerID
    /// By what it knows the answer.
    public let correlation: UInt64
    /// The operation.
    public let operation: HubOperation
    /// What it was told.
    public let parameters: OperationParameters
}

/// Why an operation is not done.
struct OperationProblem: Error {
    let status: OperationReply.Status
    let message: String

    init(_ status: OperationReply.Status, _ message: String) {
        self.status = status
        self.message = message
    }
}

/// When and how an operation is answered.
enum OperationAnswer {
    /// At once.
    case now([UInt8])
    /// When what it changed is on disk.
    case stored([UInt8])
    /// When somebody else has said something.
    case later
}

extension OperationRequest {
    /// How many items a page has.
    var limit: Int { min(max(parameters.limit ?? 100, 1), 1000) }

    /// Something that must be said.
    func required<Value>(
        _ value: KeyPath<OperationParameters, Value?>,
        _ name: String
    ) throws(OperationProblem) -> Value {
        guard let value = parameters[keyPath: value] else {
            throw OperationProblem(.invalid, "\(operation.rawValue) needs \"\(name)\"")
        }
        return value
    }

    /// A name that must be said.
    func requiredName(
        _ value: KeyPath<OperationParameters, String?>,
        _ name: String
    ) throws(OperationProblem) -> String {
        let text = try required(value, name)
        guard ProtocolLimits.isValidName(text) else {
            throw OperationProblem(.invalid, "\"\(name)\" must have 1 to 255 bytes and no control characters")
        }
        return text
    }

    /// The one task that it concerns.
    var taskID: String {
        get throws(OperationProblem) {
            let ids = try required(\.taskIDs, "task_ids")
            guard ids.count == 1, ProtocolLimits.isValidName(ids[0]) else {
                throw OperationProblem(.invalid, "\(operation.rawValue) takes the id of one task, of 1 to 255 bytes")
            }
            return ids[0]
        }
    }

    /// A place in a list, from a page before.
    func position(_ text: String?) throws(OperationProblem) -> Int64? {
        guard let text else { return nil }
        guard let position = Int64(text) else {
            throw OperationProblem(
                .invalid,
                "\"\(text.prefix(60))\" is no place in this list: say the 'next' of a page"
            )
        }
        return position
    }

    /// Why something is done, short enough to be kept.
    func reason(_ standard: String) -> String {
        guard let text = parameters.reason, !text.isEmpty else { return standard }
        guard text.utf8.count > 1000 else { return text }
        // By scalars, as one character may be of any length.
        var short = String.UnicodeScalarView()
        var size = 0
        for scalar in text.unicodeScalars {
            size += UTF8.width(scalar)
            if size > 1000 { break }
            short.append(scalar)
        }
        return String(short)
    }
}

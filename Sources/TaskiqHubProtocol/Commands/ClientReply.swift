// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What the hub says to a client.
public enum ClientReply: Sendable, Hashable {
    /// The session is open.
    case welcome(ClientWelcome)
    /// There will be no session.
    case reject(message: String)
    /// Messages are stored.
    case submitted([SubmitReceipt])
    /// A message is not stored.
    case refused(SubmitRefusal)
    /// What is known of a result.
    case result(taskID: String, status: ResultStatus, body: [UInt8])
    /// How a task stands.
    case standing(TaskStanding)
    /// What became of an operation.
    case called(OperationReply)
    /// Something happened; an `EventReport` as JSON, and how many events were left out before it.
    case event([UInt8], dropped: Int64)
    /// Is there.
    case heartbeat
    /// The session is not known; open one.
    case resync
    /// A frame could not be understood.
    case error(message: String)
    /// Goodbye.
    case byeOK
}

/// How the hub greets a client.
public struct ClientWelcome: Sendable, Hashable {
    /// The largest body, in bytes.
    public var maximumBody: Int
    /// Where workers connect: the end of the address, put in place of the end of the address that the client used.
    public var workersEndpoint: String

    /// Makes a greeting.
    ///
    /// - Parameters:
    ///   - maximumBody: the largest body, in bytes.
    ///   - workersEndpoint: where workers connect.
    public init(maximumBody: Int, workersEndpoint: String) {
        self.maximumBody = maximumBody
        self.workersEndpoint = workersEndpoint
    }
}

/// Why a message was not stored.
public struct SubmitRefusal: Sendable, Hashable {
    /// The kinds of reasons.
    public enum Code: UInt8, Sendable {
        /// The queue is full; try again later.
        case full = 1
        /// The hub is stopping; try again later.
        case draining = 2
        /// The body is too large.
        case tooLarge = 3
        /// A name or an id is not valid.
        case bad = 4
        /// The key was used for another message.
        case keyReuse = 5
        /// The hub's disk is nearly full; try again later.
        case disk = 6
        /// Another message with its unique key waits or runs.
        case notUnique = 7
    }

    /// The kind.
    public var code: Code
    /// A sentence for people.
    public var message: String
    /// Milliseconds after which trying again makes sense; 0 for never.
    public var retryAfter: Int64

    /// Makes a refusal.
    ///
    /// - Parameters:
    ///   - code: the kind.
    ///   - message: a sentence for people.
    ///   - retryAfter: milliseconds after which trying again makes sense; 0 for never.
    public init(code: Code, message: String, retryAfter: Int64 = 0) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }
}

/// What is known of a result.
public enum ResultStatus: UInt8, Sendable {
    /// Here it is.
    case ready = 1
    /// The task waits or runs.
    case pending = 2
    /// Neither the task nor a result is known.
    case unknown = 3
    /// The task waits, and no worker that is connected knows it; the body is its name.
    case unroutable = 4
}

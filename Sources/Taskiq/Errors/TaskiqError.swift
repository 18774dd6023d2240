// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Every error that taskiq itself raises: a code to decide by, and a sentence to read.
public struct TaskiqError: Error, Sendable {
    /// What kind of error it is.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private let name: String

        /// The message could not be handed to the broker; nothing is known to be enqueued.
        public static let sendTask = Code(name: "sendTask")
        /// The broker did not say in time whether it took the message; it may have.
        public static let sendTimeout = Code(name: "sendTimeout")
        /// No task of that name is known here.
        public static let unknownTask = Code(name: "unknownTask")
        /// The arguments do not fit the task's parameters.
        public static let invalidArguments = Code(name: "invalidArguments")
        /// Bytes that should be a message, a result or a value are not.
        public static let malformed = Code(name: "malformed")
        /// Bytes from outside ask for more than data: to run code, or to look something up by name.
        public static let security = Code(name: "security")
        /// A value cannot be put on the wire.
        public static let unencodable = Code(name: "unencodable")
        /// Messages cannot be taken from the broker.
        public static let listen = Code(name: "listen")
        /// A result did not arrive in time.
        public static let resultTimeout = Code(name: "resultTimeout")
        /// The result is not there, or could not be read.
        public static let resultGet = Code(name: "resultGet")
        /// Neither a task nor a result of that id is known: there never was one, or it is over and no longer kept.
        public static let unknownTaskID = Code(name: "unknownTaskID")
        /// The result backend could not say whether the result is there.
        public static let resultIsReady = Code(name: "resultIsReady")
        /// The result could not be stored.
        public static let resultSet = Code(name: "resultSet")
        /// The task asked for no result to be stored.
        public static let noResult = Code(name: "noResult")
        /// The task refused its message.
        public static let taskRejected = Code(name: "taskRejected")
        /// The task went over its time limit.
        public static let taskTimeout = Code(name: "taskTimeout")
        /// The broker could not be reached.
        public static let unreachable = Code(name: "unreachable")
        /// The peer speaks another protocol, or refuses to speak to us.
        public static let refused = Code(name: "refused")
        /// Somebody else has what was asked for.
        public static let conflict = Code(name: "conflict")
        /// Something was set up in a way that cannot work.
        public static let configuration = Code(name: "configuration")
        /// The broker has been shut down.
        public static let shutdown = Code(name: "shutdown")

        /// The code's name.
        public var description: String { name }
    }

    /// What kind of error it is.
    public var code: Code
    /// A sentence for people: where, what, and what to do.
    public var message: String
    /// The error that led to this one.
    public var cause: (any Error)?

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: what kind of error it is.
    ///   - message: a sentence for people.
    ///   - cause: the error that led to this one.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension TaskiqError: CustomStringConvertible {
    /// The sentence, with the cause after it.
    public var description: String {
        guard let cause else { return message }
        return "\(message) (\(cause))"
    }
}

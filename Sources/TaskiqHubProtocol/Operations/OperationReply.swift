// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What became of an operation.
public struct OperationReply: Sendable, Hashable {
    /// The ways in which an operation ends.
    public struct Status: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        /// The number as it travels.
        public let rawValue: UInt8

        /// It is done.
        public static let ok = Status(rawValue: 0)
        /// What it was told makes no sense.
        public static let invalid = Status(rawValue: 1)
        /// What it was to be done to does not exist.
        public static let notFound = Status(rawValue: 2)
        /// It cannot be done as things stand.
        public static let conflict = Status(rawValue: 3)
        /// This hub does not know the operation, or its store cannot do it.
        public static let unsupported = Status(rawValue: 4)
        /// A worker that had to take part did not answer in time.
        public static let timedOut = Status(rawValue: 5)
        /// It was tried and went wrong.
        public static let failed = Status(rawValue: 6)
        /// Whoever asks may not ask this.
        public static let forbidden = Status(rawValue: 7)

        /// Takes any number.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// The status's name.
        public var description: String {
            let names = ["ok", "invalid", "notFound", "conflict", "unsupported", "timedOut", "failed", "forbidden"]
            return Int(rawValue) < names.count ? names[Int(rawValue)] : "\(rawValue)"
        }
    }

    /// How it ended.
    public var status: Status
    /// A sentence for people, unless all is well.
    public var message: String
    /// The answer, as JSON; empty for none.
    public var body: [UInt8]

    /// Makes a reply of an operation that is done.
    ///
    /// - Parameter body: the answer, as JSON.
    public init(body: [UInt8]) {
        status = .ok
        message = ""
        self.body = body
    }

    /// Makes a reply of an operation that is not done.
    ///
    /// - Parameters:
    ///   - status: why.
    ///   - message: a sentence for people.
    public init(_ status: Status, _ message: String) {
        self.status = status
        self.message = message
        body = []
    }
}

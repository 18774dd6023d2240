// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Tasks that belong together, with what they need: a mailer and its server, say, given to its initialiser.
public protocol TaskCollection: Sendable {
    /// Registers the tasks.
    ///
    /// - Parameter broker: the broker to register them on.
    func register(on broker: Broker)
}

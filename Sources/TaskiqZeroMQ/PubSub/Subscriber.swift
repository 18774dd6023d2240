// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import Taskiq

/// The worker's end: one thread that owns the subscribed socket, and the ways to it from everywhere else.
final class Subscriber: Sendable {
    /// What other threads tell the subscriber's.
    enum Command: Sendable {
        /// A delivery is over: there is room for another.
        case settled
        /// A delivery was never started.
        case released
        /// A task wants to run again: nobody but this worker can see to that.
        case requeue([UInt8])
        case stopListening
        case shutdown
    }

    let mailbox: Mailbox<Command>
    private let thread: SocketThread

    /// Begins to connect, and does not wait for it.
    ///
    /// - Parameter parameters: what the thread is started with.
    /// - Throws: `ZeroMQError` when the system has no more descriptors or threads.
    init(_ parameters: SubscriberLoop.Parameters) throws {
        mailbox = parameters.mailbox
        thread = try SocketThread(name: "taskiq-sub") { SubscriberLoop.run(parameters) }
    }

    /// Waits for the thread to end.
    func shutdown() async {
        mailbox.post(.shutdown)
        await thread.join()
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

/// Answers libzmq's question, for each new connection to a CURVE server of its context, whether to let it in (RFC 27).
///
/// It is bound before the servers are and stopped after they are closed: libzmq asks nobody when there is no handler.
package final class ZAPHandler: Sendable {
    /// Who wants in.
    package struct Request: Sendable, Hashable {
        /// Of the socket that it wants to reach.
        package var domain: String
        /// Where it comes from, as far as the system knows.
        package var address: String
        /// Its public key.
        package var key: String
    }

    /// What libzmq is told.
    package enum Answer: Sendable, Hashable {
        /// Let it in; the number is what ``ZeroMQSocket/sender`` says of its messages.
        case admit(user: Int)
        /// Send it away.
        case deny
    }

    /// How often the handler looks after what it decides by.
    private static let interval = Duration.milliseconds(250)
    private static let endpoint = "inproc://zeromq.zap.01"

    private let mailbox: Mailbox<Void>
    private let thread: SocketThread

    /// Starts a handler.
    ///
    /// - Parameters:
    ///   - context: the context of the sockets that it answers for.
    ///   - look: is called four times a second, to look after what is decided by.
    ///   - decide: is asked for each new connection; on the same thread.
    /// - Throws: `ZeroMQError` with `addressInUse` when the context has a handler.
    package init(
        context: ZeroMQContext,
        look: @escaping @Sendable () -> Void,
        decide: @escaping @Sendable (Request) -> Answer
    ) async throws {
        let mailbox = Mailbox<Void>(wakeup: try Wakeup())
        let (opened, opening) = AsyncThrowingStream<Void, any Error>.makeStream()
        thread = try SocketThread(name: "taskiq-zap") {
            do {
                let socket = try ZeroMQSocket(context: context, kind: .router)
                try socket.bind(Self.endpoint)
                opening.finish()
                try Self.serve(socket, mailbox, look, decide)
            } catch {
                opening.finish(throwing: error)
            }
        }
        self.mailbox = mailbox
        for try await _ in opened {}
    }

    deinit {
        mailbox.close()
    }

    /// Ends the handler; the servers are closed by then.
    package func stop() async {
        mailbox.close()
        await thread.join()
    }

    private static func serve(
        _ socket: borrowing ZeroMQSocket,
        _ mailbox: Mailbox<Void>,
        _ look: () -> Void,
        _ decide: (Request) -> Answer
    ) throws {
        var poller = Poller(wakeup: mailbox.wakeup)
        _ = try poller.watch(socket)
        while !mailbox.isClosed {
            _ = try poller.wait(timeout: interval)
            look()
            while let message = try socket.receive(maxFrames: 12) {
                guard case .message(let frames) = message, let answer = reply(to: frames, decide) else { continue }
                _ = try socket.send(answer)
            }
        }
    }

    /// The frames of a question: routing id, empty, version, number, domain, address, identity, mechanism, key.
    private static func reply(to frames: [[UInt8]], _ decide: (Request) -> Answer) -> [[UInt8]]? {
        guard frames.count >= 8, frames[2] == Array("1.0".utf8) else { return nil }
        var answer = Answer.deny
        if text(frames[7]) == "CURVE", frames.count == 9, let key = CurveKeyPair.text(of: frames[8]) {
            answer = decide(Request(domain: text(frames[4]), address: text(frames[5]), key: key))
        }
        let words: [String]
        switch answer {
        case .admit(let user): words = ["200", "OK", "\(user)", ""]
        case .deny: words = ["400", "this key is not admitted", "", ""]
        }
        return Array(frames[..<4]) + words.map { Array($0.utf8) }
    }

    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}

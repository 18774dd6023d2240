// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Logging
import Taskiq
import TaskiqApp
import TaskiqHubProtocol
import TaskiqZeroMQ

/// What all commands are told that ask a hub.
struct OperationOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("How long the hub may take to answer.", valueName: "duration"))
    var timeout = DurationOption(.seconds(10))

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var logging: LoggingOptions

    /// Connects to the hub for as long as a command takes.
    ///
    /// - Parameter body: what the command does.
    /// - Throws: `CommandExit` in place of what the hub refuses.
    func withHub(_ body: (HubSession) async throws -> Void) async throws {
        let address = try connection.address()
        logging.bootstrap(standard: .error)
        let broker = try StockTasks.makeBroker(
            address: address,
            sendTimeout: timeout.duration,
            logger: Logger(label: "taskiq")
        )
        guard let transport = broker.transport as? ZeroMQTransport else {
            throw CommandExit(
                .usage,
                "\(address) has no hub to ask: name one with --broker ipc://PATH or tcp://HOST:PORT"
            )
        }
        try await broker.startup()
        let session = HubSession(broker: broker, client: HubClient(transport), timeout: timeout.duration)
        do {
            try await body(session)
        } catch let refusal as HubClient.Refusal {
            await broker.shutdown()
            throw CommandExit(CommandExit.Code(refusal.status), refusal.description)
        } catch {
            await broker.shutdown()
            throw error
        }
        await broker.shutdown()
    }
}

extension CommandExit.Code {
    /// The code of what a hub refused.
    init(_ status: OperationReply.Status) {
        self =
            switch status {
            case .ok: .success
            case .invalid: .usage
            case .notFound: .notFound
            case .conflict: .conflict
            case .timedOut: .timedOut
            default: .problem
            }
    }
}

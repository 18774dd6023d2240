// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import ArgumentParser
public import Logging
public import Taskiq
import TaskiqZeroMQ

/// A program with tasks: it registers them, and is given the commands to run and to send them.
///
///     @main
///     struct MyApp: TaskiqApplication {
///         static func register(in broker: Broker) {
///             broker.task("add") { (a: Int, b: Int) in a + b }
///         }
///     }
///
/// Its subcommands are `worker`, `tasks`, `kiq` and `scheduler`; `taskiq worker PATH` runs its workers too.
public protocol TaskiqApplication: AsyncParsableCommand {
    /// The program's name, as the hub and its catalogue show it; the type's name when not said.
    static var applicationName: String { get }

    /// Registers the program's tasks, and the handlers of its broker's events.
    ///
    /// - Parameter broker: the broker.
    /// - Throws: what keeps the program from running.
    static func register(in broker: Broker) throws

    /// What counts the program's tasks for `worker --metrics-address`; none when not said.
    ///
    ///     static let metrics: (any WorkerMetrics)? = PrometheusMetrics()
    static var metrics: (any WorkerMetrics)? { get }

    /// Makes the broker; the default sends through the hub at the address, with the middlewares of ``metrics``.
    ///
    /// Whoever makes it otherwise gives it these middlewares, too, or its tasks are not counted.
    ///
    /// - Parameters:
    ///   - address: where the hub is.
    ///   - sendTimeout: how long sending a message may take.
    ///   - logger: what everything logs to.
    /// - Returns: the broker, not started yet, without tasks.
    /// - Throws: `TaskiqError` for what is no address.
    static func makeBroker(address: String, sendTimeout: Duration, logger: Logger) throws -> Broker
}

extension TaskiqApplication {
    /// The type's name.
    public static var applicationName: String { "\(Self.self)" }

    /// No metrics.
    public static var metrics: (any WorkerMetrics)? { nil }

    /// A broker that sends through the hub at the address.
    public static func makeBroker(address: String, sendTimeout: Duration, logger: Logger) throws -> Broker {
        let configuration = ZeroMQTransport.Configuration(application: applicationName, sendTimeout: sendTimeout)
        return try .zeroMQ(
            address,
            configuration: configuration,
            middlewares: metrics?.middlewares ?? [],
            logger: logger
        )
    }

    /// The commands that every application has.
    public static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: applicationName,
            abstract: "Runs and sends the tasks of \(applicationName).",
            version: TaskiqVersion.text,
            subcommands: taskiqSubcommands
        )
    }

    /// The commands that every application has, for one that adds its own.
    public static var taskiqSubcommands: [any ParsableCommand.Type] {
        [
            ApplicationWorkerCommand<Self>.self, WorkerProcessCommand<Self>.self, TasksCommand<Self>.self,
            KiqCommand<Self>.self, SchedulerExecCommand.self,
        ]
    }

    /// Runs the command that the arguments name, and ends the process with taskiq's exit codes.
    public static func main() async {
        await CommandRunner.run(Self.self)
    }

    static func makeRegisteredBroker(_ options: ConnectionOptions, sendTimeout: Duration) throws -> Broker {
        let broker = try makeBroker(
            address: try options.address(),
            sendTimeout: sendTimeout,
            logger: Logger(label: "taskiq")
        )
        try register(in: broker)
        return broker
    }
}

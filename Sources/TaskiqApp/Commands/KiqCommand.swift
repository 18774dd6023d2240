// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

package import ArgumentParser
import Logging
import Taskiq

/// `kiq`: sends a task by its name.
package struct KiqCommand<Application: TaskiqApplication>: AsyncParsableCommand {
    package static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "kiq",
            abstract: "Sends a task.",
            discussion: """
                Arguments and values are JSON, else text: 2, 2.5, true, null, '[1,2]', '"quoted"', hello.
                Prints the task's id; with --wait the return value as JSON.

                Exit codes: 0 done, 1 the task failed, 5 no broker was reached, 6 no answer in time.
                """
        )
    }

    @Argument(help: "The task's name.")
    var task: String

    @Argument(parsing: .allUnrecognized, help: "Its positional arguments.")
    var arguments: [String] = []

    @Option(name: .customLong("kwarg"), help: ArgumentHelp("A keyword argument; may be repeated.", valueName: "k=v"))
    var kwargs: [String] = []

    @Option(name: .customLong("label"), help: ArgumentHelp("A label; may be repeated.", valueName: "k=v"))
    var labels: [String] = []

    @Option(name: .long, help: ArgumentHelp("The message's identity; a new one by default.", valueName: "id"))
    var taskID: String?

    @Flag(name: .long, help: "Wait for the result and print it.")
    var wait = false

    @Option(
        name: .long,
        help: ArgumentHelp("How long connecting, sending and waiting may take in all.", valueName: "duration")
    )
    var timeout = DurationOption(.seconds(30))

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var logging: LoggingOptions

    package init() {}

    package func run() async throws {
        try refuseUnknownOptions()
        let (kwargs, labels) = try (pairs(kwargs, "--kwarg"), pairs(labels, "--label"))
        for (name, value) in labels { try KnownLabels.check(name, value) }
        logging.bootstrap(standard: .error)
        let began = ContinuousClock.now
        let broker = try Application.makeBroker(
            address: try connection.address(),
            sendTimeout: timeout.duration,
            logger: Logger(label: "taskiq")
        )
        try await broker.startup()
        do {
            let handle = try await broker.kiq(
                named: TaskName(rawValue: task),
                args: arguments.map(Self.value),
                kwargs: KeywordArguments(kwargs.map { .init($0.0, $0.1.fragment) }),
                labels: Labels(labels.map { .init(name: $0.0, value: LabelValue($0.1)) }),
                taskID: taskID.map(TaskID.init(rawValue:))
            )
            if wait {
                let left = max(.zero, timeout.duration - (ContinuousClock.now - began))
                try ResultPrinter.print(try await handle.waitForResult(timeout: left))
            } else {
                Output.line(handle.taskID.rawValue)
            }
        } catch {
            await broker.shutdown()
            throw error
        }
        await broker.shutdown()
    }

    /// Negative numbers are arguments; anything else with a dash before it is a slip of the hand.
    private func refuseUnknownOptions() throws {
        for argument in arguments where argument.hasPrefix("-") {
            let rest = argument.drop { $0 == "-" }
            guard let first = rest.first, first.isLetter else { continue }
            throw CommandExit(.usage, "\(argument) is no option of kiq; to send it as text, write '\"\(argument)\"'")
        }
    }

    /// An argument as a value: JSON if it is, else the text.
    private static func value(_ text: String) -> JSONValue {
        (try? JSONFragment(parsing: text).decode(JSONValue.self)) ?? .string(text)
    }

    private func pairs(_ texts: [String], _ option: String) throws -> [(String, JSONValue)] {
        try texts.map { text in
            guard let index = text.firstIndex(of: "="), index != text.startIndex else {
                throw CommandExit(.usage, "\(option) takes name=value, found \"\(text)\"")
            }
            return (String(text[..<index]), Self.value(String(text[text.index(after: index)...])))
        }
    }
}

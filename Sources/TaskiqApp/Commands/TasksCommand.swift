// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Logging
import Taskiq

/// `tasks` of a user's program: what it can run.
struct TasksCommand<Application: TaskiqApplication>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "tasks", abstract: "Lists this program's tasks and their schedules.")
    }

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    func run() async throws {
        let broker = Broker.inMemory()
        try Application.register(in: broker)
        let catalogue = broker.catalogue(application: Application.applicationName)
        if json {
            Output.line(String(decoding: catalogue.json(), as: UTF8.self))
            return
        }
        for task in catalogue.tasks {
            Output.line(task.name.rawValue)
            guard let label = task.labels[LabelSchedule.labelName] else { continue }
            for entry in LabelSchedule.entries(of: label, task: task.name) {
                switch entry {
                case .success(let entry): Output.line("    \(entry.schedule)")
                case .failure(let problem): Output.error("warning: \(problem)")
                }
            }
        }
    }
}

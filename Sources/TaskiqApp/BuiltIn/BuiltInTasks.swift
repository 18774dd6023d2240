// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

package import Taskiq

/// The tasks that the stock worker runs, so that schedules need no program of one's own.
package enum BuiltInTasks {
    /// Registers them.
    ///
    /// - Parameters:
    ///   - broker: the broker.
    ///   - commands: which commands `taskiq.command` may run; without any, it is not there at all.
    package static func register(in broker: Broker, commands: CommandPolicy) {
        broker.task("taskiq.echo", parameters: ["value"]) { (value: JSONFragment) in value }
        broker.task("taskiq.noop") { () -> Void in }
        guard commands.allowsAny else { return }
        broker.register(CommandTask.self) { task, context in
            try await CommandExecution.run(task, policy: commands, logger: context.logger)
        }
    }
}

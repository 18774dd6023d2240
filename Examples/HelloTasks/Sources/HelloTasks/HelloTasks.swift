import Taskiq
import TaskiqApp

/// A program with a handful of tasks; `HelloTasks worker` runs them, `HelloTasks tasks` lists them.
@main
struct HelloTasks: TaskiqApplication {
    static func register(in broker: Broker) {
        // Tasks as closures: the parameters are the positional arguments.
        broker.task("add", parameters: ["a", "b"]) { (a: Int, b: Int) in a + b }
        broker.task("hello", parameters: ["name"]) { (name: String) in "Hello, \(name)!" }

        // With a label, the scheduler sends it by itself.
        broker.task("tick", labels: [.schedule(.every(.seconds(10)))]) { () in "tick" }

        // Tasks as types: the stored properties are the parameters.
        broker.register(Divide.self, Nap.self)
    }
}

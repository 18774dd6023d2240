// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A parameter of a task that is a closure: its name, and the value it has when a sender leaves it out.
///
/// A string literal is a parameter without a default value:
///
/// ```swift
/// broker.task("resize", parameters: ["path", .named("quality", default: 80)]) { (path: String, quality: Int) in … }
/// ```
public struct TaskParameter: Sendable, ExpressibleByStringLiteral {
    /// The name, by which senders may give the argument.
    public let name: String
    /// The value of an argument that is left out.
    let defaultValue: JSONFragment?
    /// Why the default value cannot be encoded; the broker refuses to start then.
    let problem: TaskiqError?

    /// Makes a parameter without a default value.
    public init(stringLiteral name: String) {
        self = .named(name)
    }

    /// Makes a parameter without a default value.
    ///
    /// - Parameter name: the name, by which senders may give the argument.
    /// - Returns: the parameter.
    public static func named(_ name: String) -> TaskParameter {
        TaskParameter(name: name, defaultValue: nil, problem: nil)
    }

    /// Makes a parameter that may be left out.
    ///
    /// - Parameters:
    ///   - name: the name, by which senders may give the argument.
    ///   - value: the value of an argument that is left out; it must fit the closure's parameter.
    /// - Returns: the parameter.
    public static func named(_ name: String, default value: some Encodable) -> TaskParameter {
        do throws(TaskiqError) {
            return TaskParameter(name: name, defaultValue: try JSONFragment(encoding: value), problem: nil)
        } catch {
            let problem = TaskiqError(.configuration, "the default value of parameter \"\(name)\": \(error.message)")
            return TaskParameter(name: name, defaultValue: nil, problem: problem)
        }
    }

    private init(name: String, defaultValue: JSONFragment?, problem: TaskiqError?) {
        self.name = name
        self.defaultValue = defaultValue
        self.problem = problem
    }
}

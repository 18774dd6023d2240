// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension TaskiqMessage {
    /// The arguments as the task's own type, by name and by position, as a worker reads them.
    ///
    /// - Parameter type: the task's type.
    /// - Returns: the task with its arguments.
    /// - Throws: `TaskiqError` with code `invalidArguments`.
    package func arguments<T: TaskContract>(as type: T.Type) throws -> T {
        try TaskArguments.decode(type, from: self)
    }

    /// The positional arguments as a closure's parameters, as a worker reads them.
    ///
    /// - Parameter type: the parameters' types, in order.
    /// - Returns: the arguments.
    /// - Throws: `TaskiqError` with code `invalidArguments`.
    package func arguments<each Argument: Decodable>(
        as type: repeat (each Argument).Type
    ) throws -> (repeat each Argument) {
        var reader = PositionalReader(self, parameters: [])
        let arguments = (repeat try reader.next(each type))
        try reader.finish()
        return arguments
    }
}

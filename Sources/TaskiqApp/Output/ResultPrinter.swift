// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

package import Taskiq

/// Prints a result the way commands do: the value on standard output, a failure on standard error.
package enum ResultPrinter {
    /// Prints a result.
    ///
    /// - Parameter result: the result.
    /// - Throws: `CommandExit` with code 1 when the task failed.
    package static func print(_ result: TaskiqResult<JSONValue>) throws {
        switch result.outcome {
        case .success(let value):
            Output.line(value.fragment.text)
        case .failure(let failure):
            throw CommandExit(.problem, "the task failed: \(failure)")
        }
    }
}

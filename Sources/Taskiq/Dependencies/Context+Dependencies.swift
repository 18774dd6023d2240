// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension Context {
    /// The value of a dependency, made if need be.
    ///
    /// - Parameter dependency: what is needed.
    /// - Returns: its value.
    /// - Throws: what making it throws; `TaskiqError` with code `configuration` when dependencies need each other in a
    ///   circle, or one that lives as long as the worker needs one that ends with the task.
    public func resolve<Value>(_ dependency: Dependency<Value>) async throws -> Value {
        try await DependencyResolver(context: self, broker: broker, path: []).resolve(dependency)
    }
}

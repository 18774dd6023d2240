// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

extension Broker {
    /// Replaces a dependency by another value, as tests do; values that were made before stay.
    ///
    /// - Parameters:
    ///   - dependency: what is replaced.
    ///   - make: makes the value that takes its place; it is not disposed of.
    public func override<Value>(
        _ dependency: Dependency<Value>,
        with make: @escaping @Sendable (DependencyResolver) async throws -> Value
    ) {
        contents.withLock { $0.overrides[dependency.identity] = { try await make($0) } }
    }

    /// Replaces a dependency by a value, as tests do.
    ///
    /// - Parameters:
    ///   - dependency: what is replaced.
    ///   - value: what takes its place; it is not disposed of.
    public func override<Value>(_ dependency: Dependency<Value>, with value: Value) {
        override(dependency) { _ in value }
    }

    /// Takes all replacements back.
    public func removeOverrides() {
        contents.withLock { $0.overrides = [:] }
    }

    func override<Value>(
        of dependency: Dependency<Value>
    ) -> (@Sendable (DependencyResolver) async throws -> any Sendable)? {
        contents.withLock { $0.overrides[dependency.identity] }
    }
}

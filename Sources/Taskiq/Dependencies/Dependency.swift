// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Something that tasks need and that is made for them: a database, a session in it, a client, a clock.
///
/// A dependency is a key and the way to its value. It is kept in a `static let` or a global `let`, because two
/// dependencies are two keys even if they are made alike:
///
/// ```swift
/// enum Needs {
///     static let database = Dependency(scope: .worker) { _ in try await Database.connect() } dispose: { database, _ in
///         await database.close()
///     }
///     static let transaction = Dependency { needs in
///         try await needs.resolve(database).begin()
///     } dispose: { transaction, error in
///         if error == nil { try await transaction.commit() } else { try await transaction.rollback() }
///     }
/// }
/// // in a task
/// let transaction = try await context.resolve(Needs.transaction)
/// ```
///
/// Values never come from a message: no sender can replace them, as a keyword argument can in Python.
public struct Dependency<Value: Sendable>: Sendable {
    /// How long a value lives, and who shares it.
    public enum Scope: Sendable, Hashable {
        /// Made once in a worker process, when it is first asked for; disposed of when the broker stops.
        case worker
        /// Made once for each execution of a task, however often it is asked for; disposed of when the task has ended.
        case task
        /// Made anew each time it is asked for; disposed of when the task has ended.
        case transient
    }

    typealias Make = @Sendable (DependencyResolver) async throws -> Value

    /// The name, for error messages.
    public let name: String
    /// How long a value lives, and who shares it.
    public let scope: Scope
    let identity = DependencyIdentity()
    let make: Make
    let dispose: (@Sendable (Value, (any Error)?) async throws -> Void)?

    /// Makes a dependency.
    ///
    /// - Parameters:
    ///   - name: the name, for error messages; the type's when not given.
    ///   - scope: how long a value lives, and who shares it.
    ///   - make: makes a value; what it throws becomes the error of the task that asked.
    ///   - dispose: ends a value, in reverse order of making, also when the task failed or was cancelled; it is told the
    ///     error that ended the task, nil when there was none. What it throws is logged and changes nothing.
    public init(
        _ name: String? = nil,
        scope: Scope = .task,
        make: @escaping @Sendable (DependencyResolver) async throws -> Value,
        dispose: (@Sendable (Value, (any Error)?) async throws -> Void)? = nil
    ) {
        self.name = name ?? "\(Value.self)"
        self.scope = scope
        self.make = make
        self.dispose = dispose
    }
}

/// What tells one dependency from another.
final class DependencyIdentity: Sendable, Hashable {
    static func == (left: DependencyIdentity, right: DependencyIdentity) -> Bool { left === right }

    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

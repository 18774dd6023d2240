// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

/// Values that a program's event handlers put aside and its tasks read: connections, clients, settings.
public final class TaskiqState: Sendable {
    private let values = Mutex<[String: any Sendable]>([:])

    init() {}

    /// Puts a value aside.
    ///
    /// - Parameters:
    ///   - value: the value; nil removes what is there.
    ///   - key: its name.
    public func setValue(_ value: (any Sendable)?, for key: String) {
        values.withLock { $0[key] = value }
    }

    /// The value of a name.
    ///
    /// - Parameters:
    ///   - key: the name.
    ///   - type: the type it must have.
    /// - Returns: the value, or nil when there is none of that type.
    public func value<Value: Sendable>(for key: String, as type: Value.Type = Value.self) -> Value? {
        values.withLock { $0[key] as? Value }
    }

    /// The value of a name.
    ///
    /// - Parameters:
    ///   - key: the name.
    ///   - value: what is returned when there is none of that type.
    /// - Returns: the value.
    public func value<Value: Sendable>(for key: String, default value: Value) -> Value {
        self.value(for: key, as: Value.self) ?? value
    }
}

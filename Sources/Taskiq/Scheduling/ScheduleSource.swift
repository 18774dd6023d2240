// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Where schedules come from: files, labels of tasks, a database, an interface.
///
/// A source that fails keeps its last schedules in force and harms no other source.
public protocol ScheduleSource: Sendable {
    /// The source's name, for people.
    var name: String { get }

    /// The schedules as they are now.
    func schedules() async throws -> [ScheduledTask]

    /// Signals that the schedules may have changed, until the consumer stops listening; a source that never changes
    /// ends at once.
    func changes() -> AsyncStream<Void>
}

extension ScheduleSource {
    /// A source that never changes.
    public func changes() -> AsyncStream<Void> {
        AsyncStream { $0.finish() }
    }
}

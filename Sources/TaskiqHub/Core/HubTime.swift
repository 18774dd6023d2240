// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqCron

/// What time it is, on the two clocks that a hub goes by.
public struct HubTime: Sendable, Hashable {
    /// Milliseconds since some fixed instant, time asleep included, never stepping back: deadlines are measured by it.
    public var uptime: Int64
    /// The wall clock: what people and schedules mean by time.
    public var wall: Timestamp

    /// Makes a time.
    ///
    /// - Parameters:
    ///   - uptime: milliseconds since some fixed instant.
    ///   - wall: the wall clock.
    public init(uptime: Int64, wall: Timestamp) {
        self.uptime = uptime
        self.wall = wall
    }
}

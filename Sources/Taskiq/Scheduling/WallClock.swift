// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqCron

/// The machine's wall clock, for the few places that may read it themselves.
///
/// Everything that decides takes the time as an argument; services pass it in from here.
public enum WallClock {
    /// The present instant.
    public static var now: Timestamp {
        Timestamp(millisecondsSinceEpoch: SystemClock.realtime)
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

/// The machine's clocks, as a running hub reads them.
public enum HubClock {
    /// Both clocks.
    public static var now: HubTime {
        HubTime(uptime: uptime, wall: WallClock.now)
    }

    /// Milliseconds since the machine started; time asleep counts, as it does for its peers.
    public static var uptime: Int64 { Uptime.milliseconds }
}

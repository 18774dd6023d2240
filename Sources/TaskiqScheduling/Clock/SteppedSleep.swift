// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

#if !os(Linux)
import Taskiq
import TaskiqCron

/// A wait for an instant of the wall clock, where the system has no timer that notices when the clock is set.
enum SteppedSleep {
    private static let longestStep = Duration.seconds(1)
    /// Further apart than this, in one step, the two clocks move only when the wall clock is set.
    private static let tolerance = Duration.milliseconds(500)

    static func sleep(until deadline: Timestamp) async throws -> WakeReason {
        var wall = WallClock.now
        var steady = ContinuousClock.now
        while wall < deadline {
            try await Task.sleep(for: min(deadline - wall, longestStep), tolerance: .zero)
            let (newWall, newSteady) = (WallClock.now, ContinuousClock.now)
            let jump = (newWall - wall) - (newSteady - steady)
            if jump > tolerance || jump < .zero - tolerance { return .clockWasSet }
            (wall, steady) = (newWall, newSteady)
        }
        try Task.checkCancellation()
        return .reached
    }
}
#endif

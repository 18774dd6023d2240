// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// Fleets of real processes whose members are killed, stopped and cut off; `scripts/chaos` does it more often.
@Suite struct ChaosTests {
    @Test func nothingIsLostWhateverIsKilledStoppedOrCutOff() async throws {
        let count = ProcessInfo.processInfo.environment["TASKIQ_CHAOS_FAULTS"] ?? "40"
        let chaos = try TestProcess(Programs.chaosTool, ["run", count, "--parallel", "8"])
        let code = try await chaos.end(within: .seconds(900))
        #expect(code == 0, "\(chaos.output)\(chaos.errors)")
    }
}

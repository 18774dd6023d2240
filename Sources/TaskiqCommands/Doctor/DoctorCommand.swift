// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Taskiq
import TaskiqApp
import TaskiqCron
import TaskiqHubProtocol

/// `doctor`: whether all is well.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Looks whether hub, store, disk and workers are well, and says what to do if not.",
        discussion: "Exit codes: 0 nothing fails, 1 something does, 5 no broker was reached."
    )

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    @OptionGroup var options: OperationOptions

    func run() async throws {
        let address = try options.connection.address()
        var checks: [DoctorCheck] = []
        do {
            try await options.withHub { session in
                // The first answer has the time in it that connecting takes.
                _ = try await session.ask(.showStatus)
                let (began, wall) = (ContinuousClock.now, WallClock.now)
                let status = try await session.call(.showStatus, as: HubStatusReport.self)
                let took = ContinuousClock.now - began
                checks.append(DoctorCheck(.ok, "broker", "\(address) answers in \(Wording.microseconds(took))"))
                let middle = wall.adding(took / 2)
                checks += HubExamination(status: status, clock: middle, roundTrip: took).checks
            }
        } catch let error as TaskiqError where [.unreachable, .sendTimeout, .refused].contains(error.code) {
            print([DoctorCheck(.fail, "broker", error.message)])
            throw CommandExit(.unreachable)
        }
        print(checks)
        if checks.contains(where: { $0.verdict == .fail }) { throw CommandExit(.problem) }
    }

    private func print(_ checks: [DoctorCheck]) {
        guard json else {
            for check in checks { Output.line(check.line) }
            return
        }
        if let fragment = try? JSONFragment(encoding: checks) { Output.line(fragment.text) }
    }
}

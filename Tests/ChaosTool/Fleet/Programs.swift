// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import TaskiqApp

/// The programs of a fleet, beside this one in the build directory.
struct Programs: Sendable {
    let tool: String
    let scheduler: String

    init() throws {
        tool = try Executables.current()
        guard let scheduler = Executables.beside(tool, named: "taskiq-scheduler") else {
            throw ChaosFailure("taskiq-scheduler is not built beside \(tool): run scripts/chaos, which builds it")
        }
        self.scheduler = scheduler
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What the daemon is told.
struct SchedulerOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp("Files and folders with schedules.", discussion: "Default: ./schedules, if it is there.")
    )
    var schedules: [String] = []

    @OptionGroup var hub: HubOptions

    @Flag(name: .long, help: "Do not print a line for each run.")
    var quiet = false

    /// The schedules to read; none when none were named and the standard folder is not there.
    var schedulePaths: [String] {
        if !schedules.isEmpty { return schedules }
        return access("schedules", F_OK) == 0 ? ["schedules"] : []
    }
}

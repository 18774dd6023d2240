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

    @Flag(
        name: .long,
        help: ArgumentHelp(
            "End the line of each run with what the task returned, or why it failed.",
            discussion: "On a terminal it is done anyway; elsewhere the lines become logs."
        )
    )
    var showResults = false

    var showsResults: Bool { showResults || isatty(1) == 1 }

    /// The schedules to read; none when none were named and the standard folder is not there.
    var schedulePaths: [String] {
        if !schedules.isEmpty { return schedules }
        return access("schedules", F_OK) == 0 ? ["schedules"] : []
    }
}

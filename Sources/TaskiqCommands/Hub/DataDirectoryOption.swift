// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqApp

/// Where a hub keeps its data when it is not told.
enum DataDirectoryOption {
    /// The path that was given, or the standard one.
    static func path(_ given: String?) throws -> String {
        if let given { return given }
        if let state = ProcessEnvironment["XDG_STATE_HOME"], state.hasPrefix("/") { return "\(state)/taskiq" }
        if let home = ProcessEnvironment["HOME"], home.hasPrefix("/") { return "\(home)/.local/state/taskiq" }
        throw CommandExit(.usage, "there is no $HOME to keep the data in: name a directory with --data")
    }
}

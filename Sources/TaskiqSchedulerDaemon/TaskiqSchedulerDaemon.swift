// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCommands

@main
enum TaskiqSchedulerDaemon {
    static func main() async {
        await TaskiqSchedulerCommandLine.main()
    }
}

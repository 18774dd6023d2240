// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCommands

@main
enum TaskiqCLI {
    static func main() async {
        await TaskiqCommandLine.main()
    }
}

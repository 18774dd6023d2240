// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Where programs lie.
package enum Executables {
    /// The path of this process's program.
    package static func current() throws -> String {
        #if os(Linux)
        guard let pointer = realpath("/proc/self/exe", nil) else {
            throw CommandExit(.problem, "the path of this program cannot be found out: is /proc mounted?")
        }
        #else
        guard let pointer = realpath(CommandLine.arguments[0], nil) else {
            throw CommandExit(.problem, "the path of this program cannot be found out")
        }
        #endif
        defer { free(pointer) }
        return String(cString: pointer)
    }

    /// A program in the same directory as another; nil when there is none.
    package static func beside(_ program: String, named name: String) -> String? {
        guard let slash = program.lastIndex(of: "/") else { return nil }
        let path = program[...slash] + name
        return access(String(path), X_OK) == 0 ? String(path) : nil
    }

    /// Whether a path names a program that may be run.
    package static func isExecutable(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }

    /// Whether a file is there and can be read.
    package static func isReadable(_ path: String) -> Bool {
        access(path, R_OK) == 0
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The process's environment, read in commands only.
package enum ProcessEnvironment {
    package static subscript(name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}

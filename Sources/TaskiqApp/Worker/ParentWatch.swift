// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ServiceLifecycle

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Ends a worker process whose supervisor is gone: nobody would stop it, nor start it anew.
///
/// The system gives an orphan another parent, which is how it is noticed, within a second.
struct ParentWatch: Service {
    private let parent: Int32

    /// - Parameter supervisor: the process to end with; it may be gone before this one has looked.
    init(supervisor: Int32?) {
        parent = supervisor ?? getppid()
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while getppid() == parent {
                guard (try? await Task.sleep(for: .seconds(1))) != nil else { return }
            }
        }
    }
}

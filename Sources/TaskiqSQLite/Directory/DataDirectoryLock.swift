// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
public import TaskiqHub

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The right of one hub to a data directory.
///
/// It is the kernel's lock of the file `lock` in the directory, so it ends with the process, however that ends; the file
/// stays and means nothing by itself. It holds the number of the process that has the lock.
public final class DataDirectoryLock: Sendable {
    let directory: DataDirectory
    private let descriptor: Mutex<CInt?>

    /// Takes the lock; makes the directory, for the user alone, if there is none.
    ///
    /// - Parameter directory: the path of the data directory.
    /// - Throws: `HubStoreError` with code `inUse` if another hub has the directory, `unusable` if it cannot be used.
    public init(directory: String) throws(HubStoreError) {
        let directory = try DataDirectory(creating: directory)
        self.directory = directory
        descriptor = Mutex(try Self.lock(directory))
    }

    /// The path of the data directory.
    public var path: String { directory.path }

    deinit {
        release()
    }

    /// Gives the directory back; a second call does nothing.
    public func release() {
        descriptor.withLock { descriptor in
            guard let open = descriptor else { return }
            descriptor = nil
            // The file is not removed: somebody may have it open already, and would then lock a file without a name.
            ftruncate(open, 0)
            // Closing is not enough at the moment when a child process has a copy that it closes as its program starts.
            flock(open, LOCK_UN)
            close(open)
        }
    }

    private static func lock(_ directory: DataDirectory) throws(HubStoreError) -> CInt {
        let descriptor = try PlainFile.descriptor(of: directory.lockPath, O_RDWR | O_CREAT)
        guard descriptor >= 0 else { throw DataDirectory.inaccessible(directory.lockPath, in: directory.path) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            let error =
                errno == EWOULDBLOCK
                ? inUse(directory, holder: holder(descriptor))
                : HubStoreError(
                    .unusable,
                    "\(directory.lockPath) cannot be locked: \(lastSystemError()); "
                        + "the data directory must be on a file system of this machine"
                )
            close(descriptor)
            throw error
        }
        let text = Array("\(getpid())\n".utf8)
        ftruncate(descriptor, 0)
        // For people alone: what counts is the lock, so a full disk is no reason to stop here.
        _ = pwrite(descriptor, text, text.count, 0)
        return descriptor
    }

    private static func inUse(_ directory: DataDirectory, holder: String?) -> HubStoreError {
        let process = holder.map { "process \($0)" } ?? "another process"
        return HubStoreError(
            .inUse,
            "the data directory \(directory.path) is in use by \(process); "
                + "stop that hub first, or give this one another data directory"
        )
    }

    private static func holder(_ descriptor: CInt) -> String? {
        var bytes = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        let digits = bytes.prefix(count).prefix { (0x30...0x39).contains($0) }
        return digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

#if os(Linux)
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Hears from the kernel that something happened in a folder; what it was is found out by looking.
final class FolderNotifications {
    /// Becomes readable when something happened; nil when the system grants no notifications.
    let descriptor: Int32?
    /// Of each folder, so that a folder that was replaced by another of its name is seen to be new.
    private var watches: Set<Int32> = []

    private static let mask = UInt32(
        IN_CLOSE_WRITE | IN_MODIFY | IN_ATTRIB | IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE_SELF
            | IN_MOVE_SELF
    )

    init() {
        let descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        self.descriptor = descriptor >= 0 ? descriptor : nil
    }

    deinit {
        if let descriptor { close(descriptor) }
    }

    /// Watches folders, and no others.
    ///
    /// - Parameter folders: their paths; what does not exist is left out.
    /// - Returns: whether one of them was not watched before.
    func watch(_ folders: [String]) -> Bool {
        guard let descriptor else { return false }
        // The kernel knows a folder by its inode: asking again gives the same number, unless it is another folder.
        let current = Set(folders.map { inotify_add_watch(descriptor, $0, Self.mask) }.filter { $0 >= 0 })
        for stale in watches.subtracting(current) { inotify_rm_watch(descriptor, stale) }
        defer { watches = current }
        return !current.isSubset(of: watches)
    }

    /// Empties the queue.
    func drain() {
        guard let descriptor else { return }
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
            while read(descriptor, buffer.baseAddress, buffer.count) > 0 {}
        }
    }
}
#else
/// Without notifications files are looked through from time to time.
final class FolderNotifications {
    let descriptor: Int32? = nil

    func watch(_ folders: [String]) -> Bool { false }

    func drain() {}
}
#endif

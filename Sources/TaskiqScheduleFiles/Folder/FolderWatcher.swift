// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Watches folders on a thread of its own until it is stopped.
///
/// A thread, because it sleeps in poll(2) nearly always and then reads files, neither of which belongs on the few
/// threads that tasks share.
final class FolderWatcher: Sendable {
    private let folders: [ScheduleFolder]
    private let digest: Int?
    private let quietTime: Duration
    private let rescanInterval: Duration
    private let changed: @Sendable () -> Void
    /// The end whose closing wakes and ends the thread.
    private let stopDescriptor = Mutex<Int32?>(nil)

    /// Prepares to watch.
    ///
    /// - Parameters:
    ///   - folders: what is watched.
    ///   - digest: the state of the files that is known; nil when whatever is found first is taken as known.
    ///   - quietTime: how long files must be left alone before they are looked at.
    ///   - rescanInterval: how often they are looked at anyway.
    ///   - changed: called on the thread when they are not as they were.
    init(
        folders: [ScheduleFolder],
        digest: Int?,
        quietTime: Duration,
        rescanInterval: Duration,
        changed: @escaping @Sendable () -> Void
    ) {
        self.folders = folders
        self.digest = digest
        self.quietTime = quietTime
        self.rescanInterval = rescanInterval
        self.changed = changed
    }

    /// Starts the thread.
    ///
    /// - Returns: false when the system has no pipe or no thread left.
    func start() -> Bool {
        guard let pipe = WakePipe.make() else { return false }
        stopDescriptor.withLock { $0 = pipe.writeEnd }
        let isRunning = DetachedThread.start { [self] in
            watch(stop: pipe.readEnd)
            close(pipe.readEnd)
        }
        if !isRunning {
            close(pipe.readEnd)
            stop()
        }
        return isRunning
    }

    /// Ends the thread soon.
    func stop() {
        let descriptor = stopDescriptor.withLock { descriptor in
            defer { descriptor = nil }
            return descriptor
        }
        if let descriptor { WakePipe.shutDown(descriptor) }
    }

    private func watch(stop: Int32) {
        let notifications = FolderNotifications()
        var digest = self.digest
        var timer = RescanTimer(quietTime: quietTime, interval: rescanInterval, now: .now)
        rescan(notifications, &digest)
        var descriptors = [pollfd(fd: stop, events: Int16(POLLIN), revents: 0)]
        if let descriptor = notifications.descriptor {
            descriptors.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
        }
        while true {
            let count = poll(&descriptors, nfds_t(descriptors.count), timer.timeout(at: .now))
            // Other than being interrupted nothing can go wrong here that another turn would put right.
            guard count >= 0 || errno == EINTR else { return }
            if count > 0 {
                if descriptors[0].revents != 0 { return }
                notifications.drain()
                timer.noticedChange(at: .now)
            }
            if timer.timeout(at: .now) == 0 {
                rescan(notifications, &digest)
                timer.scanned(at: .now)
            }
        }
    }

    /// Looks through the files and reports if they are not as they were.
    private func rescan(_ notifications: FolderNotifications, _ digest: inout Int?) {
        var scan = FolderScan()
        // A folder that was made while we looked has to be watched before it is read, or a file could slip in between.
        for _ in 0..<ScheduleFolder.depthLimit {
            scan = FolderScan()
            for folder in folders { scan.merge(folder.scan { _, _ in true }) }
            guard notifications.watch(scan.folders) else { break }
        }
        let found = scan.digest
        defer { digest = found }
        if let digest, digest != found { changed() }
    }
}

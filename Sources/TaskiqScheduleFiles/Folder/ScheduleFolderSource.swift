// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
public import Taskiq
import TaskiqCron

/// Schedules from files, read again when they change.
///
/// A schedule that turns bad keeps its last good version, a file that cannot be read keeps all of its, and a path that
/// cannot be seen keeps what it had. A file that is gone takes its schedules with it.
public final class ScheduleFolderSource: ScheduleSource {
    /// How files are found and watched.
    public struct Options: Sendable {
        /// The formats that are read.
        public var formats = ScheduleFileFormat.all
        /// How long files must be left alone before they are read again.
        public var quietTime = Duration.milliseconds(200)
        /// How often the files are looked through even if nothing was noticed, for network drives.
        public var rescanInterval = Duration.seconds(30)

        /// Makes options with their defaults.
        public init() {}
    }

    private struct State {
        var builder = GenerationBuilder()
        /// The number of the latest scan that was applied.
        var applied = 0
        /// Tells the state of the files that was applied from another.
        var digest: Int?
        var reported: [Diagnostic] = []
    }

    /// The paths, for people.
    public let name: String
    /// What is read.
    public let folders: [ScheduleFolder]
    private let options: Options
    private let report: (@Sendable ([Diagnostic]) -> Void)?
    private let state = Mutex(State())
    private let scans = Atomic<Int>(0)

    /// Makes a source; nothing is read yet.
    ///
    /// - Parameters:
    ///   - paths: files and folders; of two that define one schedule the earlier wins.
    ///   - options: how files are found and watched.
    ///   - diagnostics: receives all that is wrong each time it is not what it was; nothing when all is well again.
    public init(
        paths: [String],
        options: Options = Options(),
        diagnostics: (@Sendable ([Diagnostic]) -> Void)? = nil
    ) {
        name = paths.joined(separator: ", ")
        folders = paths.map { ScheduleFolder(path: $0, formats: options.formats) }
        self.options = options
        report = diagnostics
    }

    /// Checks that all paths can be read; later a path that cannot keeps what it had.
    ///
    /// - Throws: `ScheduleFileError` for the first that cannot.
    public func validatePaths() throws(ScheduleFileError) {
        for folder in folders { try folder.validate() }
    }

    /// The generation in force: what `schedules()` read last.
    public var generation: ScheduleGeneration { state.withLock { $0.builder.generation } }

    /// Reads the files and returns the schedules that are to be carried out.
    public func schedules() async throws -> [ScheduledTask] {
        load().active
    }

    /// Reads the files.
    ///
    /// - Returns: the new generation.
    @discardableResult
    public func load() -> ScheduleGeneration {
        let number = scans.add(1, ordering: .relaxed).newValue
        let known = state.withLock { $0.builder.fingerprints }
        var scan = FolderScan()
        for folder in folders { scan.merge(folder.scan { known[$0] == $1 }) }
        let now = WallClock.now
        let (generation, news) = state.withLock { state -> (ScheduleGeneration, [Diagnostic]?) in
            // Somebody who began later has seen all of this.
            guard number > state.applied else { return (state.builder.generation, nil) }
            state.applied = number
            state.digest = scan.digest
            let generation = state.builder.apply(scan, at: now)
            guard generation.diagnostics != state.reported else { return (generation, nil) }
            state.reported = generation.diagnostics
            return (generation, generation.diagnostics)
        }
        if let news { report?(news) }
        return generation
    }

    /// Signals that files have changed since they were read last.
    public func changes() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let watcher = FolderWatcher(
            folders: folders,
            digest: state.withLock { $0.digest },
            quietTime: options.quietTime,
            rescanInterval: options.rescanInterval
        ) {
            continuation.yield()
        }
        continuation.onTermination = { _ in watcher.stop() }
        if !watcher.start() { continuation.finish() }
        return stream
    }
}

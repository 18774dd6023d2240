// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Synchronization
import Taskiq

/// A process of a fleet: started, signalled, waited for.
final class ChildProcess: Sendable {
    let processID: Int32
    private let process: Process
    private let ending = Ending()

    /// Starts a program; what it says on standard error is added to a file.
    init(_ executable: String, _ arguments: [String], environment: [String: String], log: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let descriptor = open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ChaosFailure("cannot write \(log)") }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        process.standardError = file
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        self.process = process
        process.terminationHandler = { [ending] _ in ending.happen() }
        try process.run()
        processID = process.processIdentifier
        // The child has its own; Foundation would keep this one, and cannot start anything with a thousand of them open.
        try file.close()
    }

    deinit {
        if process.isRunning { kill(processID, SIGKILL) }
    }

    /// When it ended, in milliseconds since the machine started; nil while it runs.
    var end: Int64? { ending.time }

    func signal(_ number: Int32) {
        kill(processID, number)
    }

    /// Waits until it has ended; not to be called twice.
    func waitForEnd() async {
        await ending.wait()
    }

    /// Kills it and waits until it is gone.
    ///
    /// - Returns: when it was killed.
    @discardableResult
    func killAndWait() async -> Int64 {
        let time = Uptime.milliseconds
        // One that is stopped dies, too.
        signal(SIGKILL)
        await waitForEnd()
        return time
    }
}

/// That a process is gone, and since when.
private final class Ending: Sendable {
    private let endedAt = Mutex<Int64?>(nil)
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    var time: Int64? { endedAt.withLock { $0 } }

    func happen() {
        endedAt.withLock { $0 = Uptime.milliseconds }
        continuation.finish()
    }

    func wait() async {
        for await _ in stream {}
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Synchronization

/// A real process: started, listened to, signalled, and never left behind.
final class TestProcess: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private struct State {
        var output = ""
        var errors = ""
        var hasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
        /// Counts the changes, so that none is missed between a look and a wait.
        var version = 0
    }

    let name: String
    let processID: Int32
    private let process: Process
    private let queue = DispatchQueue(label: "test-process")
    private let ending = AsyncStream<Void>.makeStream()
    private let state = Mutex(State())

    init(_ executable: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        name = URL(fileURLWithPath: executable).lastPathComponent
        guard FileManager.default.isExecutableFile(atPath: executable) else {
            throw Failure(description: "\(executable) is not built: run ./scripts/test, which builds it")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        self.process = process
        process.terminationHandler = { [ending] _ in ending.continuation.finish() }
        try process.run()
        processID = process.processIdentifier
        for (pipe, kind) in [(output, Output.standard), (errors, Output.error)] { listen(to: pipe, kind) }
        let descriptors = [
            (output.fileHandleForReading.fileDescriptor, Output.standard),
            (errors.fileHandleForReading.fileDescriptor, Output.error),
        ]
        Task { [weak self, ending, queue] in
            for await _ in ending.stream {}
            // The end of a pipe says nothing: a process that was started meanwhile may have inherited it. What the ended
            // one wrote is there now, and read before its end is told.
            guard let self else { return }
            queue.async {
                for (descriptor, kind) in descriptors { self.drain(descriptor, kind) }
                self.update { $0.hasEnded = true }
            }
        }
    }

    deinit {
        if process.isRunning { kill(processID, SIGKILL) }
    }

    private enum Output: Sendable {
        case standard, error
    }

    private func listen(to pipe: Pipe, _ kind: Output) {
        let descriptor = pipe.fileHandleForReading.fileDescriptor
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler { [weak self] in
            guard let self else { return source.cancel() }
            if !drain(descriptor, kind) { source.cancel() }
        }
        // The pipe is open for as long as it is read from.
        source.setCancelHandler { withExtendedLifetime(pipe) {} }
        source.resume()
    }

    /// Reads what is there; false at the end of the pipe.
    @discardableResult
    private func drain(_ descriptor: Int32, _ kind: Output) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return count < 0 }
            let text = String(decoding: buffer[..<count], as: UTF8.self)
            update { state in
                switch kind {
                case .standard: state.output += text
                case .error: state.errors += text
                }
            }
        }
    }

    private func update(_ change: (inout State) -> Void) {
        let waiters = state.withLock { state in
            change(&state)
            state.version += 1
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    var output: String { state.withLock { $0.output } }
    var errors: String { state.withLock { $0.errors } }
    var isRunning: Bool { process.isRunning }

    func signal(_ number: Int32) {
        kill(processID, number)
    }

    /// Waits until the process has said something that fits, or has ended.
    func wait(
        _ what: String,
        within limit: Duration = .seconds(240),
        until isEnough: @escaping @Sendable (_ output: String, _ errors: String) -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + limit
        while true {
            let (output, errors, hasEnded, version) = state.withLock {
                ($0.output, $0.errors, $0.hasEnded, $0.version)
            }
            if isEnough(output, errors) { return }
            guard !hasEnded, ContinuousClock.now < deadline else {
                throw Failure(
                    description: "\(name) \(hasEnded ? "ended" : "was waited for in vain") before \(what)\n"
                        + "--- standard output\n\(output)--- standard error\n\(errors)"
                )
            }
            await change(after: version, before: deadline)
        }
    }

    /// Waits for the process's end.
    ///
    /// - Returns: its exit code, or minus the signal that ended it.
    func end(within limit: Duration = .seconds(240)) async throws -> Int32 {
        let deadline = ContinuousClock.now + limit
        while true {
            let (hasEnded, version) = state.withLock { ($0.hasEnded, $0.version) }
            if hasEnded { break }
            guard ContinuousClock.now < deadline else {
                throw Failure(description: "\(name) did not end within \(limit)\n\(errors)")
            }
            await change(after: version, before: deadline)
        }
        return process.terminationReason == .uncaughtSignal ? -process.terminationStatus : process.terminationStatus
    }

    /// Suspends until something has changed, or the deadline has come.
    private func change(after version: Int, before deadline: ContinuousClock.Instant) async {
        let alarm = Task {
            try await Task.sleep(until: deadline)
            update { _ in }
        }
        defer { alarm.cancel() }
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.version == version { state.waiters.append(continuation) }
                return state.version != version
            }
            if isOver { continuation.resume() }
        }
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Synchronization

/// What went wrong with a process of the other side.
struct PeerFailure: Error, CustomStringConvertible {
    let description: String
}

/// A process of the other side: it is told lines, and tells lines.
final class PeerProcess: Sendable {
    let name: String
    let processID: Int32
    private let process: Process
    private let input: FileHandle
    private let lines: AsyncStream<String>
    private let ended: AsyncStream<Void>
    private let said = Transcript()

    /// All that it has said, which those who read it may outlive.
    private final class Transcript: Sendable {
        private let state = Mutex("")

        var text: String { state.withLock { $0 } }

        func note(_ line: String) {
            state.withLock { $0 += line.prefix(2000) + "\n" }
        }
    }

    init(_ executable: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        name = ([executable] + arguments).map { URL(fileURLWithPath: $0).lastPathComponent }.joined(separator: " ")
        guard FileManager.default.isExecutableFile(atPath: executable) else {
            throw PeerFailure(description: "\(executable) is not there: run ./scripts/test, which makes it")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment
            .merging(["PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"]) { $1 }
            .merging(environment) { $1 }
        // Its end, and the ends of what it says.
        let open = Mutex(3)
        let ended = AsyncStream<Void>.makeStream()
        self.ended = ended.stream
        let close: @Sendable () -> Void = {
            let isLast = open.withLock { count in
                count -= 1
                return count == 0
            }
            if isLast { ended.continuation.finish() }
        }
        process.terminationHandler = { _ in close() }
        let (input, output, errors) = (Pipe(), Pipe(), Pipe())
        // What is started beside this one must not keep its pipes open.
        for pipe in [input, output, errors] {
            for end in [pipe.fileHandleForReading, pipe.fileHandleForWriting] {
                _ = fcntl(end.fileDescriptor, F_SETFD, FD_CLOEXEC)
            }
        }
        process.standardInput = input
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        self.process = process
        processID = process.processIdentifier
        self.input = input.fileHandleForWriting
        let (lines, continuation) = AsyncStream<String>.makeStream()
        self.lines = lines
        // Threads of their own, because reading waits.
        Thread.detachNewThread { [said] in
            Self.readLines(output.fileHandleForReading) { line in
                said.note(line)
                continuation.yield(line)
            }
            continuation.finish()
            close()
        }
        Thread.detachNewThread { [said] in
            Self.readLines(errors.fileHandleForReading) { said.note($0) }
            close()
        }
    }

    deinit {
        endAtOnce()
    }

    private static func readLines(_ handle: FileHandle, _ take: (String) -> Void) {
        var rest = Data()
        while true {
            // Not `availableData`, which ends the process when a signal interrupts it.
            var buffer = [UInt8](repeating: 0, count: 65536)
            let count = read(handle.fileDescriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            rest.append(contentsOf: buffer[..<count])
            while let newline = rest.firstIndex(of: 0x0A) {
                take(String(decoding: rest[rest.startIndex..<newline], as: UTF8.self))
                rest = Data(rest[rest.index(after: newline)...])
            }
        }
        if !rest.isEmpty { take(String(decoding: rest, as: UTF8.self)) }
    }

    /// All that it has said, for the one who looks for what went wrong.
    var transcript: String { said.text }

    /// Tells it a line.
    func send(_ line: String) throws {
        // Writing to one that has ended would end the tests too.
        guard process.isRunning else { throw PeerFailure(description: "\(name) has ended:\n\(transcript)") }
        try input.write(contentsOf: Data((line + "\n").utf8))
    }

    /// The rest of the next line that begins with a word; lines before it are passed over.
    func line(beginningWith word: String) async throws -> String {
        for await line in lines where line.hasPrefix(word) {
            return String(line.dropFirst(word.count).drop { $0 == " " })
        }
        throw PeerFailure(description: "\(name) has not said \"\(word)\":\n\(transcript)")
    }

    /// Asks it to end, and waits until it has.
    ///
    /// - Returns: its exit code, or minus the signal that ended it.
    func stop() async -> Int32 {
        signal(SIGTERM)
        return await end()
    }

    /// Waits until it has ended by itself, and all that it said is there.
    ///
    /// - Returns: its exit code, or minus the signal that ended it.
    func end() async -> Int32 {
        for await _ in ended {}
        return process.terminationReason == .uncaughtSignal ? -process.terminationStatus : process.terminationStatus
    }

    /// Ends it at once, and what it has started, without waiting for it.
    func endAtOnce() {
        // What keeps a process with children goes by its input.
        try? input.close()
        if process.isRunning, !isKeeper { signal(SIGKILL) }
    }

    private func signal(_ number: Int32) {
        kill(processID, number)
    }

    private var isKeeper: Bool { process.arguments?.first?.hasSuffix("keeper.py") ?? false }
}

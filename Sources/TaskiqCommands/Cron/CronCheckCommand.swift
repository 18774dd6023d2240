// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Taskiq
import TaskiqApp
import TaskiqCron

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// `cron check`: reads crontabs or lists of expressions and reports as a linter does.
struct CronCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks a crontab or a list of expressions.",
        discussion: """
            Reads files, or standard input for - and without a file. A line is an expression, or an expression of five \
            fields or a nickname with a user and a command behind it; lines that set a variable and comments are \
            skipped, and CRON_TZ=ZONE or TZ=ZONE holds for the lines below it. Problems are printed as FILE:LINE:COLUMN.

            Exit codes: 0 fine, 1 there are errors (with --strict, or warnings), 2 usage, 3 no such file.
            """
    )

    @Argument(help: ArgumentHelp("The files.", valueName: "file"))
    var files: [String] = []

    @Option(name: .customLong("tz"), help: ArgumentHelp("The time zone, by name or offset.", valueName: "zone"))
    var zone = "UTC"

    @Option(name: .long, help: "What the expressions are written in: standard, vixie, ocps, quartz or taskiq.")
    var dialect = "standard"

    @Flag(name: .long, help: "Warnings fail as well.")
    var strict = false

    @Flag(name: .long, help: "Print one JSON object a problem.")
    var json = false

    func run() throws {
        guard let dialect = CronDialect(name: dialect) else {
            throw CommandExit(.usage, "there is no dialect \"\(dialect)\"")
        }
        var check = CronCheck(dialect: dialect, zone: try parsedZone(), now: WallClock.now)
        for file in files.isEmpty ? ["-"] : files {
            check.read(try lines(of: file), of: file == "-" ? "<stdin>" : file)
        }
        for problem in check.problems { Output.line(json ? "\(problem.json.fragment)" : problem.description) }
        let errors = check.problems.count { $0.isError }
        let warnings = check.problems.count - errors
        if !json {
            Output.line("\(check.expressionCount) expressions, \(errors) errors, \(warnings) warnings")
        }
        if errors > 0 || strict && warnings > 0 { throw CommandExit(.problem) }
    }

    private func parsedZone() throws -> Zone {
        do {
            return try Zone(identifier: zone)
        } catch {
            throw CommandExit(.usage, "\(error)")
        }
    }

    private func lines(of file: String) throws -> [String] {
        let descriptor = file == "-" ? 0 : open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CommandExit(.notFound, "\(file): \(String(cString: strerror(errno)))") }
        defer { if descriptor > 0 { close(descriptor) } }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Self.read(descriptor, &buffer)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw CommandExit(.notFound, "\(file): \(String(cString: strerror(errno)))") }
            if count == 0 { break }
            bytes += buffer[..<count]
            guard bytes.count <= Self.sizeLimit else {
                throw CommandExit(.usage, "\(file) is larger than \(Self.sizeLimit) bytes")
            }
        }
        return String(decoding: bytes, as: UTF8.self).split(
            omittingEmptySubsequences: false,
            whereSeparator: \.isNewline
        ).map(String.init)
    }

    private static func read(_ descriptor: Int32, _ buffer: inout [UInt8]) -> Int {
        buffer.withUnsafeMutableBytes { bytes in
            systemRead(descriptor, bytes.baseAddress, bytes.count)
        }
    }

    private static let sizeLimit = 16 << 20
}

/// `read(2)`, by a name that does not collide with the method's.
private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, bytes, count)
}

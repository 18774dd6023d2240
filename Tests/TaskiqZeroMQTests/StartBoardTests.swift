// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Logging
import Synchronization
import Taskiq
import TaskiqHubProtocol
import Testing

@testable import TaskiqZeroMQ

/// What a worker notes of what it runs, and what a hub finds of it.
struct StartBoardTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("board-\(UUID())")
    private let boards: StartBoards
    private let identity = PeerIdentity.generate()

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        boards = StartBoards(besides: folder.path + "/hub.sock")
        #expect(boards.prepare())
    }

    private func lease(_ sequence: Int64, _ attempt: Int32 = 1) -> LeaseKey {
        LeaseKey(sequence: sequence, attempt: attempt)
    }

    private var file: String { folder.path + "/hub.sock.started/\(identity)" }

    @Test("what has begun and is not over is found, after the worker is gone too")
    func begunRuns() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        do {
            let board = try #require(StartBoard(in: boards, for: identity))
            #expect(boards.deliveries(of: identity) == [])
            for sequence in 1...200 as ClosedRange<Int64> { board.begin(lease(sequence)) }
            for sequence in 1...198 as ClosedRange<Int64> { board.end(lease(sequence)) }
            board.begin(lease(199, 2))
            board.begin(lease(1 << 47 - 1, 0xFFFF))
            // Neither is there.
            board.end(lease(7))
            board.end(lease(200, 2))
            // A hub that gave the worker up does not take its board away.
            boards.forget(identity)
        }
        #expect(boards.deliveries(of: identity) == [lease(199), lease(199, 2), lease(200), lease(1 << 47 - 1, 0xFFFF)])
        boards.forget(identity)
        #expect(boards.deliveries(of: identity) == nil)
    }

    @Test("several threads note what they run")
    func concurrency() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let board = try #require(StartBoard(in: boards, for: identity))
        await withTaskGroup { group in
            for thread in 0..<8 as Range<Int64> {
                group.addTask {
                    for number in 0..<2000 as Range<Int64> {
                        board.begin(lease(number * 8 + thread))
                        board.end(lease(number * 8 + thread))
                    }
                    board.begin(lease(100_000 + thread))
                }
            }
        }
        #expect(boards.deliveries(of: identity) == Set((100_000..<100_008).map { lease($0) }))
    }

    @Test("a board that could not hold everything says nothing", arguments: [0, 1])
    func overflow(kind: Int) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let board = try #require(StartBoard(in: boards, for: identity))
        if kind == 0 {
            for number in 0..<3000 as Range<Int64> { board.begin(lease(number)) }
        } else {
            board.begin(lease(1, 70_000))
        }
        #expect(boards.deliveries(of: identity) == nil)
    }

    @Test("long runs stand in nobody's way")
    func longRuns() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let board = try #require(StartBoard(in: boards, for: identity))
        for sequence in 1...100 as ClosedRange<Int64> { board.begin(lease(sequence)) }
        for sequence in 101...10_000 as ClosedRange<Int64> {
            board.begin(lease(sequence))
            board.end(lease(sequence))
        }
        #expect(boards.deliveries(of: identity) == Set((1...100).map { lease($0) }))
    }

    private func connection() throws -> HubConnection {
        try HubConnection(
            address: HubAddress("ipc://\(folder.path)/hub.sock"),
            application: "app",
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    @Test("a delivery is noted when a runner takes it, and until what became of it is stored")
    func untilItIsTold() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let connection = try connection()
        connection.openBoard(for: identity)
        let board = connection.state.withLock { $0.board }
        let receipt = HubDeliveryReceipt(connection: connection, board: board, lease: lease(1))
        receipt.taken()
        #expect(boards.deliveries(of: identity) == [lease(1)])
        receipt.settle(.completed(nil))
        #expect(boards.deliveries(of: identity) == [lease(1)])
    }

    @Test("when the folder was made anew, as systemd does when a service was stopped, there is a board again")
    func folderMadeAnew() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let connection = try connection()
        connection.openBoard(for: identity)
        try FileManager.default.removeItem(atPath: folder.path + "/hub.sock.started")
        #expect(boards.prepare())
        connection.openBoard(for: identity)
        #expect(boards.deliveries(of: identity) == [])
    }

    @Test("what is no board says nothing")
    func foreign() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(boards.deliveries(of: identity) == nil)
        for content in [Data(), Data(count: 16_384), Data(repeating: 7, count: 16_384), Data(count: 100)] {
            try content.write(to: URL(fileURLWithPath: file))
            #expect(boards.deliveries(of: identity) == nil)
        }
        try FileManager.default.removeItem(atPath: file)
        try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: "/etc/passwd")
        #expect(boards.deliveries(of: identity) == nil)
        // And a worker does not write where something is.
        #expect(StartBoard(in: boards, for: identity) == nil)
    }

    @Test("there is no board in a folder that others can write to, and none where there is no folder")
    func folders() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o777],
            ofItemAtPath: folder.path + "/hub.sock.started"
        )
        #expect(!boards.prepare())
        #expect(StartBoard(in: boards, for: identity) == nil)
        let nowhere = StartBoards(besides: folder.path + "/none/hub.sock")
        #expect(!nowhere.prepare())
        #expect(StartBoard(in: nowhere, for: identity) == nil)
    }

    @Test("what workers left is removed when they are gone and nobody asks any more, and nothing else is")
    func leftovers() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let manager = FileManager.default
        let known = PeerIdentity.generate()
        let living = PeerIdentity.generate()
        let board = try #require(StartBoard(in: boards, for: living))
        let started = folder.path + "/hub.sock.started/"
        let others = [file, started + "notes", file + "0", started + "\(known)"]
        for path in others { try Data().write(to: URL(fileURLWithPath: path)) }
        boards.removeDead(except: [known])
        #expect(others.map(manager.fileExists) == [false, true, true, true])
        withExtendedLifetime(board) { #expect(boards.deliveries(of: living) == []) }
    }
}

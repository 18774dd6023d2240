// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// S1 and S23: where a hub may listen, and that it is the only one there.
@Suite struct ListeningTests {
    @Test(
        "S1: without keys, a hub listens nowhere that others can reach",
        arguments: [
            "tcp://0.0.0.0:7999", "tcp://*:7999", "tcp://[::]:7999", "tcp://eth0:7999", "tcp://lo:7999",
            "tcp://[::ffff:1.2.3.4]:7999", "tcp://127.evil.example.com:7999", "tcp://localhost.example.com:7999",
            "tcp://127.1:7999", "tcp://*:*",
        ]
    )
    func refused(address: String) async throws {
        let fleet = try Fleet()
        let scheduler = try fleet.startScheduler(listen: address)
        #expect(try await scheduler.end() == 2)
        #expect(scheduler.errors.contains("can be reached by other machines"))
        #expect(scheduler.errors.contains("--keys"))
        #expect(scheduler.errors.contains("--insecure"))
        // Nothing was made, and nothing listens.
        #expect(!FileManager.default.fileExists(atPath: fleet.data))
    }

    @Test("S1: keys without a list, and a list that others can write, are refused before anything is bound")
    func halfKeys() async throws {
        let fleet = try Fleet()
        let keys = fleet.directory + "/keys"
        let made = try await fleet.taskiq("keys", "new", "--role", "hub", "--out", keys)
        #expect(made.code == 0)
        for (command, sentence) in [
            ("chmod 640 \(keys)/hub.key", "chmod 600"),
            ("chmod 600 \(keys)/hub.key; chmod 666 \(keys)/authorized_keys", "chmod 600"),
            ("rm \(keys)/authorized_keys", "No such file"), ("rm \(keys)/hub.key", "No such file"),
        ] {
            #expect(try await TestProcess("/bin/sh", ["-c", command]).end() == 0)
            let scheduler = try fleet.startScheduler(listen: "tcp://127.0.0.1:*", options: ["--keys", keys])
            #expect(try await scheduler.end() == 2)
            #expect(scheduler.errors.contains(sentence), "\(scheduler.errors)")
        }
    }

    @Test("S23: a second hub on the same data or address is refused, and the first serves on")
    func second() async throws {
        let fleet = try Fleet()
        let first = try await fleet.scheduler()
        let sameData = try fleet.startScheduler(listen: fleet.address + "2")
        #expect(try await sameData.end() == 4)
        let sameAddress = try fleet.startScheduler(data: fleet.directory + "/other")
        #expect(try await sameAddress.end() == 4)
        let both = try fleet.startScheduler()
        #expect(try await both.end() == 4)
        let worker = try await fleet.worker()
        #expect(try await fleet.taskiq("kiq", "add", "1", "2", "--wait").output == "3\n")
        _ = (first, worker)
    }

    @Test("S23: who was at the socket's path first gets none of its traffic")
    func squatter() async throws {
        let fleet = try Fleet()
        let squatters = try [fleet.address, fleet.address + ".workers"].map { address in
            try UnixListener(String(address.dropFirst("ipc://".count)))
        }
        let scheduler = try await fleet.scheduler()
        let worker = try await fleet.worker()
        #expect(try await fleet.taskiq("kiq", "add", "1", "2", "--wait").output == "3\n")
        for squatter in squatters { #expect(!squatter.hasVisitor) }
        _ = (scheduler, worker)
    }

    /// A socket file of another user in a folder of everybody's; only root can play that other user.
    @Test("S23: a socket that somebody else put into a shared folder is not connected to", .enabled(if: geteuid() == 0))
    func foreignSocket() async throws {
        let fleet = try Fleet()
        let path = fleet.directory + "/hub.sock"
        let listener = try UnixListener(path)
        #expect(chmod(fleet.directory, 0o1777) == 0)
        #expect(lchown(path, 12345, 12345) == 0)
        let result = try await fleet.taskiq("kiq", "add", "1", "2", "--timeout", "2s")
        #expect(result.code == 1)
        #expect(result.errors.contains("belongs to user 12345"))
        #expect(!listener.hasVisitor)
    }
}

/// A listener of somebody else's at the path of a socket.
final class UnixListener {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        guard isBound, listen(descriptor, 5) == 0 else {
            throw TestProcess.Failure(description: "cannot listen at \(path)")
        }
    }

    deinit {
        close(descriptor)
    }

    /// Whether anybody has connected.
    var hasVisitor: Bool {
        let visitor = accept(descriptor, nil, nil)
        if visitor >= 0 { close(visitor) }
        return visitor >= 0
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import TaskiqZeroMQ
import Testing

@Suite struct ZeroMQErrorTests {
    @Test func `a port that is taken says so`() throws {
        let context = try ZeroMQContext()
        let first = try ZeroMQSocket(context: context, kind: .router)
        try first.bind("tcp://127.0.0.1:*")
        let endpoint = try first.lastEndpoint()
        let second = try ZeroMQSocket(context: context, kind: .router)
        let error = zeroMQError { try second.bind(endpoint) }
        #expect(error?.code == .addressInUse)
        #expect(error?.operation == "bind")
        #expect(error?.endpoint == endpoint)
        let text = try #require(error).description
        #expect(text.hasPrefix("cannot bind \(endpoint): "))
        #expect(text.hasSuffix("stop it, or choose another address with --listen"))
        first.close()
    }

    @Test(arguments: [
        ("nonsense", ZeroMQError.Code.invalidArgument, "ipc:///path/to/name.sock or tcp://host:port"),
        ("tcp://127.0.0.1", .invalidArgument, "ipc:///path/to/name.sock or tcp://host:port"),
        ("tcp://127.0.0.1:99999", .invalidArgument, "ipc:///path/to/name.sock or tcp://host:port"),
        ("tcp://127.0.0.1:80x", .invalidArgument, "ipc:///path/to/name.sock or tcp://host:port"),
        ("carrier://pigeon", .transportNotSupported, "ipc:// or tcp://"),
        ("tcp://nosuchinterface0:5555", .noDevice, "no network interface has that name"),
        ("tcp://192.0.2.1:5555", .addressNotAvailable, "this machine does not have that address"),
    ])
    func `a bad endpoint says what a good one is`(endpoint: String, code: ZeroMQError.Code, remedy: String) throws {
        let socket = try ZeroMQSocket(context: ZeroMQContext(), kind: .router)
        let error = try #require(zeroMQError { try socket.bind(endpoint) })
        #expect(error.code == code)
        #expect(error.description.contains(endpoint))
        #expect(error.description.contains(remedy))
    }

    @Test func `a missing directory says so`() throws {
        let directory = try SocketDirectory()
        let socket = try ZeroMQSocket(context: ZeroMQContext(), kind: .router)
        let error = try #require(zeroMQError { try socket.bind(directory.endpoint("missing/test.sock")) })
        #expect(error.code == .notFound)
        #expect(error.description.contains("create it"))
    }

    @Test func `a path is too long by its bytes`() throws {
        let directory = try SocketDirectory()
        let socket = try ZeroMQSocket(context: ZeroMQContext(), kind: .router)
        #if os(Linux)
        let longest = 107
        #else
        let longest = 103
        #endif
        let padding = longest + "ipc://x".utf8.count - directory.endpoint("x").utf8.count
        try socket.bind(directory.endpoint(String(repeating: "x", count: padding)))

        let tooLong = directory.endpoint(String(repeating: "x", count: padding - 1) + "é")
        let error = try #require(zeroMQError { try socket.bind(tooLong) })
        #expect(error.code == .nameTooLong)
        #expect(error.description.contains("may be \(longest) bytes long, this one is \(longest + 1)"))
    }

    @Test(.enabled(if: getuid() != 0, "the superuser may write everywhere"))
    func `a directory that is not ours says so`() throws {
        let directory = try SocketDirectory()
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: directory.url.path)
        let socket = try ZeroMQSocket(context: ZeroMQContext(), kind: .router)
        let error = try #require(zeroMQError { try socket.bind(directory.endpoint()) })
        #expect(error.code == .permissionDenied)
        #expect(error.description.contains("allowed to write to the socket's directory"))
    }

    @Test(arguments: [
        ("ipc:///srv/x.sock", "write to the socket's directory"), ("tcp://127.0.0.1:80", "choose one above 1023"),
    ])
    func `what is not permitted depends on the transport`(endpoint: String, remedy: String) {
        let error = ZeroMQError(.permissionDenied, operation: "bind", endpoint: endpoint)
        #expect(error.description.contains(remedy))
    }

    @Test func `an unknown error is still a sentence`() {
        let error = ZeroMQError(ZeroMQError.Code(rawValue: 99_999), operation: "poll")
        #expect(error.description.hasPrefix("cannot poll: "))
        #expect(!error.description.contains(";"))
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Taskiq
import Testing

@testable import TaskiqZeroMQ

@Suite("S2: files of keys")
struct KeyFileTests {
    private let folder: SocketDirectory
    private let pair: CurveKeyPair
    private var path: String { folder.url.appendingPathComponent("web.key").path }

    init() throws {
        folder = try SocketDirectory()
        pair = try .generate()
    }

    @Test("a key pair is 40 characters twice, another each time, and the secret is never printed")
    func pairs() throws {
        #expect(CurveKeyPair.isKey(pair.publicKey))
        #expect(CurveKeyPair.isKey(pair.secretKey))
        #expect(try CurveKeyPair(secretKey: pair.secretKey) == pair)
        #expect(try CurveKeyPair.generate() != pair)
        let keys = try CurveKeys(hub: pair.publicKey, secretKey: pair.secretKey)
        var dumped = ""
        dump(keys, to: &dumped)
        dump(pair, to: &dumped)
        for text in ["\(pair)", "\(keys)", String(reflecting: pair), String(reflecting: keys), dumped] {
            #expect(!text.contains(pair.secretKey))
        }
    }

    @Test(
        "what is no key is refused",
        arguments: ["", "short", String(repeating: "~", count: 40), String(repeating: "é", count: 20), "#\0"]
    )
    func noKeys(text: String) {
        #expect(!CurveKeyPair.isKey(text))
        #expect(throws: TaskiqError.self) { try CurveKeys(hub: text, secretKey: pair.secretKey) }
        #expect(throws: TaskiqError.self) { try CurveKeys(hub: pair.publicKey, secretKey: text) }
    }

    @Test("what is written can be read, by its owner alone")
    func files() throws {
        let file = KeyFile(name: "web-1", role: .client, pair: pair)
        try PrivateFile.write(file.secretText, to: path)
        let read = try KeyFile(secret: path)
        #expect(read.pair == pair)
        #expect(read.name == "web-1")
        #expect(read.role == .client)
        let error = #expect(throws: TaskiqError.self) { try PrivateFile.write("x", to: path) }
        #expect(error?.code == .conflict)
        let shared = path + ".pub"
        try PrivateFile.write(file.publicText, to: shared, mode: 0o644)
        #expect(try KeyFile(public: shared).publicKey == pair.publicKey)
        #expect(!file.publicText.contains(pair.secretKey))
        let noSecret = #expect(throws: TaskiqError.self) { try KeyFile(secret: shared) }
        #expect(noSecret?.message.contains("chmod 600") == true)
    }

    @Test("a secret that others can read is refused, with the remedy", arguments: [0o640, 0o604, 0o660, 0o666, 0o601])
    func modes(mode: Int) throws {
        try PrivateFile.write(KeyFile(name: "a", role: .both, pair: pair).secretText, to: path, mode: UInt32(mode))
        let error = #expect(throws: TaskiqError.self) { try KeyFile(secret: path) }
        #expect(error?.message.contains("chmod 600 \(path)") == true)
    }

    @Test("a pipe, a folder and a file that is not there are refused at once")
    func noFiles() throws {
        #expect(throws: TaskiqError.self) { try KeyFile(secret: path) }
        #expect(throws: TaskiqError.self) { try KeyFile(secret: folder.url.path) }
        #expect(mkfifo(path, 0o600) == 0)
        #expect(throws: TaskiqError.self) { try KeyFile(secret: path) }
    }

    @Test("the halves of two pairs, and other mistakes, are named")
    func mistakes() throws {
        let other = try CurveKeyPair.generate()
        let texts = [
            ("public-key = \(other.publicKey)\nsecret-key = \(pair.secretKey)\n", "two pairs"),
            ("secret-key = abc\n", "secret-key is no key"), ("public-key = abc\n", "public-key is no key"),
            ("role = root\npublic-key = \(pair.publicKey)\n", "found \"root\""), ("hello\n", "line 1"),
            ("", "public-key"),
            ("name = a b\npublic-key = \(pair.publicKey)\n", "the name may have"),
        ]
        for (text, reason) in texts {
            try PrivateFile.write(text, to: path, replaces: true)
            let error = #expect(throws: TaskiqError.self) { try KeyFile(secret: path) }
            #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
            #expect(error?.message.contains(pair.secretKey) == false)
        }
    }

    @Test("a bad line of the list is left out and named; the others count")
    func lists() throws {
        let other = try CurveKeyPair.generate()
        let list = AllowList(
            """
            # the shop
            client web-1 \(pair.publicKey)

            root root \(other.publicKey)
            worker \(other.publicKey)
            worker a/b \(other.publicKey)
            worker w-1 abc
            both again \(pair.publicKey)
            \tworker  w-1\t\(other.publicKey) \r
            """
        )
        #expect(
            list.entries == [
                .init(role: .client, name: "web-1", key: pair.publicKey),
                .init(role: .worker, name: "w-1", key: other.publicKey),
            ]
        )
        #expect(list.problems.map(\.line) == [4, 5, 6, 7, 8])
    }
}

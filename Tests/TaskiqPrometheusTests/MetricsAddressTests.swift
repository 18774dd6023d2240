// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqApp
import Testing

/// What `--metrics-address` takes.
@Suite struct MetricsAddressTests {
    @Test(
        arguments: [
            ("127.0.0.1:9000", "127.0.0.1", 9000), ("localhost:0", "localhost", 0), ("[::1]:9000", "::1", 9000),
            ("0.0.0.0:65535", "0.0.0.0", 65535), ("a-b.example:1", "a-b.example", 1),
        ] as [(String, String, UInt16)]
    )
    func addressesAreRead(text: String, host: String, port: UInt16) throws {
        let address = try #require(MetricsAddress(argument: text))
        #expect(address.host == host)
        #expect(address.port == port)
    }

    @Test(arguments: [
        "", "9000", ":9000", "localhost", "localhost:", "localhost:65536", "localhost:-1", "localhost:9000x",
        "::1:9000",
        "[]:9000", "[::1]", "http://localhost:9000", "a b:9000", "user@host:9000",
    ])
    func whatIsNoAddressIsRefused(text: String) {
        #expect(MetricsAddress(argument: text) == nil)
    }
}

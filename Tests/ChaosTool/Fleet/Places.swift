// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Where everybody connects.
struct Places: Sendable {
    /// Where the hub listens.
    var hub: String
    /// Where each client and each worker finds it; the hub's own address when not said.
    var proxies: [String] = []

    func client(_ place: Int) -> String { proxies.isEmpty ? hub : proxies[place] }

    func worker(_ place: Int) -> String { proxies.isEmpty ? hub : proxies[Fleet.clientCount + place] }
}

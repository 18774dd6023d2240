// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

/// A signal that is raised once.
final class Flag: Sendable {
    private let value = Atomic<Bool>(false)

    var isRaised: Bool { value.load(ordering: .acquiring) }

    func raise() { value.store(true, ordering: .releasing) }
}

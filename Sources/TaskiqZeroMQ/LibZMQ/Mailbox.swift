// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

/// Where any thread leaves elements for the one thread that sleeps in a ``Poller`` with the mailbox's wakeup.
///
/// The reader takes all elements at once, so a batch costs one lock and no copy. Several mailboxes can share a wakeup.
package final class Mailbox<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    /// What is signalled when there is something to drain.
    package let wakeup: Wakeup

    /// Makes an empty mailbox.
    ///
    /// - Parameter wakeup: what wakes its reader.
    package init(wakeup: Wakeup) {
        self.wakeup = wakeup
    }

    /// Leaves an element.
    ///
    /// - Parameter element: the element.
    /// - Returns: false if the mailbox is closed, and the element not taken.
    @discardableResult
    package func post(_ element: Element) -> Bool {
        let taken = state.withLock { state in
            guard !state.isClosed else { return false }
            state.elements.append(element)
            return true
        }
        if taken { wakeup.signal() }
        return taken
    }

    /// Leaves several elements, in their order and with none of another thread between them.
    ///
    /// - Parameter elements: the elements.
    /// - Returns: false if the mailbox is closed, and none of them taken.
    @discardableResult
    package func post(contentsOf elements: some Collection<Element> & Sendable) -> Bool {
        let taken = state.withLock { state in
            guard !state.isClosed else { return false }
            state.elements.append(contentsOf: elements)
            return true
        }
        if taken, !elements.isEmpty { wakeup.signal() }
        return taken
    }

    /// Takes all elements that are there.
    ///
    /// - Returns: the elements, in the order they came.
    package func drain() -> [Element] {
        state.withLock { state in
            var elements: [Element] = []
            swap(&elements, &state.elements)
            return elements
        }
    }

    /// Takes no more elements, and wakes the reader.
    ///
    /// What was taken before stays: after this, one more ``drain()`` returns the last of it.
    package func close() {
        state.withLock { $0.isClosed = true }
        wakeup.signal()
    }

    /// Whether the mailbox takes no more elements.
    package var isClosed: Bool {
        state.withLock { $0.isClosed }
    }
}

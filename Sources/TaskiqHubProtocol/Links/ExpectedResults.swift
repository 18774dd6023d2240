// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import DequeModule

/// Results that the hub sends without another question, to a client that mostly waits for what it sends.
///
/// Such a client says with a submission that it wants the result, which saves it a question for each and its answer.
/// Whether it does is learnt from what it did last. A result that comes before somebody waits for it is kept for a
/// moment.
struct ExpectedResults: Sendable {
    /// Most submissions that results are promised for at a time.
    private static let mostPromised = 4096
    /// Most results, and most bytes of them, that are kept for somebody to wait for them.
    private static let mostEarly = 1024
    private static let mostEarlyBytes = 4 * 1024 * 1024
    /// How long, in milliseconds: a later question may have another answer.
    private static let earlyTime: Int64 = 5000
    /// How long a wait relies on the promise alone, in milliseconds; at most twice as long.
    static let patience: Int64 = 250

    /// After so many submissions it is decided anew whether results are wanted.
    let period: Int
    private var submitted = 0
    private var awaited = 0
    private var areWanted = false
    private var promised: Set<String> = []
    private var early: [String: (body: [UInt8], until: Int64)] = [:]
    private var order: Deque<(taskID: String, until: Int64)> = []
    private var earlyBytes = 0
    /// Those that somebody waits for without having asked.
    private var trusting: Set<String> = []
    private var impatient: Set<String> = []

    init(period: Int) {
        self.period = period
    }

    /// Decides whether the hub is asked for a result together with its submission.
    mutating func wantsResult(of taskID: String) -> Bool {
        submitted += 1
        if submitted >= period {
            areWanted = awaited * 2 > submitted
            (submitted, awaited) = (0, 0)
        }
        guard areWanted, promised.count < Self.mostPromised else { return false }
        promised.insert(taskID)
        return true
    }

    /// Somebody waits for a result.
    ///
    /// - Returns: whether the hub need not be asked.
    mutating func trusts(_ taskID: String) -> Bool {
        awaited += 1
        guard promised.contains(taskID) else { return false }
        trusting.insert(taskID)
        return true
    }

    func isPromised(_ taskID: String) -> Bool { promised.contains(taskID) }

    /// The hub has kept its promise, or never will.
    mutating func end(_ taskID: String) {
        promised.remove(taskID)
        trusting.remove(taskID)
        impatient.remove(taskID)
    }

    /// The promises of a session end with it; those of submissions that are said again are given again.
    mutating func beginSession(promised: Set<String>) {
        self.promised = promised
        trusting = []
        impatient = []
    }

    /// Those that somebody has waited for long enough to ask.
    mutating func takeImpatient() -> [String] {
        defer { (impatient, trusting) = (trusting, []) }
        return impatient.sorted()
    }

    // MARK: Early ones

    /// Keeps a result that nobody waits for yet.
    mutating func keep(_ body: [UInt8], of taskID: String, at now: Int64) {
        let until = now + Self.earlyTime
        if let old = early.updateValue((body, until), forKey: taskID) { earlyBytes -= old.body.count }
        order.append((taskID, until))
        earlyBytes += body.count
        while early.count > Self.mostEarly || earlyBytes > Self.mostEarlyBytes, let first = order.popFirst() {
            dropEarly(first)
        }
    }

    /// Takes a result that came early.
    mutating func takeEarly(_ taskID: String, at now: Int64) -> [UInt8]? {
        guard let found = early.removeValue(forKey: taskID) else { return nil }
        earlyBytes -= found.body.count
        return found.until > now ? found.body : nil
    }

    /// Drops what was kept for too long.
    mutating func forgetEarly(at now: Int64) {
        while let first = order.first, first.until <= now || early[first.taskID]?.until != first.until {
            order.removeFirst()
            dropEarly(first)
        }
    }

    private mutating func dropEarly(_ entry: (taskID: String, until: Int64)) {
        guard let found = early[entry.taskID], found.until == entry.until else { return }
        early[entry.taskID] = nil
        earlyBytes -= found.body.count
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import Synchronization
import Taskiq
import TaskiqHub
import TaskiqZeroMQ

/// Who is admitted at the moment: the hub's allow-list, read again when its file changes.
///
/// Each key gets a number when it is first seen in the list, and keeps it for the hub's life: a connection carries that
/// number, and is looked up by it for each message, so that a key that is taken out of the list ends its sessions.
final class KeyRing: Sendable {
    /// What a number stands for now.
    struct Holder: Sendable, Hashable {
        var role: KeyRole
        var name: String

        func mayUse(_ side: HubSide) -> Bool {
            // Workers learn at the front where the back is.
            side == .front || role.isWorker
        }
    }

    private struct State {
        var holders: [Holder?] = []
        var numbers: [String: Int] = [:]
        var stamp: PrivateFile.Stamp?
        /// How often the file is still read although its stamp stays: two changes in one tick of the clock share it.
        var rereads = 0
        var problem: String?
        var refusals = RefusalLog()
    }

    private let changes = Atomic<Int>(0)
    private let path: String
    private let logger: Logger
    private let changed: @Sendable () -> Void
    private let state = Mutex(State())

    /// Begins with the list as it was read.
    ///
    /// - Parameters:
    ///   - keys: the hub's keys.
    ///   - logger: is told of changes and refusals.
    ///   - changed: is called when the list has changed, on the handler's thread.
    init(_ keys: HubKeys, logger: Logger, changed: @escaping @Sendable () -> Void) {
        path = keys.listPath
        self.logger = logger
        self.changed = changed
        adopt(keys.list)
    }

    static func domain(_ side: HubSide) -> String {
        side == .front ? "taskiq.front" : "taskiq.back"
    }

    /// Grows with each change of the list.
    var version: Int { changes.load(ordering: .acquiring) }

    /// What each number stands for; nil for keys that are admitted no more.
    var holders: [Holder?] { state.withLock { $0.holders } }

    /// Whether a connection is let in.
    func decide(_ request: ZAPHandler.Request) -> ZAPHandler.Answer {
        let (answer, refusal) = state.withLock { state -> (ZAPHandler.Answer, (text: String, name: String?)?) in
            let number = state.numbers[request.key]
            let holder = number.flatMap { state.holders[$0] }
            if let number, let holder,
                [.front, .back].contains(where: { side in
                    Self.domain(side) == request.domain && holder.mayUse(side)
                })
            {
                return (.admit(user: number), nil)
            }
            guard state.refusals.shouldTell(of: request.key, at: HubClock.uptime) else { return (.deny, nil) }
            let reason =
                holder == nil
                ? "its key is not in the list of keys that are admitted"
                : "its key is that of a client, and it wants to take tasks"
            return (.deny, (reason, holder?.name))
        }
        if let refusal {
            logger.warning(
                "a peer was refused",
                metadata: [
                    "reason": "\(refusal.text)", "taskiq.key": "\(refusal.name ?? request.key)",
                    "address": "\(request.address)",
                ]
            )
        }
        return answer
    }

    /// Reads the list again if its file has changed.
    ///
    /// A file that cannot be read, or that others can write, changes nothing: the last list stays in force.
    func look() {
        let stamp = PrivateFile.stamp(of: path)
        let isDue = state.withLock { state in
            if stamp != state.stamp {
                state.stamp = stamp
                state.rereads = 8
                return true
            }
            guard state.rereads > 0 else { return false }
            state.rereads -= 1
            return true
        }
        guard isDue else { return }
        do {
            adopt(AllowList(try PrivateFile(path: path).text))
            state.withLock { $0.problem = nil }
        } catch {
            let isNews = state.withLock { state in
                defer { state.problem = error.message }
                return state.problem != error.message
            }
            guard isNews else { return }
            logger.error(
                "the list of keys cannot be read; the last one stays in force",
                metadata: ["error.message": "\(error.message)"]
            )
        }
    }

    private func adopt(_ list: AllowList) {
        let (removed, added, isChanged) = state.withLock { state in
            var next = [Holder?](repeating: nil, count: state.holders.count)
            for entry in list.entries {
                let number = state.numbers[entry.key] ?? next.count
                if number == next.count { next.append(nil) }
                state.numbers[entry.key] = number
                next[number] = Holder(role: entry.role, name: entry.name)
            }
            let before = state.holders + [Holder?](repeating: nil, count: next.count - state.holders.count)
            let removed = zip(before, next).compactMap { $1 == nil ? $0?.name : nil }
            let added = zip(before, next).compactMap { $0 == nil ? $1?.name : nil }
            defer { state.holders = next }
            return (removed, added, before != next)
        }
        guard isChanged || version == 0 else { return }
        changes.add(1, ordering: .releasing)
        logger.info(
            "keys admitted",
            metadata: ["added": "\(added.joined(separator: " "))", "removed": "\(removed.joined(separator: " "))"]
        )
        for problem in list.problems {
            logger.warning(
                "a line of the list of keys was left out",
                metadata: ["path": "\(path)", "reason": "\(problem)"]
            )
        }
        changed()
    }
}

/// Which refusals people were told of: whoever is refused tries again, several times a second.
struct RefusalLog {
    private var told: [String: Int64] = [:]
    private var minute: Int64 = 0
    private var count = 0

    /// Whether to tell: of each key once in ten minutes, and of ten keys a minute, however many there are.
    mutating func shouldTell(of key: String, at now: Int64) -> Bool {
        if let last = told[key], now - last < 600_000 { return false }
        if now - minute >= 60_000 { (minute, count) = (now, 0) }
        guard count < 10 else { return false }
        count += 1
        if told.count >= 1000 { told = [:] }
        told[key] = now
        return true
    }
}

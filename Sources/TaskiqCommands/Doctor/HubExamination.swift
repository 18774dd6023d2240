// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHubProtocol

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What a hub's status means: what is well, what is not, and what to do.
struct HubExamination {
    /// Below so many free bytes it is time to do something, and below so many it is late.
    private static let (scarce, exhausted): (Int64, Int64) = (1 << 30, 100 << 20)

    let status: HubStatusReport
    /// This machine's clock in the middle of the question and the answer, and how far these were apart.
    let clock: Timestamp
    let roundTrip: Duration

    var checks: [DoctorCheck] {
        [version, time, life] + storeChecks + [workers, tasks, pauses]
    }

    private var version: DoctorCheck {
        let own = TaskiqVersion.text
        guard status.version != own else { return DoctorCheck(.ok, "version", "hub and command are \(own)") }
        return DoctorCheck(
            .warn,
            "version",
            "the hub is \(status.version), this command is \(own)",
            "bring both to the same release"
        )
    }

    private var time: DoctorCheck {
        let difference = clock.duration(to: status.clock)
        let size = difference < .zero ? .zero - difference : difference
        let words =
            size <= roundTrip + .milliseconds(1)
            ? "agree within \(Wording.microseconds(max(roundTrip, .milliseconds(1))))"
            : "differ by \(size.formattedShortly)"
        if size <= roundTrip + .seconds(1) {
            return DoctorCheck(.ok, "clocks", "the hub's and this machine's \(words)")
        }
        return DoctorCheck(
            size < .seconds(30) ? .warn : .fail,
            "clocks",
            "the hub's and this machine's \(words)",
            "schedules fire by the hub's: set both by NTP"
        )
    }

    private var life: DoctorCheck {
        if status.isDraining {
            return DoctorCheck(.warn, "hub", "it is stopping, and takes no tasks", "start it again")
        }
        let age = Wording.age(status.startedAt, at: status.clock)
        return DoctorCheck(.ok, "hub", "up for \(age), its life number \(status.epoch)")
    }

    // MARK: The store

    private var storeChecks: [DoctorCheck] {
        guard let store = status.store else { return [] }
        return [directory(store), disk(store), deadLetters(store)].compactMap { $0 }
            + store.warnings.map { DoctorCheck(.fail, "store", $0) }
    }

    private func directory(_ store: HubStatusReport.Store) -> DoctorCheck? {
        guard store.durability != "memory" else {
            return DoctorCheck(
                .warn,
                "data directory",
                "none is used: what is accepted is lost with the hub's process",
                "start the hub without --durability memory"
            )
        }
        guard let path = store.directory else { return nil }
        let words = "\(path)\(store.durability.map { ", durability \($0)" } ?? "")"
        var entry = stat()
        // The hub may be on another machine; then there is nothing to see here.
        guard lstat(path, &entry) == 0 else { return DoctorCheck(.ok, "data directory", words) }
        guard entry.st_mode & 0o077 == 0 else {
            return DoctorCheck(
                .warn,
                "data directory",
                "others may look into \(path)",
                "chmod 700 \(path)"
            )
        }
        return DoctorCheck(.ok, "data directory", words)
    }

    private func disk(_ store: HubStatusReport.Store) -> DoctorCheck? {
        guard let free = store.freeBytes else { return nil }
        let words = "\(Wording.bytes(free)) free, the store has \(Wording.bytes(store.bytes ?? 0))"
        let verdict: DoctorCheck.Verdict = free < Self.exhausted ? .fail : free < Self.scarce ? .warn : .ok
        return DoctorCheck(verdict, "disk", words, "make room, or move the data directory")
    }

    private func deadLetters(_ store: HubStatusReport.Store) -> DoctorCheck? {
        guard let count = store.deadLetters else { return nil }
        guard count > 0 else { return DoctorCheck(.ok, "dead letters", "none") }
        return DoctorCheck(
            .warn,
            "dead letters",
            "\(Wording.count(count, "message was", "messages were")) given up",
            "see 'taskiq dead list', then 'taskiq dead retry' or 'taskiq dead drop'"
        )
    }

    // MARK: The work

    private var workers: DoctorCheck {
        guard status.workers == 0 else {
            return DoctorCheck(.ok, "workers", "\(Wording.count(status.workers, "worker")) connected")
        }
        let isWaiting = status.ready > 0
        return DoctorCheck(
            isWaiting ? .fail : .warn,
            "workers",
            isWaiting
                ? "none is connected, and \(Wording.count(status.ready, "task waits", "tasks wait"))"
                : "none is connected",
            "start one with 'taskiq worker'"
        )
    }

    private var tasks: DoctorCheck {
        let counts = "\(status.ready) ready, \(status.delayed) delayed, \(status.running) running"
        if status.messages * 10 >= status.maximumMessages * 9 {
            return DoctorCheck(
                .fail,
                "tasks",
                "\(status.messages) of at most \(status.maximumMessages)",
                "start workers, or send less"
            )
        }
        guard status.unroutable > 0, status.workers > 0 else { return DoctorCheck(.ok, "tasks", counts) }
        return DoctorCheck(
            .warn,
            "tasks",
            "\(counts); \(status.unroutable) that no worker knows (\(status.unroutableTasks.joined(separator: ", ")))",
            "start a worker that does, or end them with 'taskiq tasks cancel'"
        )
    }

    private var pauses: DoctorCheck {
        guard !status.pausedQueues.isEmpty else { return DoctorCheck(.ok, "queues", "none is paused") }
        return DoctorCheck(
            .warn,
            "queues",
            "paused: \(status.pausedQueues.joined(separator: ", "))",
            "'taskiq queues resume QUEUE' when that is no longer wanted"
        )
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Dispatch
import Synchronization
import Taskiq
import TaskiqApp
import TaskiqCron
import TaskiqHub

/// Prints each run of a schedule as one line, when it has ended: when, which schedule, which task, how late, how long,
/// and how it went.
///
/// Lines are written on a queue of their own: whoever reads them may be slow, or stop reading, and must not hold up the
/// hub. What nobody reads in time is left out, and counted.
final class RunPrinter: Sendable {
    /// Most lines that wait to be written.
    private static let backlog = 10_000

    let isQuiet: Bool
    /// Whether lines end in what tasks returned and why they failed, which may be nobody else's business.
    let showsResults: Bool
    /// The clock that people here go by.
    private let zone = Zone.system
    private let queue = DispatchQueue(label: "taskiq.runs")
    private let waiting = Atomic<Int>(0)
    private let leftOut = Atomic<Int>(0)

    init(isQuiet: Bool, showsResults: Bool) {
        self.isQuiet = isQuiet
        self.showsResults = showsResults
    }

    /// Called on the hub's thread.
    func observe(_ notice: HubNotice) {
        guard case .runEnded(let run) = notice, let schedule = run.scheduleID else { return }
        print { self.line(for: run, of: schedule) }
    }

    func note(_ text: String) {
        print { text }
    }

    /// Tells that slots of a schedule were missed: the last of them, and how many there were.
    func missed(_ slot: Slot, count: Int, reason: String, at instant: Timestamp) {
        print {
            let what = count == 1 ? "\(slot.instant)" : "\(count) slots up to \(slot.instant)"
            return "\(self.clock(instant))  \(self.pad(slot.scheduleID.rawValue, 24))  missed \(what): \(reason)"
        }
    }

    /// Returns when everything is written, or nobody has read it for a second.
    func flush() {
        let written = DispatchSemaphore(value: 0)
        queue.async { written.signal() }
        _ = written.wait(timeout: .now() + .seconds(1))
    }

    private func print(_ line: @escaping @Sendable () -> String) {
        guard !isQuiet else { return }
        guard waiting.load(ordering: .relaxed) < Self.backlog else {
            leftOut.add(1, ordering: .relaxed)
            return
        }
        waiting.add(1, ordering: .relaxed)
        queue.async { [self] in
            let missing = leftOut.exchange(0, ordering: .relaxed)
            if missing > 0 { Output.line("… \(missing) lines were left out, because nobody read them in time") }
            Output.line(line())
            waiting.subtract(1, ordering: .relaxed)
        }
    }

    /// The line of a run.
    func line(for run: RunReport, of schedule: String) -> String {
        var parts = [clock(run.startedAt), pad(schedule, 24), pad(run.taskName, 16)]
        if let scheduledAt = run.scheduledAt {
            let late = scheduledAt.duration(to: run.startedAt)
            parts.append(pad(late < .milliseconds(1) ? "on time" : "\(late.formattedShortly) late", 11))
        }
        parts.append(pad("took \(Self.text(microseconds: run.executionTime))", 14))
        parts.append(outcome(of: run))
        return parts.joined(separator: "  ")
    }

    private func outcome(of run: RunReport) -> String {
        let result = run.result.isEmpty ? nil : try? StoredResult(json: run.result)
        guard showsResults else { return run.isError ? "FAILED  \(result?.error?.type ?? "")" : "ok" }
        if run.isError { return "FAILED  \(Self.short("\(result?.error?.description ?? "without a reason")"))" }
        guard let value = result?.returnValue, !value.isNull else { return "ok" }
        return "ok  \(Self.short(value.text))"
    }

    private func clock(_ instant: Timestamp) -> String {
        guard let local = zone.civil(at: instant) else { return instant.description }
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(local.hour)):\(two(local.minute)):\(two(local.second))"
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text.count >= width ? text : text + String(repeating: " ", count: width - text.count)
    }

    private static func text(microseconds: Int64) -> String {
        switch microseconds {
        case ..<1000: "\(microseconds) µs"
        case ..<100_000: "\(Double(microseconds / 100) / 10) ms"
        default: Duration.microseconds(microseconds).formattedShortly
        }
    }

    /// The first line, cut to what a terminal shows.
    private static func short(_ text: String) -> String {
        let line = text.prefix { $0 != "\n" }
        return line.count > 80 ? "\(line.prefix(79))…" : String(line)
    }
}

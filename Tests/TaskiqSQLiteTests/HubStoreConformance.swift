// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHub
import TaskiqHubProtocol
import Testing

/// What lets a test look at rows that a hub never reads back.
protocol InspectableStore: HubStore {
    var deadLetters: [StoredDeadLetter] { get throws }
    var slots: [StoredSlot] { get throws }
}

extension MemoryHubStore: InspectableStore {}

/// A store that can be closed and opened again.
final class StoreUnderTest {
    private let open: () throws -> any InspectableStore
    private(set) var store: any InspectableStore

    init(_ open: @escaping () throws -> any InspectableStore) throws {
        self.open = open
        store = try open()
    }

    deinit {
        store.close()
    }

    /// Ends the hub's life cleanly, and begins the next one.
    func reopen() throws -> Recovered {
        store.close()
        store = try open()
        return Recovered(try store.recover())
    }
}

/// What every store of a hub must do, as scenarios that any implementation can run.
enum HubStoreConformance {
    struct Scenario: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let run: @Sendable (StoreUnderTest) throws -> Void

        init(_ description: String, _ run: @escaping @Sendable (StoreUnderTest) throws -> Void) {
            testDescription = description
            self.run = run
        }
    }

    static let scenarios = lives + messages + outcomes + schedules + operations + listings

    private static let lives = [
        Scenario("an empty store begins with epoch 1 and number 1") { test in
            let state = Recovered(try test.store.recover())
            #expect(state == Recovered(RecoveredState(epoch: 1)))
        },
        Scenario("each life has an epoch of its own") { test in
            let epochs = [try test.store.recover().epoch, try test.reopen().epoch, try test.reopen().epoch]
            #expect(epochs == [1, 2, 3])
        },
        Scenario("a number never comes again, even if nothing is left of the message") { test in
            try test.store.commit(.insert(message(41)))
            try test.store.commit(.complete(sequence: 41, result: nil))
            #expect(try test.reopen().nextSequence == 42)
        },
        Scenario("the next life begins after the reserved numbers") { test in
            try test.store.commit(.reserveSequences(below: 10_001), .insert(message(5)))
            try test.store.commit(.reserveSequences(below: 20))
            #expect(try test.reopen().nextSequence == 10_001)
        },
        Scenario("a group is made as a whole or not at all") { test in
            try test.store.commit(.insert(message(1)))
            let error = #expect(throws: HubStoreError.self) {
                try test.store.commit(.insert(message(2)), .complete(sequence: 7, result: nil), .insert(message(1)))
            }
            #expect(error?.code == .failed)
            #expect(try test.reopen().messages.map(\.message.sequence) == [1])
        },
        Scenario("a group may be empty") { test in
            try test.store.commit()
            #expect(try test.reopen().messages.isEmpty)
        },
    ]

    private static let messages = [
        Scenario("a message comes back as it was, without its body") { test in
            var stored = message(3, key: SubmissionKey(key: try peer(9), bodyHash: .min, until: instant(60_000)))
            stored.dueAt = instant(-5)
            stored.scheduleID = "nightly"
            stored.scheduledAt = .earliest
            stored.expiresAt = instant(7_000)
            stored.uniqueKey = "a\u{0}b"
            stored.isFenced = true
            try test.store.commit(.insert(stored), .insert(message(2)))
            var expected = stored
            expected.body = []
            let state = try test.reopen()
            #expect(state.messages.map(\.message.sequence) == [2, 3])
            #expect(state.messages.last?.message == expected)
            #expect(state.keys == [Recovered.Key(key: try #require(stored.key), sequence: 3)])
            #expect(state.messages.first?.message.key == nil)
        },
        Scenario("texts and bodies of every kind survive") { test in
            let texts = ["", "a\u{0}b", "Grüße 🚚", String(repeating: "x", count: 5_000)]
            for (index, text) in texts.enumerated() {
                var stored = message(Int64(index + 1), taskID: text)
                (stored.queue, stored.taskName, stored.scheduleID) = (text, text, text)
                stored.body = Array(text.utf8) + [0, 255]
                if text.isEmpty { stored.body = [] }
                try test.store.commit(.insert(stored))
            }
            let recovered = try test.reopen().messages.map(\.message)
            #expect(recovered.map(\.taskID) == texts)
            #expect(recovered.map(\.queue) == texts)
            #expect(recovered.map(\.taskName) == texts)
            #expect(recovered.map(\.scheduleID) == texts)
            let bodies = try test.store.bodies(of: [4, 99, 1, 2])
            #expect(bodies.map(\.sequence) == [4, 1, 2])
            #expect(
                bodies.map(\.body.bytes) == [Array(texts[3].utf8) + [0, 255], [], Array(texts[1].utf8) + [0, 255]]
            )
        },
        Scenario("a lease is remembered, and a later one takes its place") { test in
            try test.store.commit(
                .insert(message(1)),
                .lease(LeaseKey(sequence: 1, attempt: 1), worker: try peer(1))
            )
            try test.store.commit(.release(sequence: 1, crashes: 1, dueAt: instant(500)))
            let released = try #require(try test.reopen().messages.first)
            #expect(released.worker == nil)
            #expect((released.attempt, released.crashes) == (1, 1))
            #expect(released.message.dueAt == instant(500))
            try test.store.commit(.lease(LeaseKey(sequence: 1, attempt: 2), worker: try peer(2)))
            let leased = try #require(try test.reopen().messages.first)
            #expect(leased.worker == (try peer(2)))
            #expect((leased.attempt, leased.crashes) == (2, 1))
        },
        Scenario("a release without a due time makes a message due at once") { test in
            var delayed = message(1)
            delayed.dueAt = instant(900)
            try test.store.commit(.insert(delayed), .release(sequence: 1, crashes: 0, dueAt: nil))
            #expect(try test.reopen().messages.first?.message.dueAt == nil)
        },
        Scenario("an acknowledgement is remembered beside the lease") { test in
            try test.store.commit(
                .insert(message(1)),
                .insert(message(2)),
                .lease(LeaseKey(sequence: 1, attempt: 1), worker: try peer(1)),
                .acknowledge(sequence: 1)
            )
            let state = try test.reopen()
            #expect(state.messages.map(\.isAcknowledged) == [true, false])
            #expect(state.messages.map(\.worker) == [try peer(1), nil])
        },
        Scenario("changes of messages that are not there are left out") { test in
            try test.store.commit(
                .insert(message(1)),
                .complete(sequence: 1, result: outcome("task-1", "first")),
                .lease(LeaseKey(sequence: 1, attempt: 4), worker: try peer(1)),
                .release(sequence: 1, crashes: 4, dueAt: nil),
                .acknowledge(sequence: 1),
                .complete(sequence: 1, result: outcome("task-1", "second")),
                .bury(sequence: 1, reason: "late", at: instant(9), result: outcome("task-1", "third"))
            )
            try test.store.commit(
                .lease(LeaseKey(sequence: 77, attempt: 1), worker: try peer(1)),
                .complete(sequence: 77, result: outcome("task-77", "never"))
            )
            #expect(try test.reopen().messages.isEmpty)
            #expect(try test.store.results(of: ["task-1", "task-77"]) == ["task-1": .intact(Array("first".utf8))])
            #expect(try test.store.deadLetters.isEmpty)
            // Had a lease stayed behind, it would belong to the message that gets the number.
            try test.store.commit(.insert(message(77)))
            let late = try #require(try test.reopen().messages.first)
            #expect((late.attempt, late.worker, late.isAcknowledged) == (0, nil, false))
        },
    ]

    private static let outcomes = [
        Scenario("a message that is over leaves nothing but its result") { test in
            try test.store.commit(
                .insert(message(1)),
                .insert(message(2)),
                .lease(LeaseKey(sequence: 1, attempt: 1), worker: try peer(1))
            )
            try test.store.commit(.complete(sequence: 1, result: outcome("task-1", "42")))
            try test.store.commit(.complete(sequence: 2, result: nil))
            #expect(try test.store.bodies(of: [1, 2]).isEmpty)
            #expect(try test.reopen().messages.isEmpty)
            #expect(try test.store.result(of: "task-1") == "42")
            #expect(try test.store.result(of: "task-2") == nil)
            // Numbers are not used twice, but a lease that stayed behind would show so.
            try test.store.commit(.insert(message(1)))
            let next = try #require(try test.reopen().messages.first)
            #expect((next.attempt, next.worker) == (0, nil))
        },
        Scenario("a task that ended without acknowledging leaves its result, and its message stays") { test in
            let lease = LeaseKey(sequence: 1, attempt: 2)
            try test.store.commit(.insert(message(1)), .lease(lease, worker: try peer(1)), .insert(message(2)))
            try test.store.commit(.retain(lease, result: outcome("task-1", "42", isError: true, expiresAt: 70)))
            try test.store.commit(.retain(LeaseKey(sequence: 2, attempt: 5), result: nil))
            try test.store.commit(.retain(LeaseKey(sequence: 9, attempt: 1), result: outcome("nobody", "r")))
            #expect(try test.store.result(of: "task-1") == "42")
            #expect(try test.store.result(of: "nobody") == nil)
            let messages = try test.reopen().messages
            #expect(messages.map(\.unacknowledgedAttempt) == [2, 5])
            #expect(messages.map(\.worker) == [try peer(1), nil])
            #expect(messages.map(\.result) == [RetainedResult(isError: true, expiresAt: instant(70)), nil])
            try test.store.commit(.release(sequence: 1, crashes: 0, dueAt: nil))
            let next = LeaseKey(sequence: 1, attempt: 3)
            try test.store.commit(.lease(next, worker: try peer(2)))
            #expect(try test.reopen().messages.first?.unacknowledgedAttempt == 2)
            try test.store.commit(.complete(sequence: 1, result: nil))
            #expect(try test.store.result(of: "task-1") == "42")
            try test.store.commit(.complete(sequence: 2, result: outcome("task-2", "43")))
            #expect(try test.reopen().messages.isEmpty)
        },
        Scenario("all results of a task are dropped together, and those of others stay") { test in
            for number in 1...3 as ClosedRange<Int64> {
                try test.store.commit(.insert(message(number, taskID: number < 3 ? "twin" : "other")))
                let result = outcome(number < 3 ? "twin" : "other", "r")
                try test.store.commit(.complete(sequence: number, result: result))
            }
            #expect(try test.store.hasResult(of: "twin"))
            try test.store.commit(.dropResults(taskID: "twin"), .dropResults(taskID: "nobody"))
            #expect(try test.store.hasResult(of: "twin") == false)
            #expect(try test.store.hasResult(of: "other"))
            #expect(try test.reopen().nextSequence == 4)
        },
        Scenario("the result of the newest message of a task counts") { test in
            try test.store.commit(.insert(message(1, taskID: "twin")), .insert(message(2, taskID: "twin")))
            try test.store.commit(.complete(sequence: 2, result: outcome("twin", "newer", expiresAt: 10)))
            try test.store.commit(.complete(sequence: 1, result: outcome("twin", "older", expiresAt: 20)))
            #expect(try test.store.result(of: "twin") == "newer")
            try test.store.commit(.forget(expiredBefore: instant(15)))
            #expect(try test.store.result(of: "twin") == "older")
        },
        Scenario("a dead letter keeps the message and says why") { test in
            var stored = message(1)
            stored.scheduleID = "nightly"
            stored.scheduledAt = instant(7)
            try test.store.commit(
                .insert(stored),
                .lease(LeaseKey(sequence: 1, attempt: 3), worker: try peer(1)),
                .release(sequence: 1, crashes: 2, dueAt: nil)
            )
            let result = outcome("task-1", "gave up", isError: true)
            try test.store.commit(.bury(sequence: 1, reason: "three starts", at: instant(90), result: result))
            #expect(try test.reopen().messages.isEmpty)
            #expect(try test.store.result(of: "task-1") == "gave up")
            let letter = StoredDeadLetter(
                message: stored,
                attempts: 3,
                crashes: 2,
                reason: "three starts",
                deadAt: instant(90)
            )
            #expect(try test.store.deadLetters == [letter])
        },
        Scenario("expired results and keys are forgotten, those of the same instant are not") { test in
            for number in 1...4 as ClosedRange<Int64> {
                let until = instant(number * 10)
                let key = SubmissionKey(key: try peer(Int(number)), bodyHash: number, until: until)
                try test.store.commit(
                    .insert(message(number, key: key)),
                    .complete(sequence: number, result: outcome("task-\(number)", "r", expiresAt: number * 10))
                )
            }
            try test.store.commit(.forget(expiredBefore: instant(30)))
            #expect(try test.reopen().keys.map(\.sequence) == [3, 4])
            let ids = (1...4).map { "task-\($0)" }
            #expect(try test.store.results(of: ids).keys.sorted() == ["task-3", "task-4"])
        },
        Scenario("forgetting is bounded, oldest first") { test in
            let count = 5_050 as Int64
            for number in 1...count {
                let key = SubmissionKey(key: try peer(Int(number)), bodyHash: 0, until: instant(number))
                let result = outcome("task-\(number)", "r", expiresAt: number)
                try test.store.commit(
                    .insert(message(number, key: number <= 100 ? key : nil)),
                    .complete(sequence: number, result: result)
                )
            }
            let ids = (1...count).map { "task-\($0)" }
            try test.store.commit(.forget(expiredBefore: instant(100_000)))
            #expect(try test.store.results(of: ids).keys.sorted() == ids.suffix(50).sorted())
            #expect(try test.reopen().keys.count == 100)
            try test.store.commit(.forget(expiredBefore: instant(100_000)))
            #expect(try test.store.results(of: ids).isEmpty)
            #expect(try test.reopen().keys.isEmpty)
        },
        Scenario("a key that is used again belongs to the newer message") { test in
            let key = SubmissionKey(key: try peer(1), bodyHash: 1, until: instant(10))
            let again = SubmissionKey(key: try peer(1), bodyHash: 2, until: instant(20))
            try test.store.commit(.insert(message(1, key: key)))
            try test.store.commit(.insert(message(2, key: again)))
            let state = try test.reopen()
            #expect(state.keys == [Recovered.Key(key: again, sequence: 2)])
            #expect(state.messages.map(\.message.key) == [nil, again])
        },
    ]

    private static let schedules = [
        Scenario("a slot is decided once") { test in
            let fired = StoredSlot(slot: slot("nightly", 0), decidedAt: instant(3), sequence: 1, reason: nil)
            let missed = StoredSlot(slot: slot("nightly", 0), decidedAt: instant(9), sequence: nil, reason: "late")
            let other = StoredSlot(slot: slot("nightly", 1), decidedAt: instant(9), sequence: nil, reason: "late")
            try test.store.commit(.slot(fired))
            try test.store.commit(.slot(missed), .slot(other))
            _ = try test.reopen()
            #expect(try test.store.slots == [fired, other])
        },
        Scenario("the cursor of a schedule is the last one written") { test in
            let first = ScheduleState(cursor: instant(1), fingerprint: "a")
            let second = ScheduleState(cursor: instant(-1), fingerprint: "b")
            try test.store.commit(.scheduleState("nightly", first), .scheduleState("hourly", first))
            try test.store.commit(.scheduleState("nightly", second))
            #expect(try test.reopen().scheduleStates == ["nightly": second, "hourly": first])
        },
        Scenario("a catalogue takes the place of the application's last one") { test in
            let labels = Labels([Labels.Entry(name: "priority", value: .int(9))])
            let old = TaskCatalogue(application: "shop", tasks: [])
            let new = TaskCatalogue(application: "shop", tasks: [TaskDescription(name: "a:b", labels: labels)])
            let other = TaskCatalogue(application: "mail", tasks: [])
            for catalogue in [old, other, new] {
                let json = catalogue.json()
                try test.store.commit(.catalogue(application: catalogue.application, json: json, at: instant(1)))
            }
            try test.store.commit(.catalogue(application: "broken", json: [1, 2, 3], at: instant(1)))
            #expect(try test.reopen().catalogues == [other, new])
        },
    ]

    private static let operations = [
        Scenario("that a task is to end is known until it has, over restarts") { test in
            #expect(try test.store.recover().cancelling.isEmpty)
            try test.store.commit(.insert(message(1)), .insert(message(2)), .cancel(sequence: 1, reason: "enough"))
            try test.store.commit(.cancel(sequence: 2, reason: "a\u{0}b"), .cancel(sequence: 1, reason: "too much"))
            #expect(try test.reopen().cancelling == [1: "too much", 2: "a\u{0}b"])
            try test.store.commit(.cancel(sequence: 1, reason: nil), .complete(sequence: 1, result: nil))
            #expect(try test.reopen().cancelling == [2: "a\u{0}b"])
        },
        Scenario("a queue is paused until it goes on, over restarts") { test in
            #expect(try test.store.recover().pausedQueues.isEmpty)
            try test.store.commit(
                .queue(name: "slow", isPaused: true),
                .queue(name: "slow", isPaused: true),
                .queue(name: "", isPaused: true),
                .queue(name: "never", isPaused: false)
            )
            #expect(try test.reopen().pausedQueues == ["slow", ""])
            try test.store.commit(.queue(name: "slow", isPaused: false))
            #expect(try test.reopen().pausedQueues == [""])
        },
        Scenario("dead letters are dropped by their numbers") { test in
            for number in 1...3 as ClosedRange<Int64> {
                try test.store.commit(
                    .insert(message(number, size: 20_000)),
                    .bury(sequence: number, reason: "r", at: instant(9), result: nil)
                )
            }
            try test.store.commit(.dropDeadLetters([3, 77, 1]), .dropDeadLetters([]))
            #expect(try test.store.deadLetters.map(\.message.sequence) == [2])
            #expect(try test.store.deadLetter(sequence: 2)?.message.body == message(2, size: 20_000).body)
            #expect(try test.store.deadLetter(sequence: 3) == nil)
            #expect(try test.store.statistics().deadLetters == 1)
        },
        Scenario("a message that is put aside is over, and its error is a result") { test in
            try test.store.commit(.insert(message(1)), .insert(message(2, size: 20_000)), .insert(message(3)))
            try test.store.commit(
                .quarantine(sequence: 1, reason: "flip", at: instant(9), result: outcome("task-1", "damaged")),
                .quarantine(sequence: 2, reason: "flip", at: instant(9), result: nil),
                // Nothing is left of this one's row, and the hub had it.
                .quarantine(sequence: 8, reason: "gone", at: instant(9), result: outcome("task-8", "gone"))
            )
            #expect(try test.store.bodies(of: [1, 2, 3]).map(\.sequence) == [3])
            #expect(try test.store.result(of: "task-1") == "damaged")
            #expect(try test.store.result(of: "task-8") == "gone")
            #expect(try test.reopen().messages.map(\.message.sequence) == [3])
            let statistics = try test.store.statistics()
            #expect((statistics.quarantined, statistics.messages, statistics.results) == (3, 1, 2))
        },
        Scenario("a first delivery in the group of its message is a delivery like any other") { test in
            let worker = try peer(1)
            for number in 1...6 as ClosedRange<Int64> {
                try test.store.commit(
                    .insert(message(number)),
                    .lease(LeaseKey(sequence: number, attempt: 1), worker: worker)
                )
            }
            try test.store.commit(.acknowledge(sequence: 2))
            try test.store.commit(.release(sequence: 3, crashes: 1, dueAt: instant(70)))
            try test.store.commit(.retain(LeaseKey(sequence: 4, attempt: 1), result: outcome("task-4", "r")))
            try test.store.commit(.lease(LeaseKey(sequence: 5, attempt: 2), worker: try peer(2)))
            try test.store.commit(.bury(sequence: 6, reason: "r", at: instant(9), result: nil))
            let found = try test.reopen().messages
            #expect(found.map(\.attempt) == [1, 1, 1, 1, 2])
            #expect(found.map(\.worker) == [worker, worker, nil, worker, try peer(2)])
            #expect(found.map(\.isAcknowledged) == [false, true, false, false, false])
            #expect(found.map(\.crashes) == [0, 0, 1, 0, 0])
            #expect(found.map(\.message.dueAt) == [nil, nil, instant(70), nil, nil])
            #expect(found.map(\.unacknowledgedAttempt) == [0, 0, 0, 1, 0])
            #expect(try test.store.deadLetters.map(\.attempts) == [1])
        },
        Scenario("several changes of a message in its first group count in order") { test in
            let (first, second) = (try peer(1), try peer(2))
            try test.store.commit(
                .insert(message(1)),
                .lease(LeaseKey(sequence: 1, attempt: 1), worker: first),
                .release(sequence: 1, crashes: 1, dueAt: nil),
                .lease(LeaseKey(sequence: 1, attempt: 2), worker: second),
                .insert(message(2)),
                .release(sequence: 2, crashes: 2, dueAt: nil),
                .lease(LeaseKey(sequence: 2, attempt: 3), worker: first)
            )
            let found = try test.reopen().messages
            #expect(found.map(\.attempt) == [2, 3])
            #expect(found.map(\.crashes) == [1, 2])
            #expect(found.map(\.worker) == [second, first])
        },
        Scenario("large bodies come back, and go with their messages") { test in
            for number in 1...4 as ClosedRange<Int64> {
                try test.store.commit(.insert(message(number, size: 16_384 + Int(number % 2))))
            }
            #expect(try test.store.bodies(of: [1, 2]).map(\.body.bytes?.count) == [16_385, 16_384])
            try test.store.commit(
                .complete(sequence: 1, result: nil),
                .bury(sequence: 3, reason: "r", at: instant(1), result: nil)
            )
            #expect(try test.reopen().messages.map(\.message.sequence) == [2, 4])
            #expect(try test.store.bodies(of: [1, 2, 3, 4]).map(\.sequence) == [2, 4])
            #expect(try test.store.deadLetter(taskID: "task-3")?.message.body.count == 16_385)
            // Had its body stayed behind, it would be that of the message that gets the number.
            try test.store.commit(.insert(message(1, size: 20_000)))
            #expect(try test.store.bodies(of: [1]).map(\.body) == [.intact(message(1, size: 20_000).body)])
        },
    ]

    private static let listings = [
        Scenario("results are listed in the order in which they were stored") { test in
            for number in [5, 2, 9, 4, 1] as [Int64] {
                var result = outcome("task-\(number)", "r\(number)", isError: number == 9)
                (result.taskName, result.storedAt) = ("reports:render", instant(number))
                try test.store.commit(.insert(message(number)), .complete(sequence: number, result: result))
            }
            let all = try test.store.results(StorePage(limit: 10))
            #expect(all.map(\.sequence) == [1, 4, 9, 2, 5])
            #expect(all.map(\.isError) == [false, false, true, false, false])
            #expect(all.allSatisfy { $0.taskName == "reports:render" && $0.storedAt == instant($0.sequence) })
            #expect(all.first?.body == .intact(Array("r1".utf8)))
            #expect(try test.store.results(StorePage(limit: 2)) == Array(all.prefix(2)))
            #expect(try test.store.results(.before(all[1].position, limit: 2)) == Array(all[2...3]))
            #expect(try test.store.results(.after(all[4].position, limit: 2)) == Array(all[2...3]))
            #expect(try test.store.results(.after(all[0].position, limit: 2)).isEmpty)
            _ = try test.reopen()
            try test.store.commit(.insert(message(10)), .complete(sequence: 10, result: outcome("task-10", "r")))
            #expect(try test.store.results(.after(all[0].position, limit: 2)).map(\.sequence) == [10])
        },
        Scenario("a listing has the sizes of large results, and not their bodies") { test in
            for (number, size) in [(1, 4096), (2, 4097), (3, 300_000)] as [(Int64, Int)] {
                let result = outcome("task-\(number)", String(repeating: "r", count: size))
                try test.store.commit(.insert(message(number)), .complete(sequence: number, result: result))
            }
            let all = try test.store.results(StorePage(limit: 10))
            #expect(all.map(\.bodySize) == [300_000, 4097, 4096])
            #expect(all.map { $0.body == nil } == [true, true, false])
            #expect(try test.store.results(of: ["task-3"])["task-3"]?.bytes?.count == 300_000)
        },
        Scenario("dead letters are listed by their numbers, without bodies") { test in
            for number in 1...5 as ClosedRange<Int64> {
                try test.store.commit(
                    .insert(message(number, size: number == 3 ? 20_000 : 7)),
                    .bury(sequence: number, reason: "reason \(number)", at: instant(number), result: nil)
                )
            }
            let all = try test.store.deadLetters(StorePage(limit: 10))
            #expect(all.map(\.message.sequence) == [5, 4, 3, 2, 1])
            #expect(all.map(\.bodySize) == [7, 7, 20_000, 7, 7])
            #expect(all.allSatisfy { $0.message.body.isEmpty && $0.damage == nil })
            #expect(all.map(\.reason) == (1...5).reversed().map { "reason \($0)" })
            #expect(try test.store.deadLetters(.before(4, limit: 2)) == Array(all[2...3]))
            #expect(try test.store.deadLetters(.after(2, limit: 2)) == Array(all[1...2]))
            #expect(try test.store.deadLetter(sequence: 3)?.message.body.count == 20_000)
            #expect(try test.store.deadLetter(taskID: "task-2")?.message.sequence == 2)
            #expect(try test.store.deadLetter(taskID: "task-9") == nil)
        },
        Scenario("a page has at most a thousand rows") { test in
            for number in 1...1_010 as ClosedRange<Int64> {
                try test.store.commit(
                    .insert(message(number)),
                    .bury(sequence: number, reason: "r", at: instant(1), result: nil)
                )
            }
            #expect(try test.store.deadLetters(StorePage(limit: .max)).count == 1_000)
            #expect(try test.store.deadLetters(StorePage(limit: -3)).count == 1)
        },
        Scenario("rows are counted, over restarts") { test in
            let key = SubmissionKey(key: try peer(1), bodyHash: 1, until: instant(10))
            try test.store.commit(.insert(message(1, key: key)), .insert(message(2)), .insert(message(3)))
            try test.store.commit(
                .retain(LeaseKey(sequence: 2, attempt: 1), result: outcome("task-2", "a", isError: true)),
                .bury(sequence: 3, reason: "r", at: instant(1), result: outcome("task-3", "b")),
                .slot(StoredSlot(slot: slot("nightly", 0), decidedAt: instant(3), sequence: 1, reason: nil))
            )
            try test.store.commit(.complete(sequence: 2, result: outcome("task-2", "c")))
            for _ in 1...2 {
                let counts = try test.store.statistics()
                #expect((counts.messages, counts.results, counts.submissionKeys) == (1, 2, 1))
                #expect((counts.deadLetters, counts.quarantined, counts.slots) == (1, 0, 1))
                _ = try test.reopen()
            }
            try test.store.commit(.dropResults(taskID: "task-3"), .forget(expiredBefore: instant(2_000)))
            let counts = try test.store.statistics()
            #expect((counts.messages, counts.results, counts.submissionKeys) == (1, 0, 0))
        },
    ]
}

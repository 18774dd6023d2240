// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import TaskiqCron
import TestSupport
import Testing

/// Every zone of the system's database, every jump of its clocks from 1970 to 2100, random expressions.
///
/// A sample by default; all of it with `TASKIQ_CRON_ALL_ZONES` in the environment (some minutes in a release build).
@Suite("Cron in every zone")
struct CronZoneTests {
    static let isComplete = ProcessInfo.processInfo.environment["TASKIQ_CRON_ALL_ZONES"] != nil

    /// The names of all zone files.
    static let allNames: [String] = {
        guard let folder = Zone.standardDirectories.first(where: { FileManager.default.fileExists(atPath: $0) }),
            let files = FileManager.default.enumerator(atPath: folder)
        else { return [] }
        let names = files.compactMap { $0 as? String }.filter { name in
            !name.hasPrefix("right/") && !name.hasPrefix("posix/") && (try? Zone(identifier: name)) != nil
        }
        return names.sorted()
    }()

    static var names: [String] {
        guard !isComplete else { return allNames }
        var generator = SeededGenerator(seed: 4)
        return Array(allNames.shuffled(using: &generator).prefix(30)) + CronPropertyTests.zones
    }

    @Test("next, previous and count agree with a walk through every minute around jumps", arguments: names)
    func walk(name: String) throws {
        var generator = SeededGenerator(seed: UInt64(name.utf8.reduce(11) { $0 &* 31 &+ UInt64($1) }))
        let zone = try Zone(identifier: name)
        var jumps: [Zone.Transition] = []
        var last = Timestamp.epoch
        let end = try Timestamp(parsing: "2101-01-01T00:00:00Z")
        while let jump = zone.transition(after: last), jump.timestamp < end {
            jumps.append(jump)
            last = jump.timestamp
        }
        if !Self.isComplete { jumps = Array(jumps.shuffled(using: &generator).prefix(4)) }
        for jump in jumps {
            for _ in 0..<2 { try check(jump, in: zone, &generator) }
        }
    }

    private func check(_ jump: Zone.Transition, in zone: Zone, _ generator: inout SeededGenerator) throws {
        let middle = Int(jump.timestamp.secondsSinceEpoch)
        let isWholeMinutes = (jump.offsetBefore % 60, jump.offsetAfter % 60) == (0, 0)
        let size = jump.jump > .seconds(3 * 3_600) || jump.jump < .seconds(-3 * 3_600) ? 30 : 5
        let window = (middle - size * 3_600)..<(middle + size * 3_600)
        let hour = (((middle + jump.offsetBefore) / 3_600) % 24 + 24) % 24
        let random = RandomExpression(near: hour, using: &generator)
        let expression = try CronExpression(random.description)
        let policies: [(TransitionPolicy, Bool, Bool)] = [
            (.automatic, !random.isWildcard, random.isWildcard),
            (TransitionPolicy(gap: .skip, repeated: .once), false, false),
            (TransitionPolicy(gap: .runAfter, repeated: .twice), true, true),
            (TransitionPolicy(gap: .skip, repeated: .twice), false, true),
            (TransitionPolicy(gap: .runAfter, repeated: .once), true, false),
        ]
        let (policy, replays, repeats) =
            generator.chance(50) ? policies[0] : policies[Int.random(in: 1...4, using: &generator)]
        let expected = random.fires(
            in: window,
            replaysGaps: replays,
            repeatsFolds: repeats,
            warmUp: size * 6 * 3_600,
            step: isWholeMinutes ? 60 : 1
        ) { zone.offsetSeconds(at: Timestamp(secondsSinceEpoch: Int64($0))) }
        let message = "\(random) in \(zone) around \(jump.timestamp), \(policy)"

        let start = Timestamp(secondsSinceEpoch: Int64(window.lowerBound - 1))
        let stop = Timestamp(secondsSinceEpoch: Int64(window.upperBound))
        let actual = Array(expression.occurrences(after: start, until: stop, in: zone, policy: policy))
        #expect(actual.map { Int($0.secondsSinceEpoch) } == expected, "\(message)")
        #expect(
            expression.count(after: start, until: stop, in: zone, policy: policy) == expected.count,
            "\(message)"
        )
        var backwards: [Timestamp] = []
        var instant = stop
        while let previous = expression.previous(before: instant, in: zone, policy: policy), previous > start {
            #expect(previous < instant)
            backwards.append(previous)
            instant = previous
        }
        #expect(Array(backwards.reversed()) == actual, "\(message)")
        for _ in 0..<4 {
            let from = Int.random(in: window, using: &generator)
            let timestamp = Timestamp(secondsSinceEpoch: Int64(from))
            if let next = expected.first(where: { $0 > from }) {
                let answer = expression.next(after: timestamp, in: zone, policy: policy)
                #expect(answer == Timestamp(secondsSinceEpoch: Int64(next)), "\(message), from \(timestamp)")
            }
            if let previous = expected.last(where: { $0 < from }) {
                let answer = expression.previous(before: timestamp, in: zone, policy: policy)
                #expect(answer == Timestamp(secondsSinceEpoch: Int64(previous)), "\(message), from \(timestamp)")
            }
            #expect(
                expression.matches(timestamp, in: zone, policy: policy) == expected.contains(from),
                "\(message), at \(timestamp)"
            )
        }
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What goes wrong in a simulated life.
package struct Misfortune {
    /// Milliseconds of trouble, before everything is repaired.
    var duration: Int64 = 20_000
    /// The kinds of trouble, each as often as it is named.
    var faults: [Fault] = []
    var kinds: [TaskKind] = []
    /// Whether workers live on, and are back in time, whatever happens to the hub: nothing runs twice then.
    var keepsWorkers = false
    /// Whether the hub lives on.
    var keepsHub = false
    /// How many frames out of a hundred a peer says twice, as a program in another language might.
    var repeats = 0

    enum Fault {
        case killHub, pauseHub
        /// The next thing that the disk is asked for fails, and may be done nevertheless; or it is slow, or full.
        case failStore, slowStore, fillDisk
        case killWorker, pauseWorker, drainWorker, cutWorker, refuseWorker
        case killClient, cutClient
        /// Nothing passes for a while: to the hub, from it, or both ways.
        case partWorker, partClient
        case stepClock
    }

    /// The hub dies and pauses, connections break; workers live and come back within the grace.
    static let hubAlone = Misfortune(
        faults: [.killHub, .killHub, .pauseHub, .slowStore, .cutWorker, .refuseWorker, .drainWorker, .cutClient]
            + [.killClient, .partClient, .failStore],
        kinds: TaskKind.allCases.filter { !$0.isPoison },
        keepsWorkers: true,
        repeats: 2
    )

    /// Workers die and pause; the hub lives.
    static let workersAlone = Misfortune(
        faults: [.killWorker, .killWorker, .pauseWorker, .drainWorker, .cutWorker, .partWorker, .refuseWorker]
            + [.partWorker, .slowStore, .killClient],
        kinds: TaskKind.allCases,
        keepsHub: true
    )

    /// Everything at once.
    static let everything = Misfortune(
        faults: [.killHub, .pauseHub, .failStore, .slowStore, .fillDisk, .killWorker, .pauseWorker, .drainWorker]
            + [.cutWorker, .partWorker, .refuseWorker, .killClient, .cutClient, .partClient, .stepClock],
        kinds: TaskKind.allCases,
        repeats: 2
    )

    /// Which of them a seed lives through.
    package enum Kind: CaseIterable, Sendable {
        case hubAlone, workersAlone, everything

        package init(seed: UInt64) {
            self = Self.allCases[Int(seed % 3)]
        }
    }

    package static func of(seed: UInt64) -> Misfortune {
        var misfortune =
            switch Kind(seed: seed) {
            case .hubAlone: hubAlone
            case .workersAlone: workersAlone
            case .everything: everything
            }
        // Short lives see as many ends and beginnings, in less time.
        misfortune.duration = [5000, 10_000, 20_000, 40_000][Int(seed / 3 % 4)]
        return misfortune
    }
}

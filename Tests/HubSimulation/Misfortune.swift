// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What goes wrong in a simulated life.
struct Misfortune {
    /// Milliseconds of trouble, before everything is repaired.
    var duration: Int64 = 40_000
    /// The kinds of trouble, each as often as it is named.
    var faults: [Fault] = []
    var kinds: [TaskKind] = []
    /// Whether workers live on, and are back in time, whatever happens to the hub: nothing runs twice then.
    var keepsWorkers = false
    /// Whether the hub lives on.
    var keepsHub = false

    enum Fault {
        case killHub, pauseHub, failStore, slowStore
        case killWorker, pauseWorker, drainWorker, cutWorker, stallWorker, refuseWorker
        case killClient, cutClient, stallClient
        case stepClock
    }

    /// The hub dies and pauses, connections break; workers live and come back within the grace.
    static let hubAlone = Misfortune(
        faults: [.killHub, .killHub, .pauseHub, .slowStore, .cutWorker, .refuseWorker, .drainWorker, .cutClient]
            + [.killClient, .stallClient, .failStore],
        kinds: TaskKind.allCases.filter { !$0.isPoison },
        keepsWorkers: true
    )

    /// Workers die and pause; the hub lives.
    static let workersAlone = Misfortune(
        faults: [.killWorker, .killWorker, .pauseWorker, .drainWorker, .cutWorker, .stallWorker, .refuseWorker]
            + [.slowStore, .killClient],
        kinds: TaskKind.allCases,
        keepsHub: true
    )

    /// Everything at once.
    static let everything = Misfortune(
        faults: [.killHub, .pauseHub, .failStore, .slowStore, .killWorker, .pauseWorker, .drainWorker, .cutWorker]
            + [.stallWorker, .refuseWorker, .killClient, .cutClient, .stallClient, .stepClock],
        kinds: TaskKind.allCases
    )

    /// Which of them a seed lives through.
    enum Kind: CaseIterable {
        case hubAlone, workersAlone, everything

        init(seed: UInt64) {
            self = Self.allCases[Int(seed % 3)]
        }
    }

    static func of(seed: UInt64) -> Misfortune {
        switch Kind(seed: seed) {
        case .hubAlone: hubAlone
        case .workersAlone: workersAlone
        case .everything: everything
        }
    }
}

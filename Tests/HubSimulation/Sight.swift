// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Something rare that a simulated life went through; what is never seen was never tested.
package enum Sight: CaseIterable, Sendable {
    /// A worker came back and went on with what it ran.
    case adopted
    /// An outcome came from a delivery that somebody else had by then.
    case stale
    /// An outcome, or a delivery in a greeting, of a message that was over.
    case already
    /// The hub did not know a worker's session.
    case resync
    /// A submission was repeated after it was stored.
    case repeatedSubmission
    /// A message began to run more than once.
    case redelivered
    /// Bodies of an earlier life were read.
    case readBodies
    /// A commit failed because the disk was full.
    case fullDisk

    /// What the lives of a kind must show, some hundred of them together.
    package static func expected(in kind: Misfortune.Kind) -> Set<Sight> {
        switch kind {
        case .hubAlone: [.adopted, .already, .resync, .repeatedSubmission, .readBodies]
        case .workersAlone: [.adopted, .stale, .already, .resync, .redelivered]
        case .everything: Set(allCases)
        }
    }
}

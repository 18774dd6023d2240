// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq
public import TaskiqCron

/// Something about a schedule that its owner should know; nothing else is harmed by it.
public struct ScheduleProblem: Sendable, Hashable {
    /// What can be wrong.
    public enum Kind: Sendable, Hashable {
        /// Another schedule of the same id, which stands elsewhere, is in force; this one is not.
        case duplicate(of: String)
        /// It was changed to an instant that lies in the past, and will not fire.
        case passed(Timestamp)
        /// It cannot be read.
        case unreadable(reason: String)
    }

    /// The schedule, as far as it has an identity.
    public var id: ScheduleID?
    /// Where it stands, for people.
    public var origin: String
    /// What is wrong.
    public var kind: Kind

    /// Describes a problem.
    ///
    /// - Parameters:
    ///   - id: the schedule, as far as it has an identity.
    ///   - origin: where it stands, for people.
    ///   - kind: what is wrong.
    public init(id: ScheduleID?, origin: String, kind: Kind) {
        self.id = id
        self.origin = origin
        self.kind = kind
    }
}

extension ScheduleProblem: CustomStringConvertible {
    /// A sentence that says where, what, and what to do.
    public var description: String {
        let subject = id.map { "\(origin): schedule \"\($0)\"" } ?? origin
        return switch kind {
        case .duplicate(let other):
            "\(subject) is not in force, because \(other) has the same id; give one of them another id"
        case .passed(let instant):
            "\(subject) was changed to \(instant), which has passed; it will not fire"
        case .unreadable(let reason):
            "\(subject) is not in force: \(reason)"
        }
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq
public import TaskiqCron

/// Who is told what a scheduler does: a status page, metrics, tests.
///
/// The methods are called by the scheduler between two decisions, so they must return at once.
public protocol SchedulerObserver: Sendable {
    /// A source was read, or could not be.
    ///
    /// - Parameter report: how it stands.
    func sourceChanged(_ report: SourceReport)

    /// The ledger accepted decisions.
    ///
    /// - Parameters:
    ///   - decisions: the decisions, in the order of their instants.
    ///   - instant: when they were made.
    func decided(_ decisions: [SlotDecision], at instant: Timestamp)

    /// The ledger refused, or could not be reached; everything stays due.
    ///
    /// - Parameters:
    ///   - error: why.
    ///   - failures: how often this has happened since it last accepted.
    ///   - retry: when it is asked again.
    func ledgerFailed(_ error: any Error, failures: Int, retry: Timestamp)
}

extension SchedulerObserver {
    /// Does nothing.
    public func sourceChanged(_ report: SourceReport) {}
    /// Does nothing.
    public func decided(_ decisions: [SlotDecision], at instant: Timestamp) {}
    /// Does nothing.
    public func ledgerFailed(_ error: any Error, failures: Int, retry: Timestamp) {}
}

/// How a source stands.
public struct SourceReport: Sendable {
    /// The source's name.
    public var source: String
    /// How many schedules it gave when it was last read without error.
    public var scheduleCount: Int
    /// What is wrong with single schedules.
    public var problems: [ScheduleProblem]
    /// Why it could not be read; its last schedules are in force as long as it cannot.
    public var error: (any Error)?

    /// Describes a source.
    ///
    /// - Parameters:
    ///   - source: the source's name.
    ///   - scheduleCount: how many schedules it gave when it was last read without error.
    ///   - problems: what is wrong with single schedules.
    ///   - error: why it could not be read.
    public init(
        source: String,
        scheduleCount: Int,
        problems: [ScheduleProblem] = [],
        error: (any Error)? = nil
    ) {
        self.source = source
        self.scheduleCount = scheduleCount
        self.problems = problems
        self.error = error
    }
}

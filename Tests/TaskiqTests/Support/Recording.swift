// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

@testable import Taskiq

/// What happened, in order, told from anywhere.
final class Journal: Sendable {
    private let lines = Mutex<[String]>([])

    func note(_ line: String) { lines.withLock { $0.append(line) } }

    var entries: [String] { lines.withLock { $0 } }
}

/// A receipt that writes down what it is told.
final class RecordingReceipt: DeliveryReceipt {
    private let journal: Journal
    private let acknowledgementError: TaskiqError?
    private let settled = Mutex<[Settlement]>([])

    init(_ journal: Journal = Journal(), acknowledgementError: TaskiqError? = nil) {
        self.journal = journal
        self.acknowledgementError = acknowledgementError
    }

    var settlements: [Settlement] { settled.withLock { $0 } }

    func started() { journal.note("started") }

    func acknowledge() async throws {
        journal.note("acknowledge")
        if let acknowledgementError { throw acknowledgementError }
    }

    func settle(_ settlement: Settlement) {
        settled.withLock { $0.append(settlement) }
        switch settlement {
        case .completed(nil): journal.note("completed")
        case .completed(let result?): journal.note(result.isError ? "completed with error" : "completed with result")
        case .unacknowledged(let result): journal.note(result == nil ? "held" : "held with result")
        case .requeued: journal.note("requeued")
        case .rejected: journal.note("rejected")
        case .released: journal.note("released")
        }
    }
}

/// A transport that keeps what is sent, and delivers what a test gives to its channel.
final class RecordingTransport: BrokerTransport {
    let address = "recording://"
    let resultBackend: (any ResultBackend)?
    let channel = DeliveryChannel()
    private let journal: Journal
    private let kickError: (any Error)?
    private let sent = Mutex<[BrokerMessage]>([])

    init(
        _ journal: Journal = Journal(),
        resultBackend: (any ResultBackend)? = nil,
        kickError: (any Error)? = nil
    ) {
        self.journal = journal
        self.resultBackend = resultBackend
        self.kickError = kickError
    }

    var messages: [BrokerMessage] { sent.withLock { $0 } }

    func startup() async throws { journal.note("transport startup") }

    func kick(_ message: BrokerMessage) async throws {
        journal.note("kick")
        if let kickError { throw kickError }
        sent.withLock { $0.append(message) }
    }

    func listen(_ subscription: WorkerSubscription) async throws -> DeliveryChannel {
        journal.note("listen")
        return channel
    }

    func stopListening() async { journal.note("stopListening") }

    func shutdown() async { journal.note("transport shutdown") }
}

/// A result backend that writes down what it is told.
final class RecordingBackend: ResultBackend {
    let storesWithAcknowledgement: Bool
    private let journal: Journal
    private let error: TaskiqError?
    private let results = Mutex<[TaskID: StoredResult]>([:])

    init(_ journal: Journal = Journal(), storesWithAcknowledgement: Bool = false, error: TaskiqError? = nil) {
        self.journal = journal
        self.storesWithAcknowledgement = storesWithAcknowledgement
        self.error = error
    }

    func startup() async throws { journal.note("backend startup") }

    func shutdown() async { journal.note("backend shutdown") }

    func setResult(_ result: StoredResult, for taskID: TaskID) async throws {
        journal.note("setResult")
        if let error { throw error }
        results.withLock { $0[taskID] = result }
    }

    func result(for taskID: TaskID) async throws -> StoredResult? {
        results.withLock { $0[taskID] }
    }
}

extension Broker {
    /// Runs one message through the worker's pipeline and tells what became of it.
    @discardableResult
    func receive(
        _ message: TaskiqMessage,
        as type: AcknowledgeType = .whenSaved,
        receipt: RecordingReceipt = RecordingReceipt(),
        abandoning: Bool = false
    ) async throws -> RecordingReceipt {
        await receive(try formatter.dumps(message).message, as: type, receipt: receipt, abandoning: abandoning)
    }

    @discardableResult
    func receive(
        _ bytes: [UInt8],
        as type: AcknowledgeType = .whenSaved,
        receipt: RecordingReceipt = RecordingReceipt(),
        abandoning: Bool = false
    ) async -> RecordingReceipt {
        let flag = Flag()
        if abandoning { flag.raise() }
        await Receiver(broker: self, acknowledgeType: type)
            .receive(AckableMessage(data: bytes, info: DeliveryInfo(), receipt: receipt), isAbandoning: flag)
        return receipt
    }
}

extension Settlement {
    /// The result that goes with it.
    var result: StoredResult? {
        switch self {
        case .completed(let result), .unacknowledged(let result), .rejected(_, let result): result
        case .requeued, .released: nil
        }
    }
}

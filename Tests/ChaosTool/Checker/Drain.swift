// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Logging
import Taskiq
import TaskiqApp

/// Waits until a hub has nothing left to do, and fetches how each task ended.
struct Drain {
    /// How a task stands at the hub.
    enum Ending: Sendable {
        case returned(String)
        case failed(type: String, message: String)
        /// The hub knows neither the task nor a result.
        case unknown
        /// It waits or runs.
        case pending
    }

    /// How long the hub has to run what was accepted, from the last fault on.
    static let deadline = Duration.seconds(90)

    /// The ending of each of these tasks; those that are pending were so at the deadline.
    static func endings(of keys: [String], at address: String) async throws -> [String: Ending] {
        let broker = try ChaosTool.makeBroker(
            address: address,
            sendTimeout: .seconds(60),
            logger: Logger(label: "checker") { _ in SwiftLogNoOpLogHandler() }
        )
        try await broker.startup()
        let limit = ContinuousClock.now + deadline
        var endings: [String: Ending] = [:]
        var open = keys
        while !open.isEmpty {
            for chunk in stride(from: 0, to: open.count, by: 64).map({ open[$0..<min($0 + 64, open.count)] }) {
                await withTaskGroup(of: (String, Ending).self) { group in
                    for key in chunk { group.addTask { (key, await ending(of: key, broker)) } }
                    for await (key, ending) in group { endings[key] = ending }
                }
            }
            open = open.filter { if case .pending? = endings[$0] { true } else { false } }
            guard !open.isEmpty, ContinuousClock.now < limit else { break }
            try await Task.sleep(for: .milliseconds(100))  // waits: there is no word for "all is done"
        }
        await broker.shutdown()
        return endings
    }

    private static func ending(of key: String, _ broker: Broker) async -> Ending {
        do {
            guard try await broker.resultBackend.isResultReady(for: TaskID(rawValue: key)) else { return .pending }
            guard let result = try await broker.resultBackend.result(for: TaskID(rawValue: key)) else {
                return .unknown
            }
            if let error = result.error { return .failed(type: error.type, message: "\(error)") }
            return .returned((try? result.returnValue.decode(String.self)) ?? result.returnValue.text)
        } catch {
            return (error as? TaskiqError)?.code == .unknownTaskID ? .unknown : .pending
        }
    }
}

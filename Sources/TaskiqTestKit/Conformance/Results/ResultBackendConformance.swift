// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

/// What every result backend must keep of what it promises, as a list of checks.
///
/// Any test framework can run them:
///
/// ```swift
/// @Test(arguments: ResultBackendConformance.checks(for: capabilities))
/// func conforms(check: ResultBackendConformance.Check) async throws {
///     try await check.run {
///         ResultBackendUnderTest(MyResultBackend(), capabilities: capabilities)
///     }
/// }
/// ```
///
/// A broken promise is a thrown `ConformanceFailure`. No check sleeps: each waits for what was promised, for at most
/// the time limit.
public enum ResultBackendConformance {
    /// One promise, and how to see whether it is kept.
    public struct Check: Sendable, CustomStringConvertible {
        /// The promise.
        public let name: String
        /// The abilities that it concerns; a backend that lacks one of them is not held to it.
        public let capabilities: ResultBackendCapabilities
        private let body: @Sendable (ResultBackendUnderTest) async throws -> Void

        init(
            _ name: String,
            _ capabilities: ResultBackendCapabilities = .storesResults,
            _ body: @escaping @Sendable (ResultBackendUnderTest) async throws -> Void
        ) {
            self.name = name
            self.capabilities = capabilities
            self.body = body
        }

        /// The promise.
        public var description: String { name }

        /// Runs the check on a fresh backend, which is stopped afterwards.
        ///
        /// - Parameter make: makes the backend.
        /// - Throws: `ConformanceFailure`, or what the backend throws where it should not.
        public func run(_ make: () async throws -> ResultBackendUnderTest) async throws {
            let subject = try await make()
            guard capabilities.isSubset(of: subject.capabilities) else { return await subject.stop() }
            do {
                try await subject.backend.startup()
                try await body(subject)
                await subject.backend.shutdown()
                await subject.stop()
            } catch {
                await subject.backend.shutdown()
                await subject.stop()
                throw error
            }
        }
    }

    /// All checks.
    public static let checks: [Check] = storing + waiting + progress + keeping

    /// The checks that concern a backend.
    ///
    /// - Parameter capabilities: what the backend promises.
    /// - Returns: the checks that it is held to.
    public static func checks(for capabilities: ResultBackendCapabilities) -> [Check] {
        checks.filter { $0.capabilities.isSubset(of: capabilities) }
    }
}

extension ResultBackendUnderTest {
    /// The result of a task, which must be this one, byte for byte as it is stored.
    func expect(_ wanted: StoredResult, of taskID: TaskID, _ promise: String) async throws {
        let found = try await backend.result(for: taskID)
        try Self.expect(found, is: wanted, promise)
    }

    static func expect(_ found: StoredResult?, is wanted: StoredResult, _ promise: String) throws {
        let texts = [wanted, found].map { result in
            result.map { String(decoding: $0.json().prefix(600), as: UTF8.self) } ?? "no result"
        }
        try TaskiqTestKit.expect(found?.json() == wanted.json(), "\(promise): \(texts[0])", found: texts[1])
    }

    /// Waits for a result, within the time limit of the checks.
    func wait(
        for taskID: TaskID,
        timeout: Duration? = nil,
        _ promise: String = "who waits for a result gets it"
    ) async throws -> StoredResult {
        let backend = backend
        return try await within(timeLimit, promise) {
            try await backend.waitForResult(for: taskID, timeout: timeout, checkInterval: .milliseconds(10))
        }
    }
}

extension StoredResult {
    /// A result of a check.
    static func sample(_ number: Int) -> StoredResult {
        StoredResult(returnValue: JSONValue.int(number).fragment, executionTime: .milliseconds(number))
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

private struct Flaky: Error {}

@Suite("Delays of retries", .timeLimit(.minutes(5)))
struct SmartRetryTests {
    private func delays(
        _ middleware: SmartRetryMiddleware,
        _ labels: Labels = [],
        count: Int = 6
    ) async throws -> Redeliveries {
        let broker = Broker(
            transport: RecordingTransport(),
            resultBackend: RecordingBackend(storesWithAcknowledgement: true),
            middlewares: [middleware]
        )
        broker.register(named: "t") { _, _ in throw Flaky() }
        return try await broker.runToTheEnd("t", labels: labels.merging([.retryOnError(), .maxRetries(count)]))
    }

    private func seconds(_ seen: Redeliveries) -> [Double] { seen.delays.map(\.inSeconds) }

    @Test("the delay doubles from the default, up to the limit; without the exponent it stays")
    func growth() async throws {
        let growing = SmartRetryMiddleware(useDelayExponent: true)
        #expect(try await seconds(delays(growing)) == [5, 10, 20, 40, 60])
        #expect(try await seconds(delays(SmartRetryMiddleware())) == [5, 5, 5, 5, 5])
        let capped = SmartRetryMiddleware(
            defaultDelay: .milliseconds(100),
            useDelayExponent: true,
            maxDelayExponent: .milliseconds(350)
        )
        #expect(try await seconds(delays(capped)) == [0.1, 0.2, 0.35, 0.35, 0.35])
    }

    @Test("a delay that came with the message is the base of all its retries, and Python finds each in the label")
    func ownBase() async throws {
        let seen = try await delays(SmartRetryMiddleware(useDelayExponent: true), [.delay(.seconds(3))])
        #expect(seconds(seen) == [3, 6, 12, 24, 48])
        let labels = try seen.wire.map { try JSONFormatter().loads(Array($0.utf8)).labels }
        #expect(labels.map { $0[.delay] } == [3, 3, 6, 12, 24, 48])
        #expect(labels.map { $0[.retryDelay] } == [nil, 3, 3, 3, 3, 3])
        #expect(labels.map { $0[.retries] } == [nil, 1, 2, 3, 4, 5])
    }

    @Test("no delay at all stays none")
    func noDelay() async throws {
        let seen = try await delays(SmartRetryMiddleware(useDelayExponent: true), [.delay(.zero)], count: 3)
        #expect(seconds(seen) == [0, 0])
        #expect(try await seconds(delays(SmartRetryMiddleware(defaultDelay: .seconds(-3)), count: 2)) == [0])
    }

    @Test(
        "delays from outside that are none are ignored, and too long ones cut",
        arguments: [(Double.nan, 5.0), (-1, 5), (.infinity, 5), (1e300, 1e9)]
    )
    func absurd(label: Double, wanted: Double) async throws {
        let labels: Labels = [.label(.delay, label)]
        #expect(try await seconds(delays(SmartRetryMiddleware(), labels, count: 2)) == [wanted])
    }

    @Test(
        "jitter",
        arguments: [
            (SmartRetryMiddleware.Jitter.none, [8.0, 8, 8]), (.full, [0, 4, 7.2]), (.upToOneSecond, [8, 8.5, 8.9]),
            (.upTo(.seconds(4)), [8, 10, 11.6]), (.plusMinus(0.5), [4, 8, 11.2]), (.plusMinus(7), [0, 8, 14.4]),
            (.plusMinus(.nan), [8, 8, 8]), (.upTo(.seconds(-4)), [8, 8, 8]),
        ]
    )
    func jitter(jitter: SmartRetryMiddleware.Jitter, wanted: [Double]) {
        let backOff = BackOff(isExponential: true, limit: 8, jitter: jitter)
        for (random, wanted) in zip([0, 0.5, 0.9], wanted) {
            let delay = backOff.delay(before: 9, base: 5) { random }.inSeconds
            #expect(abs(delay - wanted) < 1e-6, "\(random): \(delay), wanted \(wanted)")
        }
    }

    @Test("chance differs from retry to retry, and stays within its bounds")
    func chance() async throws {
        let seen = try await delays(SmartRetryMiddleware(defaultDelay: .seconds(100), jitter: .full), count: 18)
        #expect(Set(seen.delays).count == 17)
        #expect(seen.delays.allSatisfy { $0 >= .zero && $0 <= .seconds(100) })
    }
}

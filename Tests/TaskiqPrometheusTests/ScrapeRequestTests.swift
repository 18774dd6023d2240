// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

@testable import TaskiqPrometheus

/// What clients say, and what they are told.
@Suite struct ScrapeRequestTests {
    @Test(
        arguments: [
            ("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", .metrics),
            ("GET /metrics HTTP/1.0\r\n\r\n", .metrics),
            ("GET /metrics?name=x HTTP/1.1\r\n\r\n", .metrics),
            ("GET /metrics HTTP/1.1\nHost: a\n\n", .metrics),
            ("GET /metrics HTTP/1.1\r\n\r\nGET /other HTTP/1.1\r\n\r\n", .metrics),
            ("GET / HTTP/1.1\r\n\r\n", .notFound),
            ("GET /metrics/ HTTP/1.1\r\n\r\n", .notFound),
            ("GET /metricsx HTTP/1.1\r\n\r\n", .notFound),
            ("GET /../metrics HTTP/1.1\r\n\r\n", .notFound),
            ("POST /other HTTP/1.1\r\n\r\n", .notFound),
            ("OPTIONS * HTTP/1.1\r\n\r\n", .notFound),
            ("HEAD /metrics HTTP/1.1\r\n\r\n", .methodNotAllowed),
            ("POST /metrics HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", .methodNotAllowed),
            ("get /metrics HTTP/1.1\r\n\r\n", .methodNotAllowed),
            ("GET  /metrics HTTP/1.1\r\n\r\n", .malformed),
            ("GET /metrics\r\n\r\n", .malformed),
            ("GET /metrics HTTP/2.0\r\n\r\n", .malformed),
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .malformed),
            ("GET http://a/metrics HTTP/1.1\r\n\r\n", .malformed),
            ("\u{16}\u{3}\u{1}\r\n\r\n", .malformed),
            ("G\"T /metrics HTTP/1.1\r\n\r\n", .malformed),
            ("\r\n\r\n", .malformed),
            ("", .incomplete),
            ("GET /metrics HTTP/1.1\r\nHost: a\r\n", .incomplete),
            ("GET /metrics HTTP/1.1\r\nHost: a\r\n\r", .incomplete),
        ] as [(String, ScrapeRequest)]
    )
    func requestsAreUnderstood(text: String, request: ScrapeRequest) {
        #expect(ScrapeRequest(Array(text.utf8)) == request)
    }

    @Test func aRequestHasALimit() {
        let start = Array("GET /metrics HTTP/1.1\r\nX: ".utf8)
        func request(_ length: Int, end: String) -> ScrapeRequest {
            let filling = [UInt8](repeating: UInt8(ascii: "a"), count: length - start.count - end.utf8.count)
            return ScrapeRequest(start + filling + Array(end.utf8))
        }
        #expect(request(8192, end: "\r\n\r\n") == .metrics)
        #expect(request(8192, end: "") == .incomplete)
        #expect(request(8193, end: "") == .tooLarge)
        #expect(request(8193, end: "\r\n\r\n") == .tooLarge)
    }

    @Test func anAnswerSaysWhatItIs() {
        let answer = String(decoding: ScrapeRequest.metrics.response { "größe 1\n" }, as: UTF8.self)
        #expect(
            answer == "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
                + "Content-Length: 10\r\nConnection: close\r\n\r\ngröße 1\n"
        )
        let refusal = String(decoding: ScrapeRequest.methodNotAllowed.response { "secret" }, as: UTF8.self)
        #expect(refusal.hasPrefix("HTTP/1.1 405 Method Not Allowed\r\n"))
        #expect(refusal.contains("\r\nAllow: GET\r\n"))
        #expect(!refusal.contains("secret"))
    }

    @Test func aConnectionEndsInTime() {
        let start = ContinuousClock.now
        var connection = ScrapeConnection(now: start)
        #expect(connection.deadline == start + .seconds(10))
        // A byte now and then wins no time.
        connection.receive(Array("GET /met".utf8)) { "never" }
        #expect(connection.phase == .reading)
        #expect(connection.deadline == start + .seconds(10))
        connection.receive(Array("rics HTTP/1.1\r\n\r\n".utf8)) { "a 1\n" }
        #expect(connection.phase == .writing)
        let length = connection.rest.count
        let isAllButOneTheEnd = connection.wrote(length - 1, now: start + .seconds(2))
        let isAllTheEnd = connection.wrote(1, now: start + .seconds(2))
        #expect(!isAllButOneTheEnd && isAllTheEnd)
        #expect(connection.phase == .draining)
        #expect(connection.deadline == start + .seconds(3))
        // What comes after the request is of no interest.
        connection.receive(Array("GET /metrics HTTP/1.1\r\n\r\n".utf8)) { "never" }
        #expect(connection.phase == .draining)
        #expect(connection.rest.isEmpty)
    }

    @Test func whateverIsSaidIsAnswered() {
        var random = SeededGenerator(seed: 5)
        let good = Array("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        let count = ProcessInfo.processInfo.environment["TASKIQ_FUZZ_INPUTS"].flatMap { Int($0) } ?? 5000
        for _ in 0..<count {
            var request = good
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                request[Int.random(in: 0..<request.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            let understood = ScrapeRequest(request + Array("\r\n\r\n".utf8))
            #expect(understood != .incomplete)
            #expect(!understood.response { "" }.isEmpty)
        }
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import TaskiqCron

@Suite("Shared expressions", .serialized)
struct CronTableTests {
    @Test("equal expressions share their storage, others do not")
    func shared() throws {
        let first = try CronExpression("11 4 * * MON")
        #expect(try CronExpression("11 4 * * MON").storage === first.storage)
        #expect(try CronExpression("11 4 * * mon").storage !== first.storage)
        #expect(try CronExpression("11 4 * * MON", dialect: .vixie).storage !== first.storage)
        #expect(try CronExpression("11 4 * * MON", seed: "a").storage === first.storage)
        let hashed = try CronExpression("H 4 * * *", seed: "a")
        #expect(try CronExpression("H 4 * * *", seed: "a") == hashed)
        #expect(try CronExpression("H 4 * * *", seed: "b") != hashed)
        let zoned = try CronExpression("TZ=Europe/Berlin 0 4 * * *")
        #expect(try CronExpression("TZ=Europe/Berlin 0 4 * * *") == zoned)
        #expect(try CronExpression("TZ=Europe/Paris 0 4 * * *") != zoned)
    }

    @Test("what nobody holds is let go, what somebody holds is found again")
    func bounded() throws {
        var held: [String: CronExpression] = [:]
        for number in 0..<20_000 {
            let text = "\(number % 60) \(number / 60 % 24) \(number / 1_440 + 1) * *"
            let expression = try CronExpression(text)
            if number % 50 == 0 { held[text] = expression }
        }
        // Other tests parse at the same time, but never so many at once.
        #expect(CronTable.shared.heldCount < 19_000)
        for (text, expression) in held {
            #expect(try CronExpression(text).storage === expression.storage)
            #expect(expression.description == text)
        }
    }

    @Test("threads that parse the same texts get the same expressions")
    func concurrent() async throws {
        let texts = (0..<500).map { "\($0 % 60) \($0 / 60) * * *" }
        let results = await withTaskGroup(of: [CronExpression].self) { group in
            for _ in 0..<8 {
                group.addTask { texts.compactMap { try? CronExpression($0) } }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for result in results {
            #expect(result.count == texts.count)
            for (first, second) in zip(result, results[0]) { #expect(first.storage === second.storage) }
        }
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron
import Testing

@Suite("Cron dialects")
struct CronDialectTests {
    @Test(
        "what a dialect does not have is an error",
        arguments: [
            ("vixie", "0 0 * * * *"), ("vixie", "0 0 L * *"), ("vixie", "0 0 15W * *"), ("vixie", "0 0 * * 5#2"),
            ("vixie", "0 0 * * 5L"), ("vixie", "0 0 ? * *"), ("vixie", "5/15 * * * *"), ("vixie", "0 22-2 * * *"),
            ("vixie", "H * * * *"), ("vixie", "0 0 1 * +MON"), ("vixie", "@every 5m"), ("vixie", "TZ=UTC 0 0 * * *"),
            ("ocps", "5/15 * * * *"), ("ocps", "0 22-2 * * *"), ("ocps", "0 0 l * *"), ("ocps", "0 0 15w * *"),
            ("ocps", "0 0 * * 5l"), ("ocps", "0 0 1,15W * *"), ("ocps", "0 0 15W,1 * *"), ("ocps", "0 0 L-3 * *"),
            ("ocps", "@Daily"), ("ocps", "@every 5m"), ("ocps", "H * * * *"), ("ocps", "TZ=UTC 0 0 * * *"),
            ("quartz", "0 0 * * *"), ("quartz", "0 0 0 * * *"), ("quartz", "0 0 0 ? * ?"), ("quartz", "0 0 0 1 * 1"),
            ("quartz", "0 0 0 ? * 0"), ("quartz", "0 0 0 ? * 8"), ("quartz", "0 0/120 0 ? * 2"), ("quartz", "@daily"),
            ("quartz", "0 H 0 ? * 2"), ("quartz", "0 0 0 ? * 2#L"),
            ("taskiq", "0 0 0 * * *"), ("taskiq", "61 * * * *"), ("taskiq", "*/0 * * * *"), ("taskiq", "x y z w q"),
            ("taskiq", "0 0 * * FUNDAY"), ("taskiq", "TZ=UTC 0 0 * * *"), ("taskiq", "@reboot"),
            ("standard", "0 0 * * MONDAY"),
        ]
    )
    func refused(name: String, text: String) throws {
        let dialect = try #require(CronDialect(name: name))
        let error = try #require(throws: CronError.self) { try CronExpression(text, dialect: dialect) }
        #expect(!error.reason.isEmpty)
        if name != "standard", name != "quartz", name != "taskiq" {
            // The dialect is at fault, not the text.
            #expect(throws: Never.self) { try CronExpression(text) }
            #expect(error.description.contains(name))
        }
    }

    @Test(
        "the same thing in two dialects",
        arguments: [
            ("vixie", "0 9 * JAN MON-FRI", "0 9 * 1 1-5"), ("vixie", "*/5 0-6 1,15 * 7", "*/5 0-6 1,15 * 0"),
            ("vixie", "@Weekly", "0 0 * * 0"), ("ocps", "0 0 L * *", "0 0 L * *"),
            ("ocps", "0 0 15W * ?", "0 0 15W * *"),
            ("ocps", "0 0 * * FRI#L", "0 0 * * 5L"), ("ocps", "0 0 13 * +FRI", "0 0 13 * +5"),
            ("ocps", "0 0 0 1 1 * 2030", "0 0 0 1 1 * 2030"), ("ocps", "@daily", "@daily"),
            ("quartz", "0 0 9 ? * 2-6", "0 9 * * 1-5"), ("quartz", "0 0 9 ? * SUN", "0 9 * * 0"),
            ("quartz", "0 0 9 ? * 1", "0 9 * * 0"), ("quartz", "0 0 9 ? * 7", "0 9 * * 6"),
            ("quartz", "0 0 9 ? * L", "0 9 * * 6"), ("quartz", "0 0 9 ? * 6L", "0 9 * * FRIL"),
            ("quartz", "0 0 9 ? * 6#3", "0 9 * * FRI#3"), ("quartz", "0 0 9 ? * 5-2", "0 9 * * 4-1"),
            ("quartz", "0 0 9 ? * 2/3", "0 9 * * 1,4"), ("quartz", "0 0 9 L-3W * ? 2030", "0 0 9 L-3W * * 2030"),
            ("quartz", "0 0/15 9 1W * ?", "0/15 9 1W * *"), ("quartz", "0 0 9 * * ?", "0 9 * * *"),
            ("taskiq", "0 9 * * 7", "0 9 * * 0"), ("taskiq", "0 9 * FEBRUARY monday-Friday", "0 9 * 2 1-5"),
            ("taskiq", "5/20 22-2 * * *", "5,25,45 22,23,0-2 * * *"), ("taskiq", "0 0 L * ?", "0 0 L * *"),
        ]
    )
    func same(name: String, text: String, standard: String) throws {
        let dialect = try #require(CronDialect(name: name))
        let start = try Timestamp(parsing: "2024-02-20T10:00:30Z")
        let expression = try CronExpression(text, dialect: dialect)
        #expect(expression.dialect == dialect)
        let expected = try CronExpression(standard).occurrences(after: start, in: .utc).prefix(100)
        #expect(Array(expression.occurrences(after: start, in: .utc).prefix(100)) == Array(expected))
    }

    @Test("in the specification's dialect only a plain star leaves a day field open")
    func star() throws {
        let start = try Timestamp(parsing: "2026-10-31T23:59:59Z")
        let end = try Timestamp(parsing: "2026-12-01T00:00:00Z")
        func days(_ dialect: CronDialect) throws -> [Int] {
            let expression = try CronExpression("0 0 */10 * SUN", dialect: dialect)
            return Array(expression.occurrences(after: start, until: end, in: .utc)).compactMap {
                Zone.utc.civil(at: $0)?.day
            }
        }
        #expect(try days(.ocps) == [1, 8, 11, 15, 21, 22, 29])
        #expect(try days(.standard) == [1])
        #expect(try days(.vixie) == [1])
    }

    @Test("an expression in two dialects is two expressions")
    func identity() throws {
        let standard = try CronExpression("0 0 0 ? * 2")
        let quartz = try CronExpression("0 0 0 ? * 2", dialect: .quartz)
        #expect(standard != quartz)
        #expect(standard.next(after: .epoch, in: .utc) != quartz.next(after: .epoch, in: .utc))
        #expect(CronDialect(name: "cron") == nil)
        #expect(CronDialect.all.map(\.description) == ["standard", "vixie", "ocps", "quartz", "taskiq"])
    }
}

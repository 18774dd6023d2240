// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron
import Testing

@Suite("Cron errors")
struct CronErrorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        var code: CronError.Code
        var field: String?
        var column: Int?
        var offendingText: String?
        var suggestion: String?
        var testDescription: String { text }

        init(
            _ text: String,
            _ code: CronError.Code,
            _ field: String? = nil,
            _ column: Int? = nil,
            _ offendingText: String? = nil,
            _ suggestion: String? = nil
        ) {
            self.text = text
            self.code = code
            self.field = field
            self.column = column
            self.offendingText = offendingText
            self.suggestion = suggestion
        }
    }

    static let cases: [Case] = [
        Case("", .empty),
        Case(" \t ", .empty),
        Case(String(repeating: "*", count: 257), .tooLong),
        Case("* * * *", .fieldCount),
        Case("* * * * * * * *", .fieldCount),
        Case("*\n* * * *", .fieldCount),
        Case("60 * * * *", .outOfRange, "minute", 1, "60", "0"),
        Case("0 24 * * *", .outOfRange, "hour", 3, "24", "0"),
        Case("0 25 * * *", .outOfRange, "hour", 3, "25"),
        Case("0 0 0 * *", .outOfRange, "day of month", 5, "0"),
        Case("0 0 32 * *", .outOfRange, "day of month", 5, "32"),
        Case("0 0 1 13 *", .outOfRange, "month", 7, "13"),
        Case("0 0 * * 8", .outOfRange, "day of week", 9, "8"),
        Case("0 0 * * 1-8", .outOfRange, "day of week", 11, "8"),
        Case("0 9 * * FUNDAY", .unknownName, "day of week", 9, "FUNDAY", "SUN"),
        Case("0 9 * * MONDAY", .unknownName, "day of week", 9, "MONDAY", "MON"),
        Case("0 9 * * thirsday", .unknownName, "day of week", 9, "thirsday", "THU"),
        Case("0 9 * JANUARI *", .unknownName, "month", 7, "JANUARI", "JAN"),
        Case("0 9 * * XYZZY", .unknownName, "day of week", 9, "XYZZY"),
        Case("0 9 MON * *", .unknownName, "day of month", 5, "MON"),
        Case("L * * * *", .unknownName, "minute", 1, "L"),
        Case("*/0 * * * *", .zeroStep, "minute", 3, "0"),
        Case("0 1-5/00 * * *", .zeroStep, "hour", 7, "00"),
        Case("*/ * * * *", .syntax, "minute", 3, ""),
        Case("*/x * * * *", .syntax, "minute", 3, "x"),
        Case("1, * * * *", .syntax, "minute", 3, ""),
        Case(",1 * * * *", .syntax, "minute", 1, ""),
        Case("1,,2 * * * *", .syntax, "minute", 3, ""),
        Case("1- * * * *", .syntax, "minute", 3, ""),
        Case("-1 * * * *", .syntax, "minute", 1, "-1"),
        Case("1-2-3 * * * *", .syntax, "minute", 4, "-3"),
        Case("** * * * *", .syntax, "minute", 2, "*"),
        Case("*5 * * * *", .syntax, "minute", 2, "5"),
        Case("5* * * * *", .syntax, "minute", 2, "*"),
        Case("1/2/3 * * * *", .syntax, "minute", 4, "/3"),
        Case("0 é * * *", .syntax, "hour", 3, "é"),
        Case("0 1é * * *", .syntax, "hour", 4, "é"),
        Case("é 61 * * *", .syntax, "minute", 1, "é"),
        Case("? * * * *", .syntax, "minute", 1, "?", "*"),
        Case("* * * ? *", .syntax, "month", 7, "?", "*"),
        Case("* * ?,1 * *", .syntax, "day of month", 5, "?,1", "*"),
        Case("* * ?/2 * *", .syntax, "day of month", 5, "?/2", "*"),
        Case("* * 1,? * *", .syntax, "day of month", 7, "?"),
        Case("@dayly", .unknownNickname, nil, 1, "@dayly", "@daily"),
        Case("  @", .unknownNickname, nil, 3, "@"),
        Case("@yearly !", .unknownNickname, nil, 1, "@yearly !", "@yearly"),
        Case("@every", .badInterval, nil, 7, ""),
        Case("@every Xm", .badInterval, nil, 8, "Xm"),
        Case("@every -5m", .badInterval, nil, 8, "-5m"),
        Case("@every 0s", .badInterval, nil, 8, "0s"),
        Case("@every 11000d", .badInterval, nil, 8, "11000d"),
        Case("CRON_TZ=Europe/Berln 0 0 * * *", .unknownZone, nil, 9, "Europe/Berln", "Europe/Berlin"),
        Case("TZ=UTC", .empty),
        Case("TX=UTC 0 0 * * *", .unknownName, "second", 1, "TX"),
        Case("60 0 * * * *", .outOfRange, "second", 1, "60", "0"),
        Case("0 0 1 1 * 2027", .outOfRange, "day of week", 11, "2027", "0 0 0 1 1 * 2027"),
        Case("0 0 * * * 30", .outOfRange, "day of week", 11, "30"),
        Case("0 0 0 1 1 * 2200", .outOfRange, "year", 13, "2200"),
        Case("0 0 0 1 1 * 2030-2026", .syntax, "year", 13, "2030-2026"),
        Case("0 0 0 1 1 * L", .unknownName, "year", 13, "L"),
        Case("0 0 0 1 1 * H", .unknownName, "year", 13, "H"),
        Case("0 0 L-31 * *", .outOfRange, "day of month", 7, "31"),
        Case("0 0 L/2 * *", .syntax, "day of month", 6, "/2"),
        Case("0 0 LL * *", .unknownName, "day of month", 5, "LL"),
        Case("0 0 32W * *", .outOfRange, "day of month", 5, "32"),
        Case("0 0 1-5W * *", .syntax, "day of month", 8, "W"),
        Case("0 0 W15 * *", .unknownName, "day of month", 5, "W"),
        Case("0 0 * * 5#6", .outOfRange, "day of week", 11, "6"),
        Case("0 0 * * 5#10", .outOfRange, "day of week", 11, "10"),
        Case("0 0 * * 1-5#2", .syntax, "day of week", 12, "#2"),
        Case("0 0 * * 5L#1", .syntax, "day of week", 11, "#1"),
        Case("0 0 * * L", .unknownName, "day of week", 9, "L", "FRIL, the last Friday, or 6"),
        Case("0 0 1 * +", .syntax, "day of week", 9, "+"),
        Case("+1 0 1 * *", .syntax, "minute", 1, "+1"),
        Case("H(5) * * * *", .syntax, "minute", 1, "H(5)"),
        Case("H(0-60) * * * *", .outOfRange, "minute", 5, "60", "0"),
        Case("H/0 * * * *", .zeroStep, "minute", 3, "0"),
        Case("*/1000000 * * * *", .outOfRange, "minute", 3, "1000000"),
    ]

    @Test("what is wrong and where", arguments: cases)
    func place(example: Case) throws {
        let error = try #require(throws: CronError.self) { try CronExpression(example.text) }
        #expect(error.code == example.code)
        #expect(error.field == example.field)
        #expect(error.column == example.column)
        #expect(error.offendingText == example.offendingText)
        #expect(error.suggestion == example.suggestion)
        #expect(!error.description.contains("\n") || example.text.contains("\n"))
    }

    @Test("errors are readable")
    func sentence() throws {
        let name = try #require(throws: CronError.self) { try CronExpression("0 9 * * FUNDAY") }
        #expect(
            name.description == """
                cron expression "0 9 * * FUNDAY": day of week (column 9): "FUNDAY" is not the name of a day of week, \
                allowed is 0-7 or SUN-SAT; did you mean SUN?
                """
        )
    }

    @Test(
        "an expression that never fires is well formed, found at once and refused with its place",
        arguments: [
            ("0 0 30 2 *", 5, "30"), ("0 0 30,31 FEB *", 5, "30,31"), ("0 0 31 2,4,6,9,11 *", 5, "31"),
            ("0 0 31 APR */2", 5, "31"), ("0 0 L-29 2 *", 5, "L-29"), ("0 0 30W 2 *", 5, "30W"),
            ("0 0 */20 * 1L", 5, "*/20"), ("0 0 1-7 2 +MON#5", 5, "1-7"), ("0 0 29-31 2 +MON#2", 5, "29-31"),
            ("0 0 0 29 2 * 2026", 7, "29"), ("0 0 0 29 2 * 2097-2103", 7, "29"), ("0 0 0 ? 2 MON#5 2025", 11, "MON#5"),
        ] as [(String, Int, String)]
    )
    func neverFires(text: String, column: Int, offendingText: String) throws {
        let expression = try CronExpression(text)
        #expect(expression.neverFires)
        for zone in try [Zone.utc, Zone(identifier: "Europe/Berlin")] {
            #expect(expression.next(after: .earliest, in: zone) == nil)
            #expect(expression.previous(before: .latest, in: zone) == nil)
            #expect(expression.count(after: .earliest, until: .latest, in: zone) == 0)
            #expect(!expression.matches(.epoch, in: zone))
        }
        let error = try #require(throws: CronError.self) { try expression.checkFires() }
        #expect(error.code == .neverFires)
        #expect(error.column == column)
        #expect(error.offendingText == offendingText)
    }

    @Test("@reboot has no instant to wait for")
    func reboot() throws {
        let expression = try CronExpression(" @Reboot ")
        #expect(expression.firesAtStart && !expression.neverFires)
        #expect(expression.next(after: .epoch, in: .utc) == nil)
        #expect(throws: CronError.self) { try expression.checkFires() }
    }

    @Test(
        "rare expressions are not mistaken for ones that never fire",
        arguments: [
            "0 0 29 2 *", "0 0 30 2 MON", "0 0 29 2 */6", "0 0 31 1-12 *", "0 0 */31 2 *", "0 0 */28 2 MON",
            "0 0 * 2 MON#5", "0 0 29 2 +SUN#5", "0 0 29W 2 *", "0 0 L-28 2 *", "0 0 0 29 2 * 2096-2104",
            "0 0 0 ? 2 MON#5 2024-2199",
        ]
    )
    func rare(text: String) throws {
        let start = try Timestamp(parsing: "2024-03-01T00:00:00Z")
        let expression = try CronExpression(text)
        #expect(!expression.neverFires)
        #expect(throws: Never.self) { try expression.checkFires() }
        let next = try #require(expression.next(after: start, in: .utc))
        #expect(expression.previous(before: next + .seconds(1), in: .utc) == next)
    }
}

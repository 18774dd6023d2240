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
        Case("0 0 30 2 *", .neverFires, "day of month", 5, "30"),
        Case("0 0 30,31 FEB *", .neverFires, "day of month", 5, "30,31"),
        Case("0 0 31 2,4,6,9,11 *", .neverFires, "day of month", 5, "31"),
        Case("0 0 31 APR */2", .neverFires, "day of month", 5, "31"),
        Case("@reboot", .unsupported, nil, 1, "@reboot"),
        Case("@every 5m", .unsupported, nil, 1, "@every 5m"),
        Case("CRON_TZ=Europe/Berlin 0 0 * * *", .unsupported, nil, 1, "CRON_TZ=Europe/Berlin"),
        Case("TZ=UTC 0 0 * * *", .unsupported, nil, 1, "TZ=UTC"),
        Case("0 * * * * *", .unsupported, nil, 11, "*"),
        Case("0 0 * * * * 2026", .unsupported, nil, 11, "*"),
        Case("0 0 L * *", .unsupported, "day of month", 5, "L"),
        Case("0 0 L-3 * *", .unsupported, "day of month", 5, "L-3"),
        Case("0 0 1,lw * *", .unsupported, "day of month", 7, "lw"),
        Case("0 0 15W * *", .unsupported, "day of month", 5, "15W"),
        Case("0 0 * * 5L", .unsupported, "day of week", 9, "5L"),
        Case("0 0 * * friL", .unsupported, "day of week", 9, "friL"),
        Case("0 0 * * 5#2", .unsupported, "day of week", 9, "5#2"),
        Case("0 0 * * MON#1", .unsupported, "day of week", 9, "MON#1"),
        Case("0 0 1 * +MON", .unsupported, "day of week", 9, "+MON"),
        Case("H * * * *", .unsupported, "minute", 1, "H"),
        Case("0 H(0-5) * * *", .unsupported, "hour", 3, "H(0-5)"),
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
        let never = try #require(throws: CronError.self) { try CronExpression("0 0 30 2 *") }
        #expect(
            never.description == """
                cron expression "0 0 30 2 *": day of month (column 5): it would never fire, because none of the months \
                has such a day
                """
        )
    }

    @Test(
        "rare expressions are not mistaken for ones that never fire",
        arguments: ["0 0 29 2 *", "0 0 30 2 MON", "0 0 29 2 */6", "0 0 31 1-12 *", "0 0 */31 2 *", "0 0 */28 2 MON"]
    )
    func rare(text: String) throws {
        let start = try Timestamp(parsing: "2024-03-01T00:00:00Z")
        #expect(try CronExpression(text).next(after: start, in: .utc) != nil)
    }
}

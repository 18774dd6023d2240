// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import Testing

@testable import TaskiqCommands

@Suite("taskiq cron next --batch")
struct CronBatchTests {
    @Test(
        "a question gets an answer of one line",
        arguments: [
            (
                #"{"expr":"30 2 * * *","tz":"Europe/Berlin","start":"2024-03-30T12:00:00+01:00","count":2}"#,
                #"{"next":["2024-03-31T03:00:00+02:00","2024-04-01T02:30:00+02:00"]}"#
            ),
            // Both ends are left out.
            (
                #"{"expr":"0 0 * * *","start":"2024-01-01T00:00:00Z","until":"2024-01-04T00:00:00Z"}"#,
                #"{"next":["2024-01-02T00:00:00Z","2024-01-03T00:00:00Z"]}"#
            ),
            (
                #"{"expr":"0 0 * * *","start":"2024-01-04T00:00:00Z","until":"2024-01-01T00:00:00Z","kind":"prev"}"#,
                #"{"prev":["2024-01-03T00:00:00Z","2024-01-02T00:00:00Z"]}"#
            ),
            (
                #"{"expr":"0 0 * * *","start":"2024-01-04T00:00:00Z","count":1,"kind":"prev"}"#,
                #"{"prev":["2024-01-03T00:00:00Z"]}"#
            ),
            (
                #"{"expr":"* * * * *","start":"2024-01-04T00:00:00Z","count":1,"until":"2024-01-04T00:05:00Z"}"#,
                #"{"next":["2024-01-04T00:01:00Z"]}"#
            ),
            (
                #"{"expr":"0 0 * * *","start":"2024-01-04T00:00:00Z","until":"2024-01-01T00:00:00Z"}"#,
                #"{"next":[]}"#
            ),
            (#"{"expr":"0 0 30 2 *","start":"2024-01-04T00:00:00Z","count":2}"#, #"{"next":[]}"#),
            (#"{"expr":"* * * * *","start":"2024-01-04T00:00:00Z","count":0}"#, #"{"next":[]}"#),
            (
                #"{"expr":"H H * * *","seed":"a","start":"2024-01-04T00:00:00Z","count":1}"#,
                #"{"next":["2024-01-04T01:26:00Z"]}"#
            ),
            (
                #"{"expr":"H H * * *","seed":7,"start":"2024-01-04T00:00:00Z","count":1}"#,
                #"{"next":["2024-01-04T18:47:00Z"]}"#
            ),
            (
                #"{"expr":"CRON_TZ=Asia/Tokyo 0 9 * * *","tz":"UTC","start":"2024-01-04T00:00:00Z","count":1}"#,
                #"{"next":["2024-01-05T09:00:00+09:00"]}"#
            ),
            (
                #"{"expr":"* * * * * *","start":"2024-01-04T00:00:00.0005Z","count":1,"kind":"prev"}"#,
                #"{"prev":["2024-01-04T00:00:00Z"]}"#
            ),
            (
                #"{"expr":"*/15 2 * * *","tz":"Europe/Berlin","start":"2024-10-27T02:40:00+02:00","count":3}"#,
                #"{"next":["2024-10-27T02:45:00+02:00","2024-10-27T02:00:00+01:00","2024-10-27T02:15:00+01:00"]}"#
            ),
            (
                #"{"expr":"0 0 12 ? * 1","dialect":"quartz","start":"2024-01-04T00:00:00Z","count":1}"#,
                #"{"next":["2024-01-07T12:00:00Z"]}"#
            ),
            // Unknown members say nothing, and null is as good as none.
            (
                #"{"expr":"0 0 * * *","tz":null,"start":"2024-01-04T00:00:00Z","count":1,"id":17}"#,
                #"{"next":["2024-01-05T00:00:00Z"]}"#
            ),
        ]
    )
    func answers(question: String, answer: String) {
        #expect(CronBatch.answer(to: question) == answer)
    }

    @Test("without a count there are five, without a start it is now")
    func defaults() throws {
        let answer = CronBatch.answer(to: #"{"expr":"0 0 1 1 *"}"#)
        let value = try JSONFragment(parsing: answer).decode(JSONValue.self)
        guard case .array(let instants)? = value["next"] else {
            Issue.record("\(answer)")
            return
        }
        #expect(instants.count == 5)
    }

    @Test(
        "what cannot be answered gets an error with a code, a sentence and a column",
        arguments: [
            (#"{"expr":"61 * * * *"}"#, "outOfRange", 1), (#"{"expr":"0 9 * * FUNDAY"}"#, "unknownName", 9),
            (#"{"expr":"* * * *"}"#, "fieldCount", nil), (#"{"expr":"0 9 * * 1#6"}"#, nil, 11),
            (#"{"expr":"* * * * *","tz":"No/Where"}"#, "notFound", nil),
            (#"{"expr":"* * * * *","start":"soon"}"#, "badTimestamp", 1),
            (#"{"expr":"* * * * *","until":"2024-13-01T00:00:00Z"}"#, "badTimestamp", 1),
            (#"{"expr":"* * * * *","start":5}"#, "invalidQuestion", nil), (#"{"expr":5}"#, "invalidQuestion", nil),
            (#"{"tz":"UTC"}"#, "invalidQuestion", nil), ("[1]", "invalidQuestion", nil),
            ("nonsense", "invalidQuestion", nil), ("", "invalidQuestion", nil),
            (#"{"expr":"* * * * *","count":-1}"#, "invalidQuestion", nil),
            (#"{"expr":"* * * * *","count":1.5}"#, "invalidQuestion", nil),
            (#"{"expr":"* * * * *","count":1000001}"#, "invalidQuestion", nil),
            (#"{"expr":"* * * * *","kind":"sideways"}"#, "invalidQuestion", nil),
            (#"{"expr":"* * * * *","dialect":"klingon"}"#, "invalidQuestion", nil),
            (#"{"expr":"* * * * *","start":"2024-01-01T00:00:00Z","until":"2030-01-01T00:00:00Z"}"#, "tooMany", nil),
        ] as [(String, String?, Int?)]
    )
    func errors(question: String, code: String?, column: Int?) throws {
        let answer = try JSONFragment(parsing: CronBatch.answer(to: question)).decode(JSONValue.self)
        let error = try #require(answer["error"])
        if let code { #expect(error["code"] == .string(code)) }
        #expect(error["column"] == column.map { .int($0) } ?? .null)
        guard case .string(let message)? = error["message"] else {
            Issue.record("no message")
            return
        }
        #expect(!message.isEmpty && !message.contains("\n"))
    }

    @Test("the policy of the command line holds for all questions")
    func policy() {
        let question = #"{"expr":"30 2 * * *","tz":"Europe/Berlin","start":"2024-03-30T12:00:00+01:00","count":1}"#
        let answer = CronBatch.answer(to: question, policy: TransitionPolicy(gap: .skip))
        #expect(answer == #"{"next":["2024-04-01T02:30:00+02:00"]}"#)
    }
}

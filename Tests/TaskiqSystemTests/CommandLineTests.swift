// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import Testing

/// What a user types and sees.
@Suite struct CommandLineTests {
    @Test func aTaskIsSentAndItsResultPrinted() async throws {
        let fleet = try Fleet()
        let scheduler = try await fleet.scheduler()
        let worker = try await fleet.worker()

        let sum = try await fleet.taskiq("kiq", "add", "2", "3", "--wait")
        #expect(sum == (0, "5\n", ""))

        let mistakes = ["delay=abc", "delay=-1", "timeout=null", "expires=[1]", "priority=99", "priority=1.5"]
        for label in mistakes {
            let wrong = try await fleet.taskiq("kiq", "add", "2", "3", "--label", label)
            #expect(wrong.code == 2)
            #expect(wrong.errors.contains("the label \(label.prefix { $0 != "=" }) takes "), "\(wrong)")
        }
        let labelled = try await fleet.taskiq("kiq", "add", "2", "3", "--label", "delay=0.01", "--label", "priority=9")
        #expect(labelled.code == 0)
        let negative = try await fleet.taskiq("kiq", "add", "--kwarg", "a=-2", "--kwarg", "b=3", "--wait")
        #expect(negative.output == "1\n")

        let text = try await fleet.taskiq("kiq", "hello", "you", "--wait")
        #expect(text.output == "\"Hello, you!\"\n")

        let failure = try await fleet.taskiq("kiq", "divide", "1", "0", "--wait")
        #expect(failure.code == 1)
        #expect(failure.output.isEmpty)
        #expect(failure.errors.contains("1.0 cannot be divided by zero"))

        let sent = try await fleet.taskiq("kiq", "add", "20", "22", "--task-id", "forty-two")
        #expect(sent == (0, "forty-two\n", ""))
        try await fleet.withBroker { broker in _ = try await broker.handle(for: "forty-two").waitForResult() }
        let result = try await fleet.taskiq("results", "get", "forty-two")
        #expect(result == (0, "42\n", ""))
        let unknown = try await fleet.taskiq("results", "get", "never-sent")
        #expect(unknown.code == 3)
        #expect(unknown.errors.contains("never-sent"))
        _ = (scheduler, worker)
    }

    @Test func wrongArgumentsAreNamedAndNothingElseIsHarmed() async throws {
        let fleet = try Fleet()
        let scheduler = try await fleet.scheduler()
        let worker = try await fleet.worker()

        let missing = try await fleet.taskiq("kiq", "add", "2", "--wait")
        #expect(missing.code == 1)
        #expect(missing.errors.contains("argument 2 (b) is missing: expected Int"))
        let tooMany = try await fleet.taskiq("kiq", "add", "1", "2", "3", "--wait")
        #expect(tooMany.errors.contains("takes 2 positional arguments, 3 were given"))
        let wrongType = try await fleet.taskiq("kiq", "add", "1", "two", "--wait")
        #expect(wrongType.code == 1)
        #expect(wrongType.errors.contains("argument 2 (b): expected an integer, found \"two\""))
        let stillThere = try await fleet.taskiq("kiq", "add", "1", "1", "--wait")
        #expect(stillThere.output == "2\n")
        _ = (scheduler, worker)
    }

    @Test func aTaskThatNobodyKnowsWaitsAndIsSaidToWait() async throws {
        let fleet = try Fleet()
        let scheduler = try await fleet.scheduler()
        let worker = try await fleet.worker()
        let result = try await fleet.taskiq("kiq", "nobody-knows-me", "--wait", "--timeout", "1s")
        #expect(result.code == 6)
        #expect(result.errors.contains("no worker that is connected knows the task \"nobody-knows-me\""))
        _ = (scheduler, worker)
    }

    @Test func withoutAHubTheRemedyIsSaid() async throws {
        let fleet = try Fleet()
        let result = try await fleet.taskiq("kiq", "add", "1", "2", "--timeout", "1s")
        #expect(result.code == 5)
        #expect(result.errors.contains("start one with 'taskiq-scheduler'"))
        for arguments in [["store", "backup", fleet.directory + "/copy"], ["results", "wait", "x"]] {
            let process = try TestProcess(
                Programs.taskiq,
                arguments + ["--timeout", "1s", "--broker", "ipc://\(fleet.directory)/nobody"]
            )
            #expect(try await process.end() == 5)
            #expect(process.errors.contains("no hub answers"))
        }
    }

    private static let endings: [(arguments: [String], code: Int32)] = [
        (["kiq"], 2),
        (["kiq", "add", "--waiting"], 2),
        (["kiq", ""], 2),
        (["nonsense"], 2),
        (["--version"], 0),
        (["--help"], 0),
        (["kiq", "add", "--broker", "http://localhost"], 2),
        (["cron", "next", "61 * * * *"], 2),
        (["cron", "next", "* * * * *", "--tz", "Nowhere/At-All"], 2),
        (["worker", "./no-such-program"], 3),
    ]

    @Test(arguments: endings)
    func exitCodes(arguments: [String], code: Int32) async throws {
        let process = try TestProcess(Programs.taskiq, arguments)
        #expect(try await process.end() == code)
        if code != 0 { #expect(!process.errors.isEmpty) } else { #expect(!process.output.isEmpty) }
    }

    @Test func cronNextNeedsNoDaemon() async throws {
        let fleet = try Fleet()
        let result = try await fleet.taskiq(
            "cron",
            "next",
            "30 2 * * *",
            "--tz",
            "Europe/Berlin",
            "--from",
            "2024-03-30T00:00:00Z",
            "-n",
            "3"
        )
        // 02:30 does not exist on the 31st; it runs right after the gap.
        #expect(
            result.output == """
                2024-03-30T02:30:00+01:00
                2024-03-31T03:00:00+02:00
                2024-04-01T02:30:00+02:00

                """
        )
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// Schedules that fire by themselves.
@Suite struct ScheduleTests {
    @Test func filesAndLabelsFireAndEachRunIsALine() async throws {
        let fleet = try Fleet()
        try fleet.write(
            """
            version: 1
            schedules:
              each-second:
                task: add
                args: [40, 2]
                every: 1s
              failing:
                task: divide
                kwargs: { dividend: 1, divisor: 0 }
                every: 1s
            """,
            to: "schedules/good.yaml"
        )
        let scheduler = try await fleet.scheduler([fleet.directory + "/schedules"])
        let worker = try await fleet.worker()
        try await scheduler.wait("three runs and a failure were printed") { output, _ in
            let lines = output.split(separator: "\n")
            return lines.count { $0.contains("each-second") && $0.hasSuffix("ok  42") } >= 3
                && lines.contains { $0.contains("failing") && $0.contains("FAILED") }
                && lines.contains { $0.contains("tick:") && $0.contains("\"tick\"") }
        }
        _ = worker
    }

    @Test func aBrokenFileIsShownAndTheGoodOneRuns() async throws {
        let fleet = try Fleet()
        try fleet.write(
            "schedules:\n  good:\n    task: hello\n    args: [you]\n    every: 1s\n",
            to: "schedules/good.yaml"
        )
        try fleet.write("schedules:\n  bad: [\n", to: "schedules/broken.yaml")
        try fleet.write("schedules:\n  worse:\n    task: add\n    cron: 61 * * * *\n", to: "schedules/wrong.yaml")
        let scheduler = try await fleet.scheduler([fleet.directory + "/schedules"])
        let worker = try await fleet.worker()
        try await scheduler.wait("the good one ran and the bad ones were shown") { output, errors in
            output.contains("Hello, you!") && errors.contains("broken.yaml:") && errors.contains("error[yaml-syntax]")
                && errors.contains("wrong.yaml:4:11: error[cron-range]")
        }
        // Mended, it runs without a restart.
        try fleet.write(
            "schedules:\n  worse:\n    task: add\n    args: [1, 1]\n    every: 1s\n",
            to: "schedules/wrong.yaml"
        )
        try await scheduler.wait("the mended one ran") { output, _ in
            output.contains("worse ") && output.contains("ok  2\n")
        }
        _ = worker
    }

    @Test func aCommandRunsOnlyWhereItIsAllowed() async throws {
        let fleet = try Fleet()
        let scheduler = try await fleet.scheduler()
        let worker = try await fleet.stockWorker(["--allow-command", "echo *"])
        let allowed = try await fleet.taskiq("kiq", "taskiq.command", "[\"echo\", \"good day\"]", "--wait")
        #expect(allowed.output == "{\"exit_code\":0,\"stdout\":\"good day\\n\",\"stderr\":\"\"}\n")
        let refused = try await fleet.taskiq("kiq", "taskiq.command", "id", "--wait")
        #expect(refused.code == 1)
        #expect(refused.errors.contains("--allow-command"))
        // A pattern cannot see what a shell would make of the text, so such text is refused.
        for trick in ["echo a; id", "echo $(id)", "echo a\nid", "echo a|id", "[\"echo x\", \"y\"]"] {
            let tricked = try await fleet.taskiq("kiq", "taskiq.command", trick, "--wait")
            #expect(tricked.code == 1, "\(trick)")
            #expect(tricked.errors.contains("does not run"), "\(trick)")
        }
        let text = try await fleet.taskiq("kiq", "taskiq.command", "echo plain text", "--wait")
        #expect(text.output.contains("plain text"))
        let echo = try await fleet.taskiq("kiq", "taskiq.echo", "{\"a\": [1, null]}", "--wait")
        #expect(echo.output == "{\"a\":[1,null]}\n")
        _ = (scheduler, worker)
    }

    @Test func aCommandThatFailsIsAnError() async throws {
        let fleet = try Fleet()
        let scheduler = try await fleet.scheduler()
        let worker = try await fleet.stockWorker(["--allow-commands"])
        let shell = try await fleet.taskiq("kiq", "taskiq.command", "echo no >&2; exit 3", "--wait")
        #expect(shell.code == 1)
        #expect(shell.errors.contains("exited(3)"))
        #expect(shell.errors.contains("no"))
        let input = try await fleet.taskiq(
            "kiq",
            "taskiq.command",
            "cat; echo $GREETING",
            "--kwarg",
            "stdin=in ",
            "--kwarg",
            "env={\"GREETING\":\"hi\"}",
            "--wait"
        )
        #expect(input.output == "{\"exit_code\":0,\"stdout\":\"in hi\\n\",\"stderr\":\"\"}\n")
        // More than a message can carry: cut, or told, and the worker goes on.
        let much = try await fleet.taskiq("kiq", "taskiq.command", "yes | head -c 3000000 | tr y '\\001'", "--wait")
        #expect(much.code == 1)
        #expect(much.errors.contains("ResultTooLargeError"))
        let cut = try await fleet.taskiq("kiq", "taskiq.command", "yes | head -c 3000000", "--wait")
        #expect(cut.code == 0)
        let slow = try await fleet.taskiq("kiq", "taskiq.command", "sleep 60", "--kwarg", "timeout=0.2", "--wait")
        #expect(slow.code == 1)
        #expect(slow.errors.contains("took longer than 0.2 s"))
        _ = (scheduler, worker)
    }
}

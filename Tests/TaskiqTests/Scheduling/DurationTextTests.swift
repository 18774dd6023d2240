// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

@Suite("Durations as text")
struct DurationTextTests {
    @Test(
        "what people write is read",
        arguments: [
            ("0", .zero), ("90", .seconds(90)), ("90s", .seconds(90)), ("90sec", .seconds(90)), ("15m", .seconds(900)),
            ("15min", .seconds(900)), ("1h30m", .seconds(5400)), ("2d", .seconds(172_800)), ("1w", .seconds(604_800)),
            ("500ms", .milliseconds(500)), ("1m500ms", .milliseconds(60_500)), ("0s", .zero),
            ("1099511627775", .seconds((1 << 40) - 1)), ("", nil), ("s", nil), ("-1", nil), ("-1s", nil), ("1.5s", nil),
            ("1 h", nil), ("1x", nil), ("1hh", nil), ("h1", nil), ("1h30", nil), ("1099511627776", nil),
            ("99999999999999999999", nil), ("99999999999999999999s", nil), ("1099511627775w1099511627775w", nil),
            ("１s", nil),
            ("1S", nil), ("1\u{0}", nil),
        ] as [(String, Duration?)]
    )
    func parsing(text: String, wanted: Duration?) {
        #expect(Duration.parse(text) == wanted)
    }

    @Test(
        "a duration is said in the units that read best, and never as another",
        arguments: [
            (.zero, "0 ms"), (.milliseconds(850), "850 ms"), (.milliseconds(999), "999 ms"), (.seconds(1), "1 s"),
            (.milliseconds(2500), "2.5 s"), (.milliseconds(1050), "1.05 s"), (.seconds(119), "119 s"),
            (.seconds(120), "2 min"), (.seconds(150), "2 min 30 s"),
            (.seconds(180), "3 min"), (.seconds(5400), "90 min"), (.seconds(7199), "119 min 59 s"),
            (.seconds(7200), "2 h"),
            (.seconds(9000), "2 h 30 min"), (.seconds(7205), "2 h 5 s"), (.seconds(172_800), "48 h"),
            (.milliseconds(-850), "-850 ms"), (.seconds(-30), "-30 s"), (.seconds(-150), "-2 min 30 s"),
        ] as [(Duration, String)]
    )
    func formatting(duration: Duration, wanted: String) {
        #expect(duration.formattedShortly == wanted)
    }

    @Test("the longest durations are cut off and trap nowhere")
    func extremes() {
        #expect(Duration.seconds(Int64.max).inMilliseconds == .max)
        #expect(Duration.seconds(Int64.min).inMilliseconds == .min)
        #expect(Duration.seconds(1e20).inMilliseconds == .max)
        #expect(Duration.seconds(-1e20).inMilliseconds == .min)
        #expect((Duration.milliseconds(Int64.max) + .milliseconds(1)).inMilliseconds == .max)
        #expect(Duration.milliseconds(Int64.max).inMilliseconds == .max)
        #expect(Duration.milliseconds(Int64.min).inMilliseconds == .min)
        #expect(Duration.milliseconds(-1500).inMilliseconds == -1500)
        #expect(Duration.seconds(1e20).inSeconds > 1e18)
        #expect(!Duration.seconds(Int64.max).formattedShortly.isEmpty)
    }

    @Test(
        "seconds are those of decimal text",
        arguments: [0.12, 0.1, 12.34, 1e-9, 3600.001, 86_400.5, 1_000_000.123456, -0.3]
    )
    func seconds(value: Double) {
        #expect(Duration.nanoseconds(Int64((value * 1e9).rounded())).inSeconds == value)
    }
}

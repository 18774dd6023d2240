// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import CAllocationCount
import Foundation
import TaskiqCron

/// Times the cron engine: `CronBenchmark [--peers FILE]`.
///
/// The file has the lines that `peers/cron.py --json` printed in the same run.
@main
enum CronBenchmark {
    static func main() throws {
        let peers = try PeerFigures(arguments: CommandLine.arguments)
        print("next: nanoseconds of processor time per call; parse: of a text not seen before / seen before")
        let names = peers.engines + ["Calendar"]
        print(row("case", "zone", ["next", "walk", "allocs", "parse", "again"] + names.map { $0 + " ×" }))
        for example in BenchmarkCase.all {
            let figures = try measure(example)
            let calendar = FoundationCalendar.nanoseconds(of: example)
            let ratios =
                peers.engines.map { peers.nanoseconds($0, example.name).map { $0 / figures.next } }
                + [calendar.map { $0 / figures.next }]
            print(
                row(
                    example.name,
                    example.zone,
                    [figures.next, figures.walk].map { format($0, 1) } + ["\(figures.allocations)"]
                        + [figures.parse, figures.parseAgain].map { format($0, 0) }
                        + ratios.map { $0.map { format($0, 0) } ?? "-" }
                )
            )
        }
        try million()
    }

    struct Figures {
        var next: Double
        var walk: Double
        var allocations: UInt64
        var parse: Double
        var parseAgain: Double
    }

    static func measure(_ example: BenchmarkCase) throws -> Figures {
        let zone = try Zone(identifier: example.zone)
        let expression = try CronExpression(example.expression)
        let starts = (0..<BenchmarkCase.startCount).map { index in
            Timestamp(secondsSinceEpoch: BenchmarkCase.start + example.stride * Int64(index))
        }
        let next = nanosecondsPerCall { index in
            consume(expression.next(after: starts[index % starts.count], in: zone))
        }
        let walk = nanosecondsPerCall { index in
            var instant = starts[index % starts.count]
            for _ in 0..<50 {
                guard let next = expression.next(after: instant, in: zone) else { break }
                instant = next
            }
            consume(instant)
        }
        let before = taskiq_allocation_count()
        for start in starts { consume(expression.next(after: start, in: zone)) }
        let allocations = taskiq_allocation_count() - before

        // Texts that differ in their blanks are all new.
        let texts = variants(of: example.expression, count: 20_000)
        var parsed: [CronExpression] = []
        parsed.reserveCapacity(texts.count)
        var parse = Double.infinity
        for batch in stride(from: 0, to: texts.count, by: 2_000) {
            let time = processorTime {
                for text in texts[batch..<(batch + 2_000)] {
                    if let expression = try? CronExpression(text) { parsed.append(expression) }
                }
            }
            parse = min(parse, time / 2_000)
        }
        let again = nanosecondsPerCall { _ in consume(try? CronExpression(example.expression)) }
        return Figures(
            next: next,
            walk: walk / 50,
            allocations: allocations,
            parse: parse * 1e9,
            parseAgain: again
        )
    }

    /// The same expression with other blanks between its fields.
    static func variants(of text: String, count: Int) -> [String] {
        let words = text.split(separator: " ")
        return (0..<count).map { number in
            var number = number
            var variant = String(words[0])
            for word in words.dropFirst() {
                for bit in 0..<4 {
                    if bit == 0 || number & 1 == 1 { variant += bit == 0 ? " " : "\t" }
                    if bit > 0 { number >>= 1 }
                }
                variant += word
            }
            // What is left of the number goes to the end.
            return variant + String(repeating: " ", count: number)
        }
    }

    /// A million expressions at once.
    static func million() throws {
        var texts: [String] = []
        texts.reserveCapacity(1_000_000)
        for minute in 0..<60 {
            for hour in 0..<24 {
                for day in 1...28 where texts.count < 1_000_000 {
                    for month in 1...12 where texts.count < 1_000_000 {
                        for weekdays in ["*", "1-5", "MON"] where texts.count < 1_000_000 {
                            texts.append("\(minute) \(hour) \(day) \(month) \(weekdays)")
                        }
                    }
                }
            }
        }
        var expressions: [CronExpression] = []
        expressions.reserveCapacity(texts.count)
        let before = residentBytes()
        let time = processorTime {
            for text in texts {
                if let expression = try? CronExpression(text) { expressions.append(expression) }
            }
        }
        let perExpression = residentBytes().flatMap { after in before.map { (after - $0) / texts.count } }
        print(
            "\(texts.count) distinct expressions: \(format(time, 2)) s, "
                + "\(perExpression.map { "\($0)" } ?? "-") bytes of resident memory each"
        )
        var equal: [CronExpression] = []
        equal.reserveCapacity(texts.count)
        let beforeEqual = residentBytes()
        let equalTime = processorTime {
            for _ in texts.indices {
                if let expression = try? CronExpression("*/10 9-17 * * MON-FRI") { equal.append(expression) }
            }
        }
        let perEqual = residentBytes().flatMap { after in beforeEqual.map { (after - $0) / texts.count } }
        print(
            "\(equal.count) equal expressions: \(format(equalTime, 2)) s, "
                + "\(perEqual.map { "\($0)" } ?? "-") bytes of resident memory each"
        )
        consume(expressions)
        consume(equal)
    }

    private static func format(_ number: Double, _ digits: Int) -> String {
        String(format: "%.\(digits)f", number)
    }

    private static func row(_ name: String, _ zone: String, _ cells: [String]) -> String {
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.count))
        }
        return padded(name, 24) + padded(zone, 18)
            + cells.map { String(repeating: " ", count: max(1, 14 - $0.count)) + $0 }.joined()
    }
}

/// What other engines took, from the lines of `peers/cron.py --json`.
struct PeerFigures {
    private struct Line: Decodable {
        var `case`: String
        var engine: String
        var next_us: Double?
    }

    private(set) var engines: [String] = []
    private var figures: [String: Double] = [:]

    init(arguments: [String]) throws {
        guard let index = arguments.firstIndex(of: "--peers"), index + 1 < arguments.count else { return }
        let data = try Data(contentsOf: URL(filePath: arguments[index + 1]))
        for line in data.split(separator: UInt8(ascii: "\n")) {
            let line = try JSONDecoder().decode(Line.self, from: line)
            if !engines.contains(line.engine) { engines.append(line.engine) }
            figures["\(line.engine)/\(line.case)"] = line.next_us.map { $0 * 1_000 }
        }
    }

    func nanoseconds(_ engine: String, _ example: String) -> Double? {
        figures["\(engine)/\(example)"]
    }
}

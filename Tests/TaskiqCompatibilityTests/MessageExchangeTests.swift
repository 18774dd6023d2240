// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Taskiq
import Testing

/// Messages at random, from either side to the other and back.
@Suite(.withPython, .timeLimit(.minutes(5))) struct MessageExchangeTests {
    private static let count =
        ProcessInfo.processInfo.environment["TASKIQ_FUZZ_INPUTS"].flatMap { UInt64($0) } ?? 300

    @Test(arguments: Codec.all) func `what we write is what Python reads, and writes again`(codec: Codec) async throws {
        for seed in 0..<Self.count {
            var random = RandomMessage(seed: seed, isWide: codec.isWide)
            let message = try random.message()
            let bytes = try codec.formatter.dumps(message).message
            let answer = try await Exchange.shared.ask("message.read", [.codec(codec), .data(bytes)])
            let again = try codec.formatter.loads(try answer.data())
            #expect(isSame(again, message), "seed \(seed)")
            for label in message.labels.entries {
                #expect(try answer["labels"]?.text(label.name) == Self.view(of: label.value), "seed \(seed)")
            }
        }
    }

    @Test(arguments: Codec.all) func `what Python writes is what we read, and write again`(codec: Codec) async throws {
        for seed in 0..<Self.count {
            let number: [JSONValue.Member] = [
                .codec(codec), .init("seed", .int(Int(seed))), .init("wide", .bool(codec.isWide)),
            ]
            let written = try await Exchange.shared.ask("message.write", number)
            let message = try codec.formatter.loads(try written.data())
            let bytes = try codec.formatter.dumps(message).message
            let answer = try await Exchange.shared.ask("message.check", number + [.data(bytes)])
            #expect(answer["equal"] == .bool(true), "seed \(seed): \(answer)")
        }
    }

    /// What Python says of a label once it has been parsed.
    private static func view(of label: LabelValue) -> String {
        switch label {
        case .int(let value): "int \(value)"
        case .double(let value): "float \(value)"
        case .bool(let value): "bool \(value ? "True" : "False")"
        case .largeInt(let digits): "int \(digits)"
        case .bytes(let bytes): "bytes " + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        case .string(let text), .any(let text): "str \(text)"
        case .json(let fragment): fragment.text
        }
    }
}

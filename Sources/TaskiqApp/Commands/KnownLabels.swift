// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

/// The labels whose values mean something to a hub or a worker: a slip of the hand in one of them would be passed over
/// without a word.
enum KnownLabels {
    /// Looks at a label as it was typed.
    ///
    /// - Throws: `CommandExit` with code 2 for a value that means nothing.
    static func check(_ name: String, _ value: JSONValue) throws {
        switch name {
        case Label<Int>.priority.name:
            guard let number = number(value), (0...9).contains(number), number.rounded() == number else {
                throw wrong(name, value, "a whole number from 0 to 9; 9 goes first")
            }
        case Label<Double>.delay.name, Label<Double>.timeout.name, Label<Double>.expires.name:
            guard let number = number(value), number.isFinite, number >= 0 else {
                throw wrong(name, value, "a number of seconds that is not negative, as in \(name)=1.5")
            }
        default: break
        }
    }

    private static func number(_ value: JSONValue) -> Double? {
        switch value {
        case .int(let number): Double(number)
        case .double(let number): number
        case .string(let text): Double(text)
        default: nil
        }
    }

    private static func wrong(_ name: String, _ value: JSONValue, _ expected: String) -> CommandExit {
        CommandExit(.usage, "the label \(name) takes \(expected); found \(value.fragment.text.prefix(40))")
    }
}

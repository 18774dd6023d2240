// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What the simulated tasks do; part of the body of their messages.
enum TaskKind: String, CaseIterable {
    /// Returns a result.
    case returns
    /// Returns a result after seconds.
    case slow
    /// Fails with a result.
    case fails
    /// Returns and wants nothing stored.
    case silent
    /// Asks once to run again.
    case requeues
    /// Refuses its message.
    case rejects
    /// Is acknowledged before it begins.
    case acknowledgesFirst
    /// Returns or fails, and acknowledges some time after that, or never.
    case acknowledgesLate
    /// Ends its worker's life.
    case kills
    /// Ends its worker's life, and asks to run again when it is delivered once more, for ever.
    case killsBetween
}

extension TaskKind {
    /// Whether it ends workers until it is given up.
    var isPoison: Bool { self == .kills || self == .killsBetween }
}

/// A message of a simulation: which one it is, and what its task does.
struct SimulatedTask: Hashable {
    var number: Int
    var kind: TaskKind
    /// Whether it has asked to run again.
    var isSecond = false

    var taskID: String { "task-\(number)" }

    var body: [UInt8] { Array("\(number) \(kind.rawValue) \(isSecond)".utf8) }

    init(number: Int, kind: TaskKind) {
        self.number = number
        self.kind = kind
    }

    init?(body: [UInt8]) {
        let words = String(decoding: body, as: UTF8.self).split(separator: " ")
        guard words.count == 3, let number = Int(words[0]), let kind = TaskKind(rawValue: String(words[1])) else {
            return nil
        }
        self.number = number
        self.kind = kind
        isSecond = words[2] == "true"
    }
}

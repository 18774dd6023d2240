// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron

extension Diagnostic.Code {
    /// The code of an error in a cron expression: `cron-` and its name, such as `cron-field-count`.
    init(_ code: CronError.Code) {
        // The shorter word is the one that people search for.
        if code == .outOfRange {
            self.init(rawValue: "cron-range")
            return
        }
        var name = ""
        for character in code.description {
            if character.isUppercase { name.append("-") }
            name.append(contentsOf: character.lowercased())
        }
        self.init(rawValue: "cron-" + name)
    }
}

extension CronError {
    /// What is wrong, without the expression, which the excerpt shows.
    var shortMessage: String {
        var text = reason
        if let field, !reason.contains(field) { text = "\(field): \(reason)" }
        if let allowed { text += ", allowed is \(allowed)" }
        return text
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron

extension TransitionPolicy {
    /// The member `dst` of a schedule; nil for the usual rule.
    var json: JSONValue? {
        var members: [JSONValue.Member] = []
        if gap != .automatic { members.append(.init("gap", .string(gap == .runAfter ? "run_after" : "skip"))) }
        if repeated != .automatic { members.append(.init("repeat", .string(repeated.description))) }
        return members.isEmpty ? nil : .object(members)
    }

    /// Reads the member `dst` of a schedule.
    ///
    /// - Throws: `TaskiqError` with code `configuration`.
    init(_ json: JSONValue?) throws(TaskiqError) {
        self.init()
        guard let json, json != .null else { return }
        guard case .object(let members) = json else {
            throw Self.misfit("dst must be an object with \"gap\" and \"repeat\"", json)
        }
        for member in members {
            switch (member.key, member.value) {
            case ("gap", .string(let name)):
                guard let gap = Gap(name: name) else {
                    throw Self.misfit("dst: gap must be run_after or skip", member.value)
                }
                self.gap = gap
            case ("repeat", .string(let name)):
                guard let repeated = Repeated(name: name) else {
                    throw Self.misfit("dst: repeat must be once or twice", member.value)
                }
                self.repeated = repeated
            case ("gap", _), ("repeat", _): throw Self.misfit("dst: \(member.key) must be text", member.value)
            default: throw Self.misfit("dst has \"gap\" and \"repeat\" only", .string(member.key))
            }
        }
    }

    private static func misfit(_ rule: String, _ found: JSONValue) -> TaskiqError {
        TaskiqError(.configuration, "\(rule), found \(found.fragment)")
    }
}

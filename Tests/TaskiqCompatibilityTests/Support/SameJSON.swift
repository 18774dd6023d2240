// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

/// Whether two pieces of JSON are the same value: spelling apart, and with numbers of any size.
func isSame(_ left: JSONFragment, _ right: JSONFragment) -> Bool {
    if let (lefts, rights) = both(left, right, as: [String: JSONFragment].self) {
        return lefts.count == rights.count
            && lefts.allSatisfy { member in rights[member.key].map { isSame(member.value, $0) } ?? false }
    }
    if let (lefts, rights) = both(left, right, as: [JSONFragment].self) {
        return lefts.count == rights.count && zip(lefts, rights).allSatisfy(isSame)
    }
    if let (left, right) = both(left, right, as: String.self) { return left == right }
    if let (left, right) = both(left, right, as: Bool.self) { return left == right }
    if isInteger(left) || isInteger(right) { return left.text == right.text }
    if let (left, right) = both(left, right, as: Double.self) { return left.bitPattern == right.bitPattern }
    return left.isNull && right.isNull
}

/// Whether two messages say the same.
func isSame(_ left: TaskiqMessage, _ right: TaskiqMessage) -> Bool {
    left.taskID == right.taskID && left.taskName == right.taskName && isSame(left.labels, right.labels)
        && left.args.count == right.args.count && zip(left.args, right.args).allSatisfy(isSame)
        && left.kwargs.arguments.count == right.kwargs.arguments.count
        && zip(left.kwargs.arguments, right.kwargs.arguments)
            .allSatisfy { $0.name == $1.name && isSame($0.value, $1.value) }
}

/// Whether two sets of labels are the same, their order included.
func isSame(_ left: Labels, _ right: Labels) -> Bool {
    left.entries.count == right.entries.count
        && zip(left.entries, right.entries).allSatisfy { left, right in
            guard left.name == right.name else { return false }
            if case (.json(let left), .json(let right)) = (left.value, right.value) { return isSame(left, right) }
            return left.value == right.value
        }
}

private func isInteger(_ fragment: JSONFragment) -> Bool {
    let digits = fragment.text.hasPrefix("-") ? fragment.text.dropFirst() : fragment.text[...]
    return !digits.isEmpty && digits.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
}

private func both<Value: Decodable>(_ left: JSONFragment, _ right: JSONFragment, as: Value.Type) -> (Value, Value)? {
    guard let left = try? left.decode(Value.self), let right = try? right.decode(Value.self) else { return nil }
    return (left, right)
}

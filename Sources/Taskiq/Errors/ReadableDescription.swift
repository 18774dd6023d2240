// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What an error says, without Swift's debug spelling where a plainer sentence exists.
func readableDescription(of error: any Error) -> String {
    switch error {
    case let error as DecodingError: readableDescription(of: error)
    case let error as EncodingError: readableDescription(of: error)
    default: "\(error)"
    }
}

private func readableDescription(of error: DecodingError) -> String {
    switch error {
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
        place(context.codingPath) + context.debugDescription
    case .keyNotFound(let key, let context):
        place(context.codingPath) + "the key \"\(key.stringValue)\" is missing"
    @unknown default:
        "\(error)"
    }
}

private func readableDescription(of error: EncodingError) -> String {
    switch error {
    case .invalidValue(_, let context): place(context.codingPath) + context.debugDescription
    @unknown default: "\(error)"
    }
}

private func place(_ path: [any CodingKey]) -> String {
    guard !path.isEmpty else { return "" }
    let text = path.map { key in key.intValue.map { "[\($0)]" } ?? key.stringValue }.joined(separator: ".")
    return "\(text): "
}

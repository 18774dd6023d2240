// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// One step of reading a YAML file.
struct YAMLEvent {
    enum Kind: Equatable {
        case documentStart
        case documentEnd
        case streamEnd
        case scalar(String, isPlain: Bool)
        case alias(String)
        case listStart
        case listEnd
        case mapStart
        case mapEnd
        /// What has no meaning for us, such as the start of the stream.
        case other
    }

    var kind: Kind
    var anchor: String?
    var tag: String?
    var mark: SourceMark
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import CYaml

/// Owns libyaml's parser and copies its events into values of ours.
///
/// Events, because a tree made by the library would already have followed aliases, thrown duplicate keys together and
/// lost where values end.
struct YAMLEventParser: ~Copyable {
    /// Why libyaml gave up.
    struct Failure: Error {
        var message: String
        var mark: SourceMark?
        /// The byte, when the file could not even be decoded.
        var offset: Int?
    }

    /// On the heap, because libyaml keeps pointers into it.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    /// How many bytes of the file stand before the input.
    private let skipped: Int

    init?(_ bytes: [UInt8]) {
        parser = .allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            return nil
        }
        // Told the encoding, libyaml takes a byte order mark for a character of the first line and miscounts columns.
        skipped = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        input = .allocate(capacity: bytes.count - skipped)
        _ = input.initialize(fromContentsOf: bytes[skipped...])
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    mutating func next() throws(Failure) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure }
        defer { yaml_event_delete(&event) }
        let start = event.start_mark
        let end = event.end_mark
        let length = start.line == end.line ? Int(end.column) - Int(start.column) : 1
        let mark = SourceMark(line: Int(start.line) + 1, column: Int(start.column) + 1, length: length)
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: return YAMLEvent(kind: .documentStart, mark: mark)
        case YAML_DOCUMENT_END_EVENT: return YAMLEvent(kind: .documentEnd, mark: mark)
        case YAML_STREAM_END_EVENT: return YAMLEvent(kind: .streamEnd, mark: mark)
        case YAML_ALIAS_EVENT:
            return YAMLEvent(kind: .alias(Self.text(event.data.alias.anchor) ?? ""), mark: mark)
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            // The length is given because the text may hold the character NUL.
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return YAMLEvent(
                kind: .scalar(
                    String(decoding: bytes, as: UTF8.self),
                    isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE
                ),
                anchor: Self.text(scalar.anchor),
                tag: Self.text(scalar.tag),
                mark: mark
            )
        case YAML_SEQUENCE_START_EVENT:
            let list = event.data.sequence_start
            return YAMLEvent(kind: .listStart, anchor: Self.text(list.anchor), tag: Self.text(list.tag), mark: mark)
        case YAML_MAPPING_START_EVENT:
            let map = event.data.mapping_start
            return YAMLEvent(kind: .mapStart, anchor: Self.text(map.anchor), tag: Self.text(map.tag), mark: mark)
        case YAML_SEQUENCE_END_EVENT: return YAMLEvent(kind: .listEnd, mark: mark)
        case YAML_MAPPING_END_EVENT: return YAMLEvent(kind: .mapEnd, mark: mark)
        default: return YAMLEvent(kind: .other, mark: mark)
        }
    }

    private var failure: Failure {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "the file cannot be read"
        if state.error == YAML_READER_ERROR {
            return Failure(message: problem, offset: Int(state.problem_offset) + skipped)
        }
        let mark = state.problem_mark
        var message = problem
        if let context = state.context {
            message += " \(String(cString: context)) that begins in line \(state.context_mark.line + 1)"
        }
        return Failure(
            message: message,
            mark: SourceMark(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
        )
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Reads YAML files: one document, no anchors, aliases or tags of one's own.
struct YAMLReader: ScheduleFileReader {
    /// How deeply lists and maps may be nested.
    static let depthLimit = 32

    func read(_ source: SourceText) throws(Diagnostic) -> ScheduleNode {
        if let damage = source.firstDamage {
            throw Diagnostic(
                .error,
                .encoding,
                path: source.path,
                mark: damage,
                message: "the file is not UTF-8; save it as UTF-8",
                excerpt: source.excerpt(around: damage)
            )
        }
        guard let parser = YAMLEventParser(source.bytes) else {
            throw Diagnostic(.error, .unreadable, path: source.path, message: "there is no memory to read the file")
        }
        var builder = YAMLTreeBuilder(source: source, parser: parser)
        return try builder.document()
    }
}

/// Builds the tree out of events.
private struct YAMLTreeBuilder: ~Copyable {
    let source: SourceText
    var parser: YAMLEventParser

    init(source: SourceText, parser: consuming YAMLEventParser) {
        self.source = source
        self.parser = parser
    }

    mutating func document() throws(Diagnostic) -> ScheduleNode {
        var event = try next()
        while event.kind == .other { event = try next() }
        guard event.kind == .documentStart else { return ScheduleNode(.null, mark: .start) }
        let root = try node(next(), depth: 1)
        while event.kind != .streamEnd {
            event = try next()
            if event.kind == .documentStart {
                throw failure(.yamlSyntax, at: event.mark, "a second document begins here; a file holds one")
            }
        }
        return root
    }

    private mutating func node(_ event: YAMLEvent, depth: Int) throws(Diagnostic) -> ScheduleNode {
        let node: ScheduleNode
        switch event.kind {
        case .scalar(let text, let isPlain):
            let content = isPlain ? YAMLCoreSchema.content(ofPlain: text) : .string(text)
            node = ScheduleNode(content, text: text, mark: event.mark)
        case .listStart:
            try checkDepth(depth, event)
            node = ScheduleNode(.list(try elements(depth: depth)), mark: event.mark)
        case .mapStart:
            try checkDepth(depth, event)
            node = ScheduleNode(.map(try entries(depth: depth)), mark: event.mark)
        case .alias(let name):
            return ScheduleNode(
                .rejected(
                    .yamlAnchor,
                    reason: "the alias *\(name.clipped(to: 60)) is not possible here; write the value out"
                ),
                mark: event.mark
            )
        default:
            throw failure(.yamlSyntax, at: event.mark, "a value is missing")
        }
        if let anchor = event.anchor {
            let reason =
                "the anchor &\(anchor.clipped(to: 60)) is not possible here; write the value out where it is needed"
            return ScheduleNode(.rejected(.yamlAnchor, reason: reason), mark: event.mark)
        }
        guard let tag = event.tag else { return node }
        return tagged(node, tag)
    }

    private mutating func elements(depth: Int) throws(Diagnostic) -> [ScheduleNode] {
        var elements: [ScheduleNode] = []
        while true {
            let event = try next()
            if event.kind == .listEnd { return elements }
            elements.append(try node(event, depth: depth + 1))
        }
    }

    private mutating func entries(depth: Int) throws(Diagnostic) -> [ScheduleNode.Entry] {
        var entries: [ScheduleNode.Entry] = []
        while true {
            let event = try next()
            if event.kind == .mapEnd { return entries }
            let key = try node(event, depth: depth + 1)
            var value = try node(next(), depth: depth + 1)
            switch key.content {
            case .rejected(let code, let reason): value = ScheduleNode(.rejected(code, reason: reason), mark: key.mark)
            case .list, .map: value = ScheduleNode(.rejected(.badValue, reason: "a key must be text"), mark: key.mark)
            default: break
            }
            entries.append(.init(key: key.text, keyMark: key.mark, value: value))
        }
    }

    /// Applies a tag of the core schema; others are refused.
    private func tagged(_ node: ScheduleNode, _ tag: String) -> ScheduleNode {
        let prefix = "tag:yaml.org,2002:"
        let name = tag.hasPrefix(prefix) ? String(tag.dropFirst(prefix.count)) : nil
        let content: ScheduleNode.Content
        switch node.content {
        case .list, .map, .rejected: content = node.content
        case .null, .bool, .int, .double, .string: content = YAMLCoreSchema.content(ofPlain: node.text)
        }
        switch (name, content) {
        case ("str", .null), ("str", .bool), ("str", .int), ("str", .double), ("str", .string), ("str", .rejected):
            return ScheduleNode(.string(node.text), text: node.text, mark: node.mark)
        case ("null", .null), ("bool", .bool), ("int", .int), ("float", .double), ("seq", .list), ("map", .map):
            return ScheduleNode(content, text: node.text, mark: node.mark)
        case ("float", .int(let value)):
            return ScheduleNode(.double(Double(value)), text: node.text, mark: node.mark)
        case ("null", _), ("bool", _), ("int", _), ("float", _), ("seq", _), ("map", _), ("str", _):
            let reason = "the tag !!\(name ?? "") does not fit \(node.kind)"
            return ScheduleNode(.rejected(.yamlTag, reason: reason), mark: node.mark)
        default:
            let reason = "the tag \((name.map { "!!\($0)" } ?? tag).clipped(to: 60)) is not possible; leave it out"
            return ScheduleNode(.rejected(.yamlTag, reason: reason), mark: node.mark)
        }
    }

    // MARK: Events

    private mutating func next() throws(Diagnostic) -> YAMLEvent {
        do throws(YAMLEventParser.Failure) {
            return try parser.next()
        } catch {
            throw diagnostic(error)
        }
    }

    private func diagnostic(_ error: YAMLEventParser.Failure) -> Diagnostic {
        let mark = error.mark ?? source.mark(ofByte: error.offset ?? 0)
        // libyaml says only that no token can start like this, and this is nearly always the reason.
        let character = source.line(mark.line)?.unicodeScalars.dropFirst(mark.column - 1).first
        let suggestion = character == "\t" ? "indent with spaces; tabs are not possible here" : nil
        return failure(.yamlSyntax, at: mark, error.message, suggestion: suggestion)
    }

    private func checkDepth(_ depth: Int, _ event: YAMLEvent) throws(Diagnostic) {
        guard depth <= YAMLReader.depthLimit else {
            throw failure(
                .tooDeep,
                at: event.mark,
                "lists and maps are nested more than \(YAMLReader.depthLimit) levels deep"
            )
        }
    }

    private func failure(
        _ code: Diagnostic.Code,
        at mark: SourceMark,
        _ message: String,
        suggestion: String? = nil
    ) -> Diagnostic {
        Diagnostic(
            .error,
            code,
            path: source.path,
            mark: mark,
            message: message,
            suggestion: suggestion,
            excerpt: source.excerpt(around: mark)
        )
    }
}

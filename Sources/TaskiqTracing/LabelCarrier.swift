// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Instrumentation
import Taskiq

/// Writes a trace context into labels: as plain text without a type beside it, as Python's middleware does.
struct LabelInjector: Injector {
    func inject(_ value: String, forKey key: String, into labels: inout Labels) {
        labels[key] = .json(JSONFragment(string: value))
    }
}

/// Reads a trace context from labels, with a type beside them or without.
struct LabelExtractor: Extractor {
    func extract(key: String, from labels: Labels) -> String? {
        // Header names are written in lower case, yet a sender may have spelled them as HTTP does.
        let value = labels[key] ?? labels.entries.first { $0.name.lowercased() == key.lowercased() }?.value
        guard let value else { return nil }
        switch value {
        case .string(let text), .any(let text): return text
        case .json(let fragment): return try? fragment.decode(String.self)
        case .int, .double, .bool, .bytes, .largeInt: return nil
        }
    }
}

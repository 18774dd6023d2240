// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension ControlFrame {
    // MARK: Writing

    mutating func set(_ tag: FieldTag, _ text: String?) {
        if let text { set(tag, Array(text.utf8)) }
    }

    /// A sentence for people: cut where it would crowd everything else out of the frame.
    mutating func set(_ tag: FieldTag, sentence: String) {
        var bytes = Array(sentence.utf8.prefix(ProtocolLimits.maximumSentence))
        // Not in the middle of a character.
        if bytes.count < sentence.utf8.count {
            while !bytes.isEmpty, String(validating: bytes, as: UTF8.self) == nil { bytes.removeLast() }
        }
        set(tag, bytes)
    }

    mutating func set(_ tag: FieldTag, _ number: some FixedWidthInteger) {
        var bytes: [UInt8] = []
        bytes.appendBigEndian(UInt64(truncatingIfNeeded: number))
        set(tag, bytes)
    }

    mutating func set(_ tag: FieldTag, flag: Bool) {
        if flag { set(tag, []) }
    }

    /// A list of texts: each with its length before it.
    mutating func set(_ tag: FieldTag, texts: [String]) {
        var bytes: [UInt8] = []
        for text in texts {
            bytes.appendBigEndian(UInt32(truncatingIfNeeded: text.utf8.count))
            bytes.append(contentsOf: text.utf8)
        }
        set(tag, bytes)
    }

    mutating func set(progress report: ProgressReport?) {
        guard let report else { return }
        set(.progressState, report.state)
        if !report.meta.isEmpty { set(.progressMeta, report.meta) }
    }

    mutating func set(_ tag: FieldTag, leases: [LeaseKey]) {
        var bytes: [UInt8] = []
        for lease in leases {
            bytes.appendBigEndian(lease.sequence)
            bytes.appendBigEndian(lease.attempt)
        }
        set(tag, bytes)
    }

    mutating func set(_ tag: FieldTag, verdicts: [LeaseVerdict]) {
        var bytes: [UInt8] = []
        for verdict in verdicts {
            bytes.appendBigEndian(verdict.lease.sequence)
            bytes.appendBigEndian(verdict.lease.attempt)
            bytes.append(verdict.verdict.rawValue)
        }
        set(tag, bytes)
    }

    // MARK: Reading

    func bytes(_ tag: FieldTag) -> [UInt8]? {
        fields.last { $0.tag == tag.rawValue }?.bytes
    }

    func has(_ tag: FieldTag) -> Bool {
        bytes(tag) != nil
    }

    func text(_ tag: FieldTag) throws(ProtocolError) -> String? {
        guard let bytes = bytes(tag) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ProtocolError("field \(tag) is not UTF-8")
        }
        return text
    }

    /// A name or an id that must be there.
    func name(_ tag: FieldTag) throws(ProtocolError) -> String {
        guard let name = try text(tag) else { throw ProtocolError("field \(tag) is missing") }
        guard ProtocolLimits.isValidName(name) else {
            throw ProtocolError("field \(tag) must have 1 to 255 bytes and no control characters")
        }
        return name
    }

    func optionalName(_ tag: FieldTag) throws(ProtocolError) -> String? {
        has(tag) ? try name(tag) : nil
    }

    func number(_ tag: FieldTag) throws(ProtocolError) -> Int64? {
        guard let bytes = bytes(tag) else { return nil }
        var reader = ByteReader(bytes)
        let value = try reader.integer(UInt64.self)
        guard reader.isAtEnd else { throw ProtocolError("field \(tag) must have 8 bytes") }
        return Int64(bitPattern: value)
    }

    func requiredNumber(_ tag: FieldTag) throws(ProtocolError) -> Int64 {
        guard let number = try number(tag) else { throw ProtocolError("field \(tag) is missing") }
        return number
    }

    /// How far a task is; nil when the frame does not say.
    func progress() throws(ProtocolError) -> ProgressReport? {
        guard let state = try text(.progressState) else { return nil }
        let report = ProgressReport(state: state, meta: bytes(.progressMeta) ?? [])
        guard report.size <= ProtocolLimits.maximumProgress else {
            throw ProtocolError("a report of progress has at most \(ProtocolLimits.maximumProgress) bytes")
        }
        return report
    }

    /// Sixteen bytes that must be there.
    func key(_ tag: FieldTag) throws(ProtocolError) -> PeerIdentity {
        guard let bytes = bytes(tag), let key = PeerIdentity(bytes) else {
            throw ProtocolError("field \(tag) must have 16 bytes")
        }
        return key
    }

    func texts(_ tag: FieldTag) throws(ProtocolError) -> [String] {
        guard let bytes = bytes(tag) else { return [] }
        var reader = ByteReader(bytes)
        var texts: [String] = []
        while !reader.isAtEnd {
            let length = try reader.integer(UInt32.self)
            let value = try reader.bytes(Int(length))
            guard let text = String(validating: value, as: UTF8.self), ProtocolLimits.isValidName(text) else {
                throw ProtocolError("field \(tag) holds a text that is no name")
            }
            texts.append(text)
        }
        return texts
    }

    func leases(_ tag: FieldTag) throws(ProtocolError) -> [LeaseKey] {
        guard let bytes = bytes(tag) else { return [] }
        var reader = ByteReader(bytes)
        var leases: [LeaseKey] = []
        while !reader.isAtEnd { leases.append(try reader.lease()) }
        return leases
    }

    func verdicts(_ tag: FieldTag) throws(ProtocolError) -> [LeaseVerdict] {
        guard let bytes = bytes(tag) else { return [] }
        var reader = ByteReader(bytes)
        var verdicts: [LeaseVerdict] = []
        while !reader.isAtEnd {
            let lease = try reader.lease()
            let number = try reader.integer(UInt8.self)
            guard let verdict = LeaseVerdict.Verdict(rawValue: number) else {
                throw ProtocolError("verdict \(number) is not known")
            }
            verdicts.append(LeaseVerdict(lease: lease, verdict: verdict))
        }
        return verdicts
    }
}

// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension ControlFrame {
    // MARK: Writing

    mutating func set(_ tag: FieldTag, _ text: String?) {
        guard let text else { return }
        begin(tag, length: text.utf8.count)
        storage.append(contentsOf: text.utf8)
    }

    mutating func set(_ tag: FieldTag, _ identity: PeerIdentity) {
        begin(tag, length: 16)
        identity.append(to: &storage)
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
        begin(tag, length: 8)
        storage.appendBigEndian(UInt64(truncatingIfNeeded: number))
    }

    mutating func set(_ tag: FieldTag, flag: Bool) {
        if flag { set(tag, []) }
    }

    /// A list of texts: each with its length before it.
    mutating func set(_ tag: FieldTag, texts: [String]) {
        begin(tag, length: texts.reduce(0) { $0 + 4 + $1.utf8.count })
        for text in texts {
            storage.appendBigEndian(UInt32(truncatingIfNeeded: text.utf8.count))
            storage.append(contentsOf: text.utf8)
        }
    }

    mutating func set(progress report: ProgressReport?) {
        guard let report else { return }
        set(.progressState, report.state)
        if !report.meta.isEmpty { set(.progressMeta, report.meta) }
    }

    mutating func set(_ tag: FieldTag, leases: [LeaseKey]) {
        begin(tag, length: leases.count * 12)
        for lease in leases { append(lease) }
    }

    mutating func set(_ tag: FieldTag, lease: LeaseKey) {
        begin(tag, length: 12)
        append(lease)
    }

    private mutating func append(_ lease: LeaseKey) {
        storage.appendBigEndian(lease.sequence)
        storage.appendBigEndian(lease.attempt)
    }

    mutating func set(_ tag: FieldTag, verdicts: [LeaseVerdict]) {
        begin(tag, length: verdicts.count * 13)
        for verdict in verdicts {
            storage.appendBigEndian(verdict.lease.sequence)
            storage.appendBigEndian(verdict.lease.attempt)
            storage.append(verdict.verdict.rawValue)
        }
    }

    mutating func set(_ tag: FieldTag, receipts: [SubmitReceipt]) {
        begin(tag, length: receipts.count * 17)
        for receipt in receipts {
            storage.appendBigEndian(receipt.correlation)
            storage.appendBigEndian(receipt.sequence)
            storage.append(receipt.isDuplicate ? 1 : 0)
        }
    }

    // MARK: Reading

    func bytes(_ tag: FieldTag) -> [UInt8]? {
        range(of: tag).map { Array(storage[$0]) }
    }

    func has(_ tag: FieldTag) -> Bool {
        range(of: tag) != nil
    }

    func text(_ tag: FieldTag) throws(ProtocolError) -> String? {
        guard let range = range(of: tag) else { return nil }
        guard let text = text(in: range) else { throw ProtocolError("field \(tag) is not UTF-8") }
        return text
    }

    private func text(in range: Range<Int>) -> String? {
        storage.withUnsafeBufferPointer { bytes in
            String(validating: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
        }
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
        guard let range = range(of: tag) else { return nil }
        var reader = ByteReader(storage, range)
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
        guard let range = range(of: tag), range.count == 16 else {
            throw ProtocolError("field \(tag) must have 16 bytes")
        }
        var reader = ByteReader(storage, range)
        return PeerIdentity(high: try reader.integer(UInt64.self), low: try reader.integer(UInt64.self))
    }

    func texts(_ tag: FieldTag) throws(ProtocolError) -> [String] {
        guard let range = range(of: tag) else { return [] }
        var reader = ByteReader(storage, range)
        var texts: [String] = []
        while !reader.isAtEnd {
            let length = try reader.integer(UInt32.self)
            guard let text = text(in: try reader.take(Int(length))), ProtocolLimits.isValidName(text) else {
                throw ProtocolError("field \(tag) holds a text that is no name")
            }
            texts.append(text)
        }
        return texts
    }

    func leases(_ tag: FieldTag) throws(ProtocolError) -> [LeaseKey] {
        guard let range = range(of: tag) else { return [] }
        var reader = ByteReader(storage, range)
        var leases: [LeaseKey] = []
        while !reader.isAtEnd { leases.append(try reader.lease()) }
        return leases
    }

    /// The one delivery that the frame is about.
    func lease(_ tag: FieldTag) throws(ProtocolError) -> LeaseKey {
        guard let range = range(of: tag), range.count == 12 else {
            let count = try leases(tag).count
            throw ProtocolError("\(opcode) names one delivery, not \(count)")
        }
        var reader = ByteReader(storage, range)
        return try reader.lease()
    }

    func receipts(_ tag: FieldTag) throws(ProtocolError) -> [SubmitReceipt] {
        guard let range = range(of: tag) else { return [] }
        var reader = ByteReader(storage, range)
        var receipts: [SubmitReceipt] = []
        receipts.reserveCapacity(range.count / 17)
        while !reader.isAtEnd {
            receipts.append(
                SubmitReceipt(
                    correlation: try reader.integer(UInt64.self),
                    sequence: Int64(bitPattern: try reader.integer(UInt64.self)),
                    isDuplicate: try reader.integer(UInt8.self) != 0
                )
            )
        }
        return receipts
    }

    func verdicts(_ tag: FieldTag) throws(ProtocolError) -> [LeaseVerdict] {
        guard let range = range(of: tag) else { return [] }
        var reader = ByteReader(storage, range)
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

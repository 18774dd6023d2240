// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Reads the text of a cron expression.
struct CronParser {
    let bytes: UnsafeBufferPointer<UInt8>
    let dialect: CronDialect
    let features: CronDialect.Features
    /// What `H` is derived from.
    let seed: String
    var position = 0
    var meaning = CronMeaning()
    /// The value of the last element if it was a single value without a step, else -1.
    var single = -1
    /// How many fields there are; zero for a nickname.
    var fieldCount = 0
    /// The elements as written, if somebody wants them.
    var elements: [CronElement]?

    static let lengthLimit = 256

    init(_ bytes: UnsafeBufferPointer<UInt8>, dialect: CronDialect, seed: String) {
        self.bytes = bytes
        self.dialect = dialect
        self.seed = seed
        features = dialect.features
    }

    /// Reads the whole text; the meaning is then complete.
    ///
    /// - Throws: ``CronError`` for the first thing that is wrong.
    mutating func parse() throws(CronError) {
        guard bytes.count <= Self.lengthLimit else {
            throw failure(.tooLong, "it is longer than \(Self.lengthLimit) characters")
        }
        skipBlanks()
        guard position < bytes.count else { throw empty() }
        if peek == UInt8(ascii: "C") || peek == UInt8(ascii: "T") { try zonePrefix() }
        if peek == UInt8(ascii: "@") {
            try nickname()
        } else {
            fieldCount = countFields()
            try checkFieldCount()
            try fields()
            meaning.complete()
        }
    }

    private mutating func fields() throws(CronError) {
        var isWildcard = false
        if fieldCount >= 6 {
            let second = try timeField(.second)
            meaning.seconds = second.bits
            isWildcard = second.isStar
        }
        let minute = try timeField(.minute)
        let hour = try timeField(.hour)
        let dayOfMonthStart = position
        let isEveryDayOfMonth = try dayOfMonthField()
        let month = try timeField(.month)
        let dayOfWeekStart = position
        let (isEveryDayOfWeek, isAnd) = try dayOfWeekField()
        if fieldCount == 7 { try yearField() }

        meaning.fields.minutes = minute.bits
        meaning.fields.hours = UInt32(truncatingIfNeeded: hour.bits)
        meaning.fields.months = UInt16(truncatingIfNeeded: month.bits)
        if isWildcard || minute.isStar || hour.isStar { meaning.fields.flags.insert(.wildcardTime) }
        if !isEveryDayOfMonth && !isEveryDayOfWeek && !isAnd { meaning.fields.flags.insert(.eitherDay) }
        if features.contains(.oneQuestionMark) { try checkQuestionMarks(dayOfMonthStart, dayOfWeekStart) }
    }

    /// Quartz's rule.
    private func checkQuestionMarks(_ dayOfMonth: Int, _ dayOfWeek: Int) throws(CronError) {
        let isFirst = bytes[dayOfMonth] == UInt8(ascii: "?")
        let isSecond = bytes[dayOfWeek] == UInt8(ascii: "?")
        guard isFirst == isSecond else { return }
        throw failure(
            .syntax,
            "in the quartz dialect exactly one of day of month and day of week is ?",
            field: .dayOfWeek,
            dayOfWeek..<endOfWord(from: dayOfWeek),
            suggestion: isFirst ? "*" : "?"
        )
    }

    // MARK: Bytes

    /// The next byte; 0, which no expression has, at the end.
    var peek: UInt8 {
        @inline(__always) get { position < bytes.count ? bytes[position] : 0 }
    }

    func byte(at index: Int) -> UInt8 {
        index < bytes.count ? bytes[index] : 0
    }

    @inline(__always)
    mutating func skipBlanks() {
        while position < bytes.count, Self.isBlank(bytes[position]) { position &+= 1 }
    }

    /// Whether nothing of an element is left: a comma, a blank or the end follows.
    var isAtEndOfElement: Bool {
        @inline(__always) get {
            position == bytes.count || bytes[position] == UInt8(ascii: ",") || Self.isBlank(bytes[position])
        }
    }

    func endOfWord(from start: Int) -> Int {
        var end = start
        while end < bytes.count, !Self.isBlank(bytes[end]) { end += 1 }
        return end
    }

    func endOfElement(from start: Int) -> Int {
        var end = start
        while end < bytes.count, !Self.isBlank(bytes[end]), bytes[end] != UInt8(ascii: ",") { end += 1 }
        return end
    }

    func string(_ range: Range<Int>) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }

    @inline(__always)
    private func countFields() -> Int {
        var count = 0
        var wasBlank = true
        for index in position..<bytes.count {
            let isBlank = Self.isBlank(bytes[index])
            if wasBlank && !isBlank { count &+= 1 }
            wasBlank = isBlank
        }
        return count
    }

    @inline(__always)
    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    @inline(__always)
    static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
}

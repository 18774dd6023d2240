// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension Timestamp: CustomStringConvertible {
    /// The instant as RFC 3339 text in UTC, with a fraction of three digits only if it is not zero:
    /// `2026-11-22T17:55:48Z`, `2026-11-22T17:55:48.250Z`.
    public var description: String {
        var text = DateTimeText()
        text.append(CivilDateTime(localSeconds: Int(secondsSinceEpoch)))
        text.append(milliseconds: millisecondOfSecond)
        return text.string + "Z"
    }

    /// The instant as RFC 3339 text with the local time and offset of a zone: `2026-11-22T18:55:48+01:00`.
    ///
    /// The text always denotes this instant exactly: an offset with seconds, as local mean times have, is cut to whole
    /// minutes together with the local time, and at the very ends of the range, where the local year would be 0000 or
    /// 10000, the text is in UTC.
    public func rfc3339(in zone: Zone) -> String {
        let offsetMinutes = zone.offsetSeconds(at: self) / 60
        let civil = CivilDateTime(localSeconds: Int(secondsSinceEpoch) + offsetMinutes * 60)
        guard (1...9999).contains(civil.year) else { return description }
        var text = DateTimeText()
        text.append(civil)
        text.append(milliseconds: millisecondOfSecond)
        text.append(offsetMinutes: offsetMinutes)
        return text.string
    }

    private var millisecondOfSecond: Int {
        Int(millisecondsSinceEpoch - secondsSinceEpoch * 1_000)
    }
}

extension Timestamp: LosslessStringConvertible {
    /// Creates a timestamp from RFC 3339 text, or nil; ``init(parsing:)`` tells what is wrong.
    public init?(_ description: String) {
        do throws(TimestampError) {
            try self.init(parsing: description)
        } catch {
            return nil
        }
    }

    /// Creates a timestamp from RFC 3339 text.
    ///
    /// The offset is `Z`, `+hh:mm` or `+hhmm` and is required. `T` and `Z` may be in lower case, a space may stand for
    /// `T`, the seconds may be left out, and a fraction may have any number of digits, of which those after the
    /// milliseconds are dropped. A leap second, 23:59:60 in UTC, is read as the second after it.
    ///
    /// - Parameter text: The text, for example `2026-11-22T18:55:48.25+01:00`.
    /// - Throws: ``TimestampError`` with the column of the first thing that is wrong.
    public init(parsing text: String) throws(TimestampError) {
        var parser = TimestampParser(text)
        self = try parser.parse()
    }
}

extension Timestamp: Codable {
    /// Decodes RFC 3339 text.
    ///
    /// - Parameter decoder: The decoder to read a single string from.
    /// - Throws: `DecodingError.dataCorrupted` for text that is not an RFC 3339 timestamp.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do throws(TimestampError) {
            try self.init(parsing: text)
        } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
        }
    }

    /// Encodes the timestamp as RFC 3339 text in UTC.
    ///
    /// - Parameter encoder: The encoder to write a single string to.
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

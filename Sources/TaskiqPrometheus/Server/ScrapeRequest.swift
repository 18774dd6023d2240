// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What a client asks for, as far as it has said it: HTTP/1.1 to the extent that a scrape needs.
enum ScrapeRequest: Equatable {
    /// It has not said everything yet.
    case incomplete
    /// It wants the metrics.
    case metrics
    /// It wants something that is not here.
    case notFound
    /// It wants to do something with the metrics other than read them.
    case methodNotAllowed
    /// It says too much.
    case tooLarge
    /// It does not speak HTTP/1.
    case malformed

    /// The length of the longest head of a request, in bytes.
    static let maxLength = 8192

    /// Reads the head of a request; whatever follows it is of no interest.
    init(_ bytes: [UInt8]) {
        guard let end = Self.endOfHead(bytes), end <= Self.maxLength else {
            self = bytes.count > Self.maxLength ? .tooLarge : .incomplete
            return
        }
        let line = bytes[..<end].prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard words.count == 3, !words[0].isEmpty, words[0].allSatisfy(Self.isTokenCharacter),
            words[1].first == UInt8(ascii: "/") || words[1].elementsEqual("*".utf8),
            words[2].starts(with: "HTTP/1.".utf8), words[2].count == 8
        else {
            self = .malformed
            return
        }
        if !words[1].prefix(while: { $0 != UInt8(ascii: "?") }).elementsEqual("/metrics".utf8) {
            self = .notFound
        } else {
            self = words[0].elementsEqual("GET".utf8) ? .metrics : .methodNotAllowed
        }
    }

    /// The whole answer.
    ///
    /// - Parameter metrics: the metrics as text; asked for only if they are wanted.
    /// - Returns: the bytes to send, after which the connection is closed.
    func response(metrics: () -> String) -> [UInt8] {
        switch self {
        case .incomplete: []
        case .metrics: Self.response("200 OK", type: MetricsSnapshot.contentType, body: metrics())
        case .notFound: Self.response("404 Not Found", body: "The metrics are at /metrics.\n")
        case .methodNotAllowed:
            Self.response("405 Method Not Allowed", fields: "Allow: GET\r\n", body: "The metrics can only be read.\n")
        case .tooLarge: Self.response("431 Request Header Fields Too Large", body: "The request is too long.\n")
        case .malformed: Self.response("400 Bad Request", body: "This is no request of HTTP/1.1.\n")
        }
    }

    private static func response(
        _ status: String,
        fields: String = "",
        type: String = "text/plain; charset=utf-8",
        body: String
    ) -> [UInt8] {
        let head = """
            HTTP/1.1 \(status)\r
            Content-Type: \(type)\r
            Content-Length: \(body.utf8.count)\r
            \(fields)Connection: close\r
            \r\n
            """
        return Array(head.utf8) + Array(body.utf8)
    }

    /// Where the empty line ends; a line may end without a carriage return (RFC 9112, 2.2).
    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        var isLineEmpty = false
        for (index, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "\n") {
                if isLineEmpty { return index + 1 }
                isLineEmpty = true
            } else if byte != UInt8(ascii: "\r") {
                isLineEmpty = false
            }
        }
        return nil
    }

    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"): true
        default: false
        }
    }
}

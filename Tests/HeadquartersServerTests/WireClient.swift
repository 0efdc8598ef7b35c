import NetworkTestSupport
import SyncProtocol
import Testing

/// One request over a connection of its own, and what came back.
struct WireReply {
    var status: Int
    var headers: String
    var body: [UInt8]

    /// The code of the problem document.
    var code: String? { Problem(parsing: body)?.code }

    /// Reads the bytes of one answer.
    init(_ outcome: RawClient.Outcome) throws {
        let end = try #require(
            outcome.bytes.firstRange(of: Array("\r\n\r\n".utf8)),
            "no answer: \(outcome.text)"
        )
        headers = String(decoding: outcome.bytes[..<end.lowerBound], as: UTF8.self)
        status = try #require(Int(headers.split(separator: " ")[1]))
        body = Array(outcome.bytes[end.upperBound...])
    }

    /// Sends a request that asks to close the connection.
    static func request(
        _ method: String,
        _ path: String,
        to port: Int,
        body: [UInt8] = [],
        patience: Duration = .seconds(10)
    ) async throws -> WireReply {
        let head = head(method, path, length: body.count)
        return try WireReply(
            try await RawClient.send([head + body], to: port, patience: patience)
        )
    }

    /// The head of a request.
    static func head(
        _ method: String,
        _ path: String,
        length: Int,
        closes: Bool = true
    ) -> [UInt8] {
        let lines = ["\(method) \(path) HTTP/1.1", "Host: 127.0.0.1", "Content-Length: \(length)"]
        return Array(
            ((lines + (closes ? ["Connection: close"] : [])).joined(separator: "\r\n")
                + "\r\n\r\n").utf8
        )
    }
}

import RecordModel

/// An error as it travels: a problem document (RFC 9457, `application/problem+json`).
public struct Problem: Hashable, Sendable {
    /// The reference that names the kind of problem.
    public var type: String
    /// What the kind of problem means, for a person.
    public var title: String
    /// The HTTP status.
    public var status: UInt16
    /// What happened this time; empty where there is no more to say.
    public var detail: String
    /// The code in the table of the protocol; a later peer may send one that is not known here.
    public var code: String
    /// After how many seconds to try again, where that is known.
    public var retryAfter: UInt32?
    /// Headquarters' clock, where the sender's is too far from it.
    public var time: HybridTime?

    /// The media type of the encoded form.
    public static let mediaType = "application/problem+json"

    /// Creates the problem for a code of the table.
    public init(_ code: WireErrorCode, detail: String = "", retryAfter: UInt32? = nil) {
        type = "/problems/\(code.rawValue)"
        title = code.sentence
        status = code.status
        self.detail = detail
        self.code = code.rawValue
        self.retryAfter = retryAfter
    }

    /// Creates the problem that answers what was wrong with a message.
    public init(_ error: WireError) {
        self.init(error.code, detail: error.description)
    }

    /// The code, where it is known here.
    public var knownCode: WireErrorCode? { WireErrorCode(rawValue: code) }

    /// Reads a problem document, or returns nil for bytes that are none of ours.
    ///
    /// Members that are not known here are skipped; `code` and `status` must be there.
    public init?(parsing bytes: [UInt8]) {
        guard let document = try? JSONValue(parsing: bytes),
            let code = document["code"]?.string,
            case .number(let statusText)? = document["status"], let status = UInt16(statusText)
        else { return nil }
        type = document["type"]?.string ?? "about:blank"
        title = document["title"]?.string ?? ""
        self.status = status
        detail = document["detail"]?.string ?? ""
        self.code = code
        if case .number(let seconds)? = document["retry_after"] { retryAfter = UInt32(seconds) }
        if case .number(let milliseconds)? = document["time"] {
            time = UInt64(milliseconds).map(HybridTime.init(milliseconds:))
        }
    }

    /// The document as JSON.
    public var bytes: [UInt8] {
        var members = [
            JSONMember("type", .string(type)),
            JSONMember("title", .string(title)),
            JSONMember("status", .number(status)),
            JSONMember("code", .string(code)),
        ]
        if !detail.isEmpty { members.append(JSONMember("detail", .string(detail))) }
        if let retryAfter { members.append(JSONMember("retry_after", .number(retryAfter))) }
        if let time { members.append(JSONMember("time", .number(time.milliseconds))) }
        return Array(JSONValue.object(members).text.utf8)
    }
}

import Foundation

/// Where headquarters is reached: a scheme, a host, a port, and a path where a proxy serves it
/// below one.
public struct HeadquartersAddress: Hashable, Sendable {
    /// The address as text, without a slash at the end.
    public let text: String
    /// The name or number of the host.
    public let host: String
    /// The port.
    public let port: Int
    /// Whether the connection is encrypted.
    public let isEncrypted: Bool

    /// Reads an address such as `https://hq.example.org` or `http://127.0.0.1:8080`.
    /// - Throws: `SyncFailure.badAddress`.
    public init(_ text: String) throws(SyncFailure) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            let host = parts.host, !host.isEmpty, scheme == "https" || scheme == "http",
            parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil,
            parts.port.map({ (1...65_535).contains($0) }) ?? true
        else { throw .badAddress(text) }
        var trimmed = text
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        self.text = trimmed
        self.host = host
        isEncrypted = scheme == "https"
        port = parts.port ?? (isEncrypted ? 443 : 80)
    }

    /// Whether what is sent can be read on its way.
    public var isExposed: Bool {
        !isEncrypted && host != "localhost" && host != "::1" && host != "[::1]"
            && !host.hasPrefix("127.")
    }
}

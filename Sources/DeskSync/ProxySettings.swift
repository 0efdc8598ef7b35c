import Foundation

/// The proxy that the environment asks for: `HTTPS_PROXY`, except for what `NO_PROXY` lists.
///
/// As is usual, the lower-case names count too, and come first. Plain HTTP goes straight.
struct ProxySettings: Hashable {
    /// A proxy that tunnels.
    struct Proxy: Hashable {
        var host: String
        var port: Int
        var user: String?
        var password: String?
    }

    private let proxy: Proxy?
    private let exceptions: [String]

    /// Reads the settings of an environment; a proxy that is not an address counts as none.
    init(environment: [String: String]) {
        func value(_ name: String) -> String? {
            environment[name.lowercased()] ?? environment[name]
        }
        exceptions = (value("NO_PROXY") ?? "").lowercased().split(separator: ",")
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        proxy = value("HTTPS_PROXY").flatMap(Self.parse)
    }

    private static func parse(_ text: String) -> Proxy? {
        let text = text.contains("://") ? text : "http://" + text
        guard let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty else {
            return nil
        }
        return Proxy(
            host: host,
            port: parts.port ?? 8080,
            user: parts.user,
            password: parts.password
        )
    }

    /// Returns the proxy for an address, or nil where it is reached straight.
    func proxy(for address: HeadquartersAddress) -> Proxy? {
        address.isEncrypted && !isException(address) ? proxy : nil
    }

    private func isException(_ address: HeadquartersAddress) -> Bool {
        let host = address.host.lowercased()
        return exceptions.contains { exception in
            if exception == "*" { return true }
            let parts = exception.split(separator: ":", maxSplits: 1)
            if parts.count == 2, Int(parts[1]) != address.port { return false }
            let name = parts.first.map { $0.hasPrefix(".") ? $0.dropFirst() : $0 } ?? ""
            return host == name || host.hasSuffix("." + name)
        }
    }
}

/// A number of bytes as people write it: `256 KB`, `1.5MB`, `900`; a KB is 1,000 bytes.
public struct ByteSize: Hashable, Sendable {
    /// The number of bytes.
    public let bytes: UInt64

    /// Creates a size.
    public init(_ bytes: UInt64) {
        self.bytes = bytes
    }

    private static let units: [(name: String, bytes: Double)] = [
        ("GB", 1e9), ("MB", 1e6), ("KB", 1e3), ("B", 1), ("", 1),
    ]

    /// Reads a size, or returns nil where the text is none.
    public init?(_ text: String) {
        let compact = text.uppercased().filter { !$0.isWhitespace }
        guard let unit = Self.units.first(where: { compact.hasSuffix($0.name) }) else { return nil }
        let number = compact.dropLast(unit.name.count)
        // What reads otherwise as a number, as “0x1” and “nan”, is none here.
        guard let first = number.first, first.isASCII, first.isNumber,
            number.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
            let value = Double(number), value * unit.bytes < 1e18
        else { return nil }
        bytes = UInt64(value * unit.bytes)
    }

    /// The size in the greatest unit of which it has one, with up to three digits.
    public var text: String {
        if bytes < 1_000 { return bytes == 1 ? "1 byte" : "\(bytes) bytes" }
        let unit = Self.units.first { Double(bytes) >= $0.bytes } ?? ("B", 1)
        let value = Double(bytes) / unit.bytes
        let tenths = Int((value * 10).rounded())
        let digits =
            tenths >= 100 || tenths % 10 == 0
            ? "\(Int(value.rounded()))" : "\(tenths / 10).\(tenths % 10)"
        return "\(digits) \(unit.name)"
    }
}

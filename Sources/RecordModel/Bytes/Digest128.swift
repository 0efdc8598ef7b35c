import Crypto

/// The first 16 bytes of a SHA-256 hash.
///
/// It names contents where 128 bits suffice: records' digests, chain digests. Sums of digests
/// (fingerprints) are taken modulo 2^128.
public struct Digest128: Hashable, Comparable, Sendable {
    /// The bytes as a big-endian number.
    public let value: UInt128

    /// Creates a digest from its number.
    public init(_ value: UInt128) {
        self.value = value
    }

    /// Creates a digest from its 16 bytes, or nil where the count differs.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        value = bytes.reduce(0) { $0 << 8 | UInt128($1) }
    }

    /// Hashes bytes with SHA-256 and keeps the first 16 bytes.
    /// - Complexity: O(*n*) in the number of bytes.
    public init(hashing bytes: [UInt8]) {
        let digest = bytes.withUnsafeBytes { SHA256.hash(data: $0) }
        value = UInt128(bigEndian: digest.withUnsafeBytes { $0.loadUnaligned(as: UInt128.self) })
    }

    /// The 16 big-endian bytes.
    public var bytes: [UInt8] {
        var writer = ByteWriter(capacity: 16)
        writer.bigEndian(value)
        return writer.bytes
    }

    /// The first 4 bytes as a number: what crosses the wire of a chain's digests.
    public var short: UInt32 { UInt32(truncatingIfNeeded: value >> 96) }

    /// 32 lower-case hexadecimal digits.
    public var hex: String { hexadecimal(bytes) }

    /// Orders digests by their bytes.
    public static func < (left: Digest128, right: Digest128) -> Bool {
        left.value < right.value
    }
}

/// Returns bytes as lower-case hexadecimal digits.
public func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}

/// Returns the bytes that hexadecimal digits (of either case) stand for, or nil for other text.
public func bytes(hexadecimal text: some StringProtocol) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 2) else { return nil }
    func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
    var result: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
        guard let high = nibble(digits[index]), let low = nibble(digits[index + 1]) else {
            return nil
        }
        result.append(high << 4 | low)
    }
    return result
}

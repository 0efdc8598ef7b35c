/// Appends the primitives of which every canonical form of this package is made.
///
/// Integers are unsigned LEB128 varints unless their width is stated; byte strings carry their
/// length in front. Spec: `Protocol/spec/02-canonical-bytes.md`.
public struct ByteWriter: Sendable {
    /// What has been written.
    public var bytes: [UInt8]

    /// Creates a writer with room for a number of bytes.
    public init(capacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Appends one byte.
    @inlinable
    public mutating func byte(_ value: UInt8) {
        bytes.append(value)
    }

    /// Appends an unsigned LEB128 varint (1 to 10 bytes).
    @inlinable
    public mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends a count or an index, which is never negative.
    @inlinable
    public mutating func count(_ value: Int) {
        varint(UInt64(value))
    }

    /// Appends bytes as they are.
    @inlinable
    public mutating func raw(_ value: some Collection<UInt8>) {
        bytes.append(contentsOf: value)
    }

    /// Appends a byte string behind its length.
    @inlinable
    public mutating func string(_ value: [UInt8]) {
        count(value.count)
        bytes.append(contentsOf: value)
    }

    /// Appends a text's UTF-8 behind its length in bytes.
    @inlinable
    public mutating func string(_ value: String) {
        count(value.utf8.count)
        bytes.append(contentsOf: value.utf8)
    }

    /// Appends a number as big-endian bytes of its width.
    @inlinable
    public mutating func bigEndian<Number: FixedWidthInteger & UnsignedInteger>(_ value: Number) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }
}

/// Why bytes are not the canonical form that a reader expected.
public enum ByteError: Error, Hashable, Sendable {
    /// The bytes end inside a value that begins at an offset.
    case truncated(offset: Int)
    /// A number at an offset is too large for its purpose.
    case overflow(offset: Int)
    /// A value at an offset is none of those that the form allows.
    case invalid(what: String, offset: Int)
}

/// Reads what `ByteWriter` wrote, from bytes that nobody vouches for.
///
/// No input traps; each read states its bounds.
public struct ByteReader: Sendable {
    /// The bytes that are read.
    public let bytes: [UInt8]
    /// The offset of the next byte.
    public private(set) var offset: Int

    /// Creates a reader at the start of the bytes.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        offset = 0
    }

    /// Whether everything has been read.
    public var isAtEnd: Bool { offset == bytes.count }

    /// The number of bytes that are left.
    public var remaining: Int { bytes.count - offset }

    /// Reads one byte.
    /// - Throws: `ByteError.truncated` at the end.
    public mutating func byte() throws(ByteError) -> UInt8 {
        guard offset < bytes.count else { throw .truncated(offset: offset) }
        offset += 1
        return bytes[offset - 1]
    }

    /// Reads an unsigned LEB128 varint.
    /// - Throws: `ByteError.truncated`, `.overflow` beyond 64 bits, or `.invalid` where a shorter
    ///   form exists.
    public mutating func varint() throws(ByteError) -> UInt64 {
        let start = offset
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard offset < bytes.count else { throw .truncated(offset: start) }
            let byte = bytes[offset]
            offset += 1
            if shift == 63, byte > 1 { throw .overflow(offset: start) }
            if byte == 0, shift > 0 { throw .invalid(what: "varint", offset: start) }
            result |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return result }
            shift += 7
            if shift > 63 { throw .overflow(offset: start) }
        }
    }

    /// Reads a varint that must fit a narrower number.
    /// - Throws: `ByteError.truncated` or `.overflow`.
    public mutating func number<Number: FixedWidthInteger>(
        _: Number.Type = Number.self
    ) throws(ByteError) -> Number {
        let start = offset
        guard let number = Number(exactly: try varint()) else { throw .overflow(offset: start) }
        return number
    }

    /// Reads the number of things that follow, each of at least one byte.
    /// - Throws: `ByteError.truncated` where so many cannot follow.
    public mutating func count() throws(ByteError) -> Int {
        let start = offset
        let value = try number(Int.self)
        guard value <= remaining else { throw .truncated(offset: start) }
        return value
    }

    /// Reads so many bytes.
    /// - Throws: `ByteError.truncated`.
    public mutating func raw(_ count: Int) throws(ByteError) -> [UInt8] {
        guard count >= 0, count <= remaining else { throw .truncated(offset: offset) }
        offset += count
        return Array(bytes[(offset - count)..<offset])
    }

    /// Reads a byte string behind its length.
    /// - Throws: `ByteError.truncated` or `.overflow`.
    public mutating func string() throws(ByteError) -> [UInt8] {
        try raw(try count())
    }

    /// Reads a byte string behind its length where it stands, without copying it.
    /// - Throws: `ByteError.truncated` or `.overflow`.
    public mutating func stringSlice() throws(ByteError) -> ArraySlice<UInt8> {
        let count = try count()
        offset += count
        return bytes[(offset - count)..<offset]
    }

    /// Reads a number of so many big-endian bytes as its width says.
    /// - Throws: `ByteError.truncated`.
    public mutating func bigEndian<Number: FixedWidthInteger & UnsignedInteger>(
        _: Number.Type = Number.self
    ) throws(ByteError) -> Number {
        let width = Number.bitWidth / 8
        guard width <= remaining else { throw .truncated(offset: offset) }
        var result: Number = 0
        for index in offset..<(offset + width) { result = result << 8 | Number(bytes[index]) }
        offset += width
        return result
    }
}

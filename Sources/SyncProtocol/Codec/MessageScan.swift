/// A look at a message's fields before it is decoded.
///
/// It counts them, since a decoder makes an object for each nested message however empty, and numbers
/// of columns, which take far more memory than bytes; it tells a message that ends too early from one that is wrong; and it finds the long columns.
struct MessageScan {
    /// What a type of message is made of, by field number.
    struct Shape: Sendable {
        /// The nested messages.
        var nested: [UInt64: Shape] = [:]
        /// The columns of numbers.
        var numbers: Set<UInt64> = []

        static let leaf = Shape()
        /// A request about attachments, and an answer.
        static let attachments = Shape(nested: [1: leaf])
        static let space: Shape = {
            let vector = Shape(numbers: [1, 2])
            let column = Shape(numbers: [2, 3, 4, 5, 7, 9, 10, 11, 12, 13, 14])
            let page = Shape(
                nested: [1: leaf, 13: column, 14: column],
                numbers: [2, 3, 4, 5, 7, 8, 9, 10, 11, 12]
            )
            return Shape(nested: [3: leaf, 4: vector, 7: leaf, 9: vector, 10: page])
        }()
        /// A request, and as far as pages go an answer.
        static let sync = Shape(nested: [3: space], numbers: [15])
        static let answer: Shape = {
            var answered = space
            answered.nested[14] = leaf
            answered.nested[16] = Shape(numbers: [3])
            return Shape(nested: [3: answered])
        }()
    }

    private let bytes: [UInt8]
    private var offset = 0
    private var fields = 0
    private var numberBytes = 0
    private let columnLength: Int
    private var columnBounds: [Int] = []

    private init(_ bytes: [UInt8], columnLength: Int = .max) {
        self.bytes = bytes
        self.columnLength = columnLength
    }

    /// Walks the fields of a message and of the messages nested in it.
    /// - Throws: `WireError.truncated`, `.malformed`, or `.tooLarge` beyond `Limits.fields` or
    ///   `Limits.numberBytes`.
    /// - Complexity: O(*n*) in the number of fields; their contents are passed over.
    static func check(_ bytes: [UInt8], shape: Shape) throws(WireError) {
        guard bytes.count <= Limits.messageBytes else {
            throw .tooLarge("message", limit: Limits.messageBytes)
        }
        var scan = MessageScan(bytes)
        try scan.walk(shape, to: bytes.count)
    }

    /// Where the long columns of a message begin and end: the contents differ from one to the next, so
    /// that each is best compressed with a code of its own.
    ///
    /// - Parameters:
    ///   - bytes: An encoded sync message. What is none has no columns.
    ///   - length: The length in bytes from which a column counts.
    /// - Returns: Offsets, ascending.
    /// - Complexity: O(*n*) in the number of fields.
    static func columnBounds(of bytes: [UInt8], from length: Int) -> [Int] {
        var scan = MessageScan(bytes, columnLength: length)
        do {
            try scan.walk(.sync, to: bytes.count)
        } catch {
            return []
        }
        return scan.columnBounds
    }

    private mutating func walk(_ shape: Shape, to end: Int) throws(WireError) {
        while offset < end {
            fields += 1
            guard fields <= Limits.fields else {
                throw .tooLarge("fields of the message", limit: Limits.fields)
            }
            let key = try varint(end)
            switch key & 7 {
            case 0:
                _ = try varint(end)
            case 1:
                try skip(8, end)
            case 5:
                try skip(4, end)
            case 2:
                let length = try varint(end)
                guard let count = Int(exactly: length), count <= end - offset else {
                    throw .truncated("message")
                }
                if let nested = shape.nested[key >> 3] {
                    try walk(nested, to: offset + count)
                } else {
                    let start = offset
                    offset += count
                    if shape.numbers.contains(key >> 3) { numberBytes += count }
                    guard numberBytes <= Limits.numberBytes else {
                        throw .tooLarge("numbers of the message", limit: Limits.numberBytes)
                    }
                    if count >= columnLength { columnBounds += [start, offset] }
                }
            default:
                throw .malformed("message: a field of the type \(key & 7)")
            }
        }
    }

    private mutating func skip(_ count: Int, _ end: Int) throws(WireError) {
        guard count <= end - offset else { throw .truncated("message") }
        offset += count
    }

    private mutating func varint(_ end: Int) throws(WireError) -> UInt64 {
        var result: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard offset < end else { throw .truncated("message") }
            let byte = bytes[offset]
            offset += 1
            result |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return result }
        }
        throw .malformed("message: a number of more than 10 bytes")
    }
}

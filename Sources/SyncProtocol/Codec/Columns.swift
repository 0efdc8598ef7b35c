/// What the columns of a page have in common.
enum Columns {
    /// Returns a column as it is written: left out where all its numbers are zero.
    static func omittingZeros<Number: BinaryInteger>(_ column: [Number]) -> [Number] {
        column.allSatisfy { $0 == 0 } ? [] : column
    }

    /// Returns the differences between neighbours, the first one to zero, modulo 2^64.
    static func deltas(_ values: [UInt64]) -> [Int64] {
        var previous: UInt64 = 0
        return values.map { value in
            defer { previous = value }
            return Int64(bitPattern: value &- previous)
        }
    }

    /// Returns the values between which the differences lie.
    static func values(_ deltas: [Int64]) -> [UInt64] {
        var sum: UInt64 = 0
        return deltas.map { delta in
            sum &+= UInt64(bitPattern: delta)
            return sum
        }
    }

    /// Returns a received column at full length: zeros where it was left out.
    /// - Throws: `WireError.malformed` where it has another length than its list.
    static func full<Number: BinaryInteger>(
        _ column: [Number],
        _ count: Int,
        _ what: String
    ) throws(WireError) -> [Number] {
        if column.isEmpty { return [Number](repeating: 0, count: count) }
        guard column.count == count else {
            throw .malformed("\(what): \(column.count) numbers for \(count)")
        }
        return column
    }
}

/// A list of lists, end to end: cuts off the next part as its length says.
struct Parts<Element> {
    private let elements: [Element]
    private let what: String
    private var offset = 0

    init(_ elements: [Element], _ what: String) {
        self.elements = elements
        self.what = what
    }

    /// Takes the next part.
    /// - Throws: `WireError.malformed` where the list is too short.
    mutating func next(_ count: UInt32) throws(WireError) -> ArraySlice<Element> {
        guard count <= elements.count - offset else { throw .malformed("\(what): too short") }
        offset += Int(count)
        return elements[(offset - Int(count))..<offset]
    }

    /// Checks that nothing is left.
    /// - Throws: `WireError.malformed` where something is.
    func finish() throws(WireError) {
        guard offset == elements.count else { throw .malformed("\(what): too long") }
    }
}

/// The distinct values of one field, numbered, with the number of records that have each.
struct ValueTable {
    private var numbers: [String: Int32] = [:]
    private(set) var units: [[UInt16]] = []
    private(set) var counts: [Double] = []

    /// Returns the number of a value, which is new where it was not met.
    mutating func number(of text: String) -> Int32 {
        if let number = numbers[text] { return number }
        let number = Int32(units.count)
        numbers[text] = number
        units.append(Array(text.utf16.prefix(64)))
        counts.append(0)
        return number
    }

    /// Returns the numbers of a record's distinct values, each counted once.
    mutating func numbers(of texts: some Sequence<String>) -> [Int32] {
        var result: [Int32] = []
        for text in texts where !text.isEmpty {
            let number = number(of: text)
            guard !result.contains(number) else { continue }
            result.append(number)
            counts[Int(number)] += 1
        }
        return result
    }
}

/// How many different elements were seen, in bounded memory.
///
/// The count is exact up to a limit; from there on an element that was not among the first ones counts
/// whenever it comes, so that a first sync of a million records takes no more memory than one of a
/// hundred thousand. Complexity: O(1) for each element, O(limit) in memory.
struct DistinctCount<Element: Hashable & Sendable>: Sendable {
    /// The count.
    private(set) var count = 0
    private var first: Set<Element> = []
    private let limit: Int

    init(limit: Int = 1 << 16) {
        self.limit = limit
    }

    mutating func insert(_ element: Element) {
        if first.count < limit {
            if first.insert(element).inserted { count += 1 }
        } else if !first.contains(element) {
            count += 1
        }
    }
}

/// Puts records that are one into groups, and does not follow chains.
///
/// Pairs are taken from the surest down. Only proposals join groups; a doubt never does. Two groups
/// become one if no pair across them speaks against it: A like B and B like C does not make A and C
/// one where A and C contradict each other.
struct Clustering {
    /// The groups of two or more, each ascending.
    private(set) var groups: [[Int]] = []

    /// How large a group may become: what is larger is one value that many share.
    static let groupLimit = 16

    /// - Parameters:
    ///   - pairs: Pairs, the surest first.
    ///   - contradicts: Whether two records that no proposal joins speak against being one.
    init(_ pairs: [LinkedPair], contradicts: (Int, Int) -> Bool) {
        var groupOf: [Int: Int] = [:]
        var members: [[Int]] = []
        var known: Set<[Int]> = []
        let proposals = pairs.filter { $0.comparison.verdict == .same }
        for pair in proposals { known.insert([pair.first, pair.second]) }
        for pair in proposals {
            let ends = [pair.first, pair.second].map { record in
                if let group = groupOf[record] { return group }
                members.append([record])
                groupOf[record] = members.count - 1
                return members.count - 1
            }
            guard ends[0] != ends[1],
                members[ends[0]].count + members[ends[1]].count <= Self.groupLimit
            else { continue }
            let isSound = members[ends[0]].allSatisfy { one in
                members[ends[1]].allSatisfy { other in
                    known.contains([min(one, other), max(one, other)]) || !contradicts(one, other)
                }
            }
            guard isSound else { continue }
            for record in members[ends[1]] { groupOf[record] = ends[0] }
            members[ends[0]] += members[ends[1]]
            members[ends[1]] = []
        }
        groups = members.filter { $0.count > 1 }.map { $0.sorted() }.sorted { $0[0] < $1[0] }
    }
}

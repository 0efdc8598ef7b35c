import RecordModel

extension SeededGenerator {
    /// Something that a person does to records, as their states allow it, and where.
    public typealias Act = (uid: RecordUID, key: FieldKey, act: GroundTruth.Act)

    /// Draws what the author of a transaction does.
    ///
    /// - Parameters:
    ///   - shown: The records that the author is shown.
    ///   - hidden: Those that were deleted.
    ///   - unknown: Those that the author has never seen.
    ///   - keys: The places that are written.
    ///   - erases: Whether records are erased, too.
    /// - Returns: The acts; none where nothing can be done.
    public mutating func acts(
        shown: [RecordUID],
        hidden: [RecordUID],
        unknown: [RecordUID],
        keys: [FieldKey],
        erases: Bool = false
    ) -> [Act] {
        let draw = below(100)
        if shown.isEmpty || draw < 12, let uid = pick(unknown) {
            return [(uid, .life, .creation), (uid, keys[0], .value)]
        }
        if draw < 24, let uid = pick(shown) { return [(uid, .life, .deletion)] }
        if draw < 32, let uid = pick(hidden) { return [(uid, .life, .alive)] }
        if draw < 34, erases, let uid = pick(shown) {
            return [(uid, GroundTruth.erasureKey, .erasure)]
        }
        var acts: [Act] = []
        if shown.isEmpty { return acts }
        for uid in shown.shuffled(using: &self).prefix(1 + below(2)) {
            let written = keys.shuffled(using: &self)
            for key in written.prefix(1 + below(2)).sorted() {
                let removes = chance(key.item.isEmpty ? 12 : 45)
                acts.append((uid, key, removes ? (key.item.isEmpty ? .cleared : .absent) : .value))
            }
        }
        return acts
    }
}

import CausalHistory

/// What every replica has seen and nobody needs any more.
///
/// Spec: `Protocol/spec/03-merge.md` §8.
extension RecordState {
    /// Whether the record, or an item of it, may be given up once all replicas have seen it: it was
    /// deleted, or an item was taken out.
    ///
    /// An erasure stays for good.
    /// - Complexity: O(*n*) in the number of fields.
    public var isCollectable: Bool {
        if erasure != nil { return false }
        return fields.contains { $0.isAbsent } || isHidden
    }

    /// Whether the whole record may be given up below a stable cut: it is hidden, and the cut covers
    /// all that it holds.
    public func isSettled(below cut: VersionVector) -> Bool {
        erasure == nil && isHidden && dots.allSatisfy { cut.covers($0) }
    }

    /// Returns the state without the items that were taken out below a stable cut.
    public func withoutAbsentItems(below cut: VersionVector) -> RecordState {
        RecordState(
            kind: kind,
            fields: fields.filter { entry in
                !entry.isAbsent || !entry.siblings.siblings.allSatisfy { cut.covers($0.dot) }
            },
            context: context,
            erasure: erasure
        )
    }
}

extension FieldEntry {
    /// Whether the item was taken out and nobody has put it back.
    fileprivate var isAbsent: Bool {
        siblings.siblings.allSatisfy { $0.version.content == .absent }
    }
}

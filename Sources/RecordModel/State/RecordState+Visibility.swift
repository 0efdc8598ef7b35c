import CausalHistory

/// How a record's `life` stands, as a function of its state.
public enum RecordLife: Hashable, Sendable {
    /// It lives.
    case alive
    /// It was deleted by somebody who had seen everything that it holds.
    case deleted
    /// It was deleted beside an edit that the deleter had not seen: shown whole, to be decided.
    case contested
    /// It was forgotten for good.
    case erased
}

extension RecordState {
    /// How the record's life stands.
    ///
    /// A record is hidden if and only if every sibling of `life` is a deletion and every live
    /// version of the other fields, absent items aside, is in some deletion's list.
    /// Spec: `Protocol/spec/03-merge.md` §6.
    /// - Complexity: O(*n*) in the number of versions; constant where nothing was deleted.
    public var life: RecordLife {
        if erasure != nil { return .erased }
        let siblings = siblings(of: .life)
        let deletions = siblings.filter { $0.version.content.isDeletion }
        if deletions.isEmpty { return .alive }
        if deletions.count < siblings.count { return .contested }
        return unwitnessed.isEmpty || !Rule.deletionSawAll.holds ? .deleted : .contested
    }

    /// Whether the record is shown nowhere and counts in no fingerprint.
    public var isHidden: Bool {
        switch life {
        case .deleted, .erased: true
        case .alive, .contested: false
        }
    }

    /// The fields with a live version that no deletion of the record had seen, ascending.
    ///
    /// Empty where the record was never deleted.
    public var unwitnessed: [FieldKey] {
        var witnesses: Set<Witness> = []
        for sibling in siblings(of: .life) {
            if case .deleted(let list) = sibling.version.content { witnesses.formUnion(list) }
        }
        guard siblings(of: .life).contains(where: { $0.version.content.isDeletion }) else {
            return []
        }
        return fields.filter { entry in
            entry.key != .life
                && entry.siblings.siblings.contains { sibling in
                    let content = sibling.version.content
                    return (content != .absent || !Rule.absenceNeedsNoWitness.holds)
                        && !witnesses.contains(Witness(dot: sibling.dot, hash: content.hash32))
                }
        }.map(\.key)
    }
}

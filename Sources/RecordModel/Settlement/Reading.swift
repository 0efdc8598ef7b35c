import CausalHistory

/// What a person sees of one register: the value shown, and what stands beside it.
///
/// It is a function of the record's state and the schema, the same everywhere, and never stored as
/// the truth. Settling writes nothing: the siblings stay until somebody next edits the field, so
/// that two replicas never answer each other for ever.
///
/// Spec: `Protocol/spec/03-merge.md` §7.
public struct Reading: Hashable, Sendable {
    /// How the siblings were dealt with.
    public enum Standing: Hashable, Sendable {
        /// There is one version.
        case single
        /// The versions mean the same.
        case equal
        /// The schema's policy chose or joined.
        case settled(Policy)
        /// A person has to decide; the value shown is provisional.
        case conflict
    }

    /// What is shown: of a conflict, the version of the greatest time.
    public let shown: Content
    /// The version shown, or the latest of those that a policy joined to the value shown.
    public let version: Sibling
    /// The versions that differ in meaning, in the order of time, then actor: what `n` counts.
    public let siblings: [Sibling]
    /// How the siblings were dealt with.
    public let standing: Standing

    /// Whether a person has to decide.
    public var isConflict: Bool { standing == .conflict }
}

extension RecordState {
    /// Reads a register.
    ///
    /// - Parameters:
    ///   - entry: The register's siblings in this record.
    ///   - field: What the schema says of it; nil for a field that it does not know.
    ///   - base: Returns what an earlier version held, nil where it is not kept.
    /// - Returns: What is shown, and what stands beside it.
    /// - Complexity: O(1) for one sibling, O(*k*²) in the number of siblings.
    public static func reading(
        of entry: FieldEntry,
        as field: Field?,
        base: (Dot) -> Content? = { _ in nil }
    ) -> Reading {
        let all = entry.siblings.siblings
        if all.count == 1 {
            return Reading(
                shown: all[0].version.content,
                version: all[0],
                siblings: all,
                standing: .single
            )
        }
        var ordered = all.sorted(by: precedes)
        // Add-wins: an item that somebody put in, or changed, beside its removal stays.
        if !entry.key.item.isEmpty, ordered.contains(where: { $0.version.content.bytes != nil }) {
            ordered.removeAll { $0.version.content == .absent }
        }
        let distinct = collapse(ordered, as: field)
        let latest = distinct[distinct.count - 1]
        if distinct.count == 1 {
            let standing: Reading.Standing = ordered.count < all.count ? .settled(.none) : .equal
            return Reading(
                shown: latest.version.content,
                version: latest,
                siblings: distinct,
                standing: standing
            )
        }
        let settled = field.flatMap {
            settle(distinct, as: $0, isItem: !entry.key.item.isEmpty, base)
        }
        return Reading(
            shown: settled?.content ?? latest.version.content,
            version: settled?.version ?? latest,
            siblings: distinct,
            standing: settled.map { .settled($0.policy) } ?? .conflict
        )
    }

    /// The order of time, then of actor and counter, then of the versions themselves: total, so
    /// that siblings are numbered alike everywhere.
    private static func precedes(_ left: Sibling, _ right: Sibling) -> Bool {
        let (early, late) = (left.version.attribution.time, right.version.attribution.time)
        return early == late ? left < right : early < late
    }

    /// Keeps of the versions that mean the same the latest one, in order.
    private static func collapse(_ siblings: [Sibling], as field: Field?) -> [Sibling] {
        var result: [Sibling] = []
        var forms: [Content] = []
        for sibling in siblings {
            let form = normalForm(of: sibling.version.content, as: field)
            if let index = forms.firstIndex(of: form) {
                forms.remove(at: index)
                result.remove(at: index)
            }
            forms.append(form)
            result.append(sibling)
        }
        return result
    }

    private static func normalForm(of content: Content, as field: Field?) -> Content {
        guard case .value(let bytes) = content, let field, field.isRegister else { return content }
        return .value(field.type.normalForm(bytes))
    }

    private typealias Settlement = (content: Content, version: Sibling, policy: Policy)

    private static func settle(
        _ siblings: [Sibling],
        as field: Field,
        isItem: Bool,
        _ base: (Dot) -> Content?
    ) -> Settlement? {
        func settled(_ version: Sibling?, by policy: Policy) -> Settlement? {
            version.map { ($0.version.content, $0, policy) }
        }
        if let winner = field.winner,
            let version = siblings.last(where: { $0.version.content == .value(Array(winner.utf8)) })
        {
            return settled(version, by: field.policy)
        }
        let values = siblings.filter { $0.version.content.bytes != nil }
        switch field.policy {
        case .newest: return settled(siblings.last, by: .newest)
        case .first: return settled(values.first, by: .first)
        case .max: return settled(extreme(of: values, field.type, .after), by: .max)
        case .min: return settled(extreme(of: values, field.type, .before), by: .min)
        case .strict: return settled(strictest(of: values, field, isItem: isItem), by: .strict)
        case .fuller:
            guard values.count == siblings.count, !isItem else { return nil }
            return settled(fullest(of: values, field.type), by: .fuller)
        case .text:
            guard values.count == siblings.count, !isItem,
                let text = TextMerge.merged(values, base: base)
            else { return nil }
            return (.value(text), siblings[siblings.count - 1], .text)
        case .none: return settled(siblings.last, by: .none)
        case .review: return nil
        }
    }

    /// The version whose value stands in the given order to every other; nil where some cannot be
    /// compared.
    private static func extreme(
        of values: [Sibling],
        _ type: ValueType,
        _ order: ValueOrder
    ) -> Sibling? {
        guard var best = values.first else { return nil }
        for candidate in values.dropFirst() {
            guard let bytes = candidate.version.content.bytes,
                let standing = best.version.content.bytes.flatMap({ type.order(bytes, $0) }),
                standing != .overlapping
            else { return nil }
            if standing == order { best = candidate }
        }
        return best
    }

    /// The most restrictive version: for items (consents) one with a date of withdrawal, the
    /// earliest such; for single values by the order of the type.
    private static func strictest(
        of values: [Sibling],
        _ field: Field,
        isItem: Bool
    ) -> Sibling? {
        if isItem {
            guard let part = field.part(named: "withdrawn") else { return values.last }
            let withdrawn = values.compactMap { version -> (text: String, version: Sibling)? in
                let item = Item(key: [], value: version.version.content.bytes ?? [])
                return field.text(of: part, in: item).map { ($0, version) }
            }
            return withdrawn.min { $0.text < $1.text }?.version ?? values.last
        }
        guard var best = values.first else { return nil }
        for candidate in values.dropFirst() {
            guard let bytes = candidate.version.content.bytes,
                let other = best.version.content.bytes
            else { continue }
            if field.type.isStricter(bytes, than: other) { best = candidate }
        }
        return best
    }

    /// The version that is fuller than every other; nil where there is none.
    private static func fullest(of values: [Sibling], _ type: ValueType) -> Sibling? {
        values.first { candidate in
            values.allSatisfy { other in
                candidate == other
                    || Fullness.isFuller(
                        candidate.version.content.bytes ?? [],
                        than: other.version.content.bytes ?? [],
                        type
                    )
            }
        }
    }
}

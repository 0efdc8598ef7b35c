import RecordModel

/// Decides which records a report may read.
///
/// - A record that was merged into another is counted there.
/// - A contact whose data is restricted (GDPR, article 18) appears nowhere, not even in a count.
/// - A contact who withdrew consent, with no other basis left, appears only where a report is about just
///   that.
/// - Beyond the ministry go contacts who agreed to be shared with partners, none labelled RESTRICTED, and
///   of the other kinds PUBLIC records alone.
struct ReportGate {
    let isForPartners: Bool
    /// Whether contacts are read whose consent was withdrawn.
    var readsWithdrawn = false

    /// The fields on which the decision stands.
    static func fields(of kind: String) -> [String] {
        ["owner", "handling", "merged_into"]
            + (kind == "contact" ? ["restricted", "consent", "standing", "orcid"] : [])
            + (kind == "organisation" ? ["ror"] : [])
    }

    /// Whether a record may be read.
    func admits(_ record: ReportRecord) -> Bool {
        if record.text("merged_into") != nil { return false }
        guard record.kind == "contact" else {
            return !isForPartners || record.text("handling") == "PUBLIC"
        }
        if record.isTrue("restricted") { return false }
        let consent = ConsentStanding(record)
        if isForPartners {
            return consent.scopes.contains("share_with_partners")
                && !(record.text("handling").map(HandlingLabel.isRestricted) ?? false)
        }
        return readsWithdrawn || !consent.isWithdrawn
    }
}

/// How a contact's consent and the other bases for keeping their data stand, as far as they are here.
struct ConsentStanding {
    /// Whether a basis was recorded and every one was withdrawn.
    let isWithdrawn: Bool
    /// The scopes of the bases that hold.
    let scopes: Set<String>
    /// Whether a basis holds.
    let isGiven: Bool

    init(_ contact: ReportRecord) {
        let bases = contact.items("consent")
        let live = bases.filter { $0["withdrawn"] == nil }
        isWithdrawn = !bases.isEmpty && live.isEmpty
        isGiven = !live.isEmpty
        scopes = Set(live.compactMap { $0["scope"] })
    }
}

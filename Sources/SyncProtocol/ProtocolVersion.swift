/// The versions of the sync protocol, and the choice between those of two peers.
///
/// Every request lists the versions that its sender speaks; the answer is written in the greatest
/// that both do. Spec: `Protocol/spec/05-sync.md`.
public enum ProtocolVersion {
    /// The version that this module writes.
    public static let current: UInt32 = 1
    /// The versions that this module reads and writes.
    public static let spoken: [UInt32] = [current]

    /// What comes of two lists of versions.
    public enum Choice: Hashable, Sendable {
        /// Both sides speak the version, and no later one.
        case speak(UInt32)
        /// All that the peer speaks is older than what is spoken here: the peer needs an upgrade.
        case peerTooOld
        /// Nothing in common, and the peer speaks later versions: this side needs the upgrade.
        case peerTooNew
    }

    /// Chooses the version of an exchange between the versions that the peer offers and those that
    /// are spoken here.
    public static func choose(
        offered: [UInt32],
        spoken: [UInt32] = ProtocolVersion.spoken
    ) -> Choice {
        if let version = offered.filter(spoken.contains).max() { return .speak(version) }
        return (offered.max() ?? 0) < (spoken.max() ?? 0) ? .peerTooOld : .peerTooNew
    }
}

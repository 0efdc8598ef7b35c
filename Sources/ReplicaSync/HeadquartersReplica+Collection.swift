import CausalHistory
import RecordModel
import RecordStorage

/// What headquarters gave up, and for whom it waits no more.
public struct CompactionReport: Hashable, Sendable {
    /// What was given up in all spaces.
    public var collected = CollectionReport()
    /// What was moved from the journal to the archive.
    public var archived = JournalReport()
    /// The codes of the desks that were silent for so long that they are dormant from now on.
    public var dormant: [String] = []
    /// What was freed of attachments that no record names any more.
    public var attachments = AttachmentTally()

    /// Creates the report of nothing.
    public init() {}

    /// The object that scripts read.
    public var json: JSONValue {
        .object([
            JSONMember("records", .number(collected.records)),
            JSONMember("thinned", .number(collected.thinned)),
            JSONMember("archived_changes", .number(archived.changes)),
            JSONMember("archived_versions", .number(archived.versions)),
            JSONMember("dormant", .array(dormant.map { .string($0) })),
            JSONMember("attachments", .number(attachments.count)),
        ])
    }
}

/// Giving up below the stable cut, and desks that hold it back.
///
/// Spec: `Protocol/spec/05-sync.md` §8.
extension HeadquartersReplica {
    /// After how much silence a desk is warned of: 90 days, in milliseconds.
    public static let warnedSilence: UInt64 = 90 * 86_400_000

    /// After how much silence the stable cut waits for a desk no more: 180 days, in milliseconds.
    public static let dormantSilence: UInt64 = 180 * 86_400_000

    /// Gives up what every active desk has seen deleted, and archives the journal of long ago.
    ///
    /// Desks that were silent for half a year become dormant: they are told what they have missed when they
    /// return. What is settled and half a year old moves from the journal to the archive.
    ///
    /// Attachments that no record names any more go, too.
    ///
    /// - Returns: What was given up.
    /// - Throws: What the store reports.
    /// - Complexity: O(*d* *a*) in the desks and actors of each space, and what `forget` takes.
    @discardableResult
    public func compact() throws -> CompactionReport {
        var report = CompactionReport()
        let now = store.environment.now().milliseconds
        for peer in try store.read({ try $0.peers() }) where peer.state == "active" {
            guard let heard = peer.lastSync ?? peer.enrolledAt,
                now > heard.milliseconds, now - heard.milliseconds > Self.dormantSilence
            else { continue }
            try setDormant(peer)
            report.dormant.append(peer.desk)
        }
        for space in try store.read({ try $0.spaces().map(\.name) }) {
            let collected = try store.write { writer in
                try writer.forget(try writer.reader.stableCut(of: space), in: space)
            }
            report.collected.gone += collected.gone
            report.collected.thinned += collected.thinned
        }
        try store.purgeErased()
        if try store.read({ try !$0.unnamedAttachments().isEmpty }) {
            report.attachments = try store.write { try $0.freeAttachments() }
        }
        report.archived = try archiveJournal(besides: report.collected.gone)
        return report
    }

    /// Looks whether the next of headquarters' records are as they were written, for as long as it is told to.
    ///
    /// - Returns: The damaged ones. A desk that sends one of them whole mends it.
    public func findDamage(while goesOn: () -> Bool) throws -> [RecordKey] {
        try store.findDamage(while: goesOn)
    }

    /// Lets the stable cut go on without a desk.
    package func setDormant(_ peer: StoredPeer) throws {
        try store.write { try $0.setState("dormant", ofPeer: peer.row) }
    }

    /// Retires a replica, and writes again what it had pushed without an end.
    func retire(_ peer: StoredPeer, _ writer: StoreWriter) throws {
        for space in try writer.reader.peerSpaces(of: peer.row) where space.isGranted {
            try takeOver(from: peer, in: space.space, writer)
        }
        try writer.retire(peer: peer.row)
    }

    /// Writes again what a replica that is gone from a space had pushed there without an end.
    func takeOver(
        from peer: StoredPeer,
        in space: SpaceName,
        _ writer: StoreWriter
    ) throws {
        try writer.takeOver(
            from: peer.replica,
            in: space,
            attribution: Attribution(
                time: writer.nextTime(),
                author: "headquarters",
                note: "taken over from desk \(peer.desk)"
            )
        )
    }
}

extension StoreReader {
    /// What all active desks of a space, and headquarters, are known to have seen.
    fileprivate func stableCut(of space: SpaceName) throws -> VersionVector {
        var cut = try knowledge(of: space)
        guard Rule.cutWaitsForAll.holds else { return cut }
        for peer in try peers() where peer.state == "active" {
            let memory = try peerSpaces(of: peer.row).first { $0.space == space && $0.isGranted }
            // A desk that never asked for the space holds nothing of it.
            if let acknowledged = memory?.acknowledged { cut = cut.intersection(acknowledged) }
        }
        return cut
    }
}

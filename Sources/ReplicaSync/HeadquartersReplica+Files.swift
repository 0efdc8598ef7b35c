import CausalHistory
import RecordModel
import RecordStorage
import SyncEngine
import SyncProtocol

/// Exchanges through files, by the machine that serves every request.
///
/// Spec: `Protocol/spec/05-sync.md` §9 and §10.
extension HeadquartersReplica {
    /// Writes what a desk lacks of a space to a file.
    ///
    /// - Parameters:
    ///   - space: The space.
    ///   - replica: The desk's replica.
    ///   - path: The file; one that is there is replaced.
    /// - Returns: What was written.
    /// - Throws: `FileRefusal.unknownSender`, `.notGranted`; what the store and the file report.
    @discardableResult
    public func pack(
        _ space: SpaceName,
        for replica: ReplicaID,
        to path: String
    ) throws -> PackedFile {
        try store.write { try $0.signActors(identity, desk: "HQ") }
        return try store.read { reader in
            guard let peer = try reader.peer(replica: replica.bytes) else {
                throw FileRefusal.unknownSender(replica)
            }
            let memory = try reader.peerSpaces(of: peer.row).first { $0.space == space }
            guard let memory, memory.isGranted, !peer.isRetired else {
                throw FileRefusal.notGranted(space)
            }
            return try reader.pack(
                space,
                for: memory.acknowledged ?? VersionVector(),
                to: path,
                from: try sender(),
                receiver: replica,
                time: store.environment.now(),
                key: identity.privateKey
            )
        }
    }

    private func sender() throws -> ReplicaID {
        guard let number = ReplicaID(bytes: replica) else {
            throw StoreError.damaged(detail: "headquarters' key")
        }
        return number
    }

    /// Takes in a file that a desk wrote: all of it, or nothing.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - isAdmitted: Whether an operator lets in what a desk held when the space was taken from it, with
    ///     changes of any replica that is known.
    /// - Returns: What it did.
    /// - Throws: `FileRefusal`; what the store reports.
    public func open(_ path: String, isAdmitted: Bool = false) throws -> OpenedFile {
        let file = try ExchangeFileReader(path)
        let sender = file.signed.sender
        guard file.signed.receiver == (try self.sender()) else {
            throw FileRefusal.forAnother(file.signed.receiver)
        }
        guard let peer = try store.read({ try $0.peer(replica: sender.bytes) }) else {
            throw FileRefusal.unknownSender(sender)
        }
        try file.verify(publicKey: peer.publicKey)
        guard !peer.isRetired || isAdmitted else { throw FileRefusal.retired(sender) }
        let context = RequestContext(
            publicKey: peer.publicKey,
            acceptsRelays: try isAdmitted || acceptsRelays(),
            tokenVerifies: true,
            byteLimit: 0,
            isDormant: peer.state == "dormant"
        )
        return try store.write { writer in
            var opening = FileOpening(context, isAdmitted: isAdmitted)
            try file.forEach { message, isFirst in
                if isFirst { try begin(&opening, with: message, from: peer, writer) }
                try take(message, into: &opening, from: peer, writer)
            }
            guard var opened = opening.opened else { throw FileRefusal.outOfTurn(.allMissions) }
            opened.desk = peer.desk
            if !isAdmitted, opened.leftOut.isEmpty {
                try writer.acknowledge(opening.knowledge, of: peer.row, in: opened.space)
                try writer.noteSync(peer: peer.row, clockSkew: nil)
            }
            return opened
        }
    }

    /// A file on its way in.
    private struct FileOpening {
        let context: RequestContext
        let isAdmitted: Bool
        /// What the sender knows.
        var knowledge = VersionVector()
        var base = VersionVector()
        var heads: UInt64 = 0
        /// The chains of the first message, by which histories that were set apart are known in all.
        var chains: [ChainSegment] = []
        var opened: OpenedFile?

        init(_ context: RequestContext, isAdmitted: Bool) {
            self.context = context
            self.isAdmitted = isAdmitted
        }
    }

    /// Looks whether the two sides hold what each other builds on.
    private func begin(
        _ opening: inout FileOpening,
        with message: SpaceRequest,
        from peer: StoredPeer,
        _ writer: StoreWriter
    ) throws {
        let space = message.space
        let memory = try writer.reader.peerSpaces(of: peer.row).first { $0.space == space }
        guard let memory, memory.isGranted || opening.isAdmitted else {
            throw FileRefusal.notGranted(space)
        }
        guard let knowledge = message.knowledge.applied(to: VersionVector()) else {
            throw FileRefusal.outOfTurn(space)
        }
        let own = try writer.reader.knowledge(of: space)
        let forgotten = try writer.reader.forgotten(of: space)
        guard own.covers(message.base), own.covers(message.forgotten), message.heads != 0,
            opening.isAdmitted || knowledge.covers(forgotten)
        else { throw FileRefusal.outOfTurn(space) }
        opening.knowledge = knowledge
        opening.base = message.base
        opening.heads = message.heads
        opening.chains = message.chains
        opening.opened = OpenedFile(desk: "", space: space)
    }

    private func take(
        _ message: SpaceRequest,
        into opening: inout FileOpening,
        from peer: StoredPeer,
        _ writer: StoreWriter
    ) throws {
        guard var opened = opening.opened,
            let stated = message.knowledge.applied(to: opening.knowledge)
        else { throw FileRefusal.outOfTurn(message.space) }
        let space = message.space
        let reader = writer.reader
        var request = SpaceRequest(
            space: space,
            knowledge: KnowledgeUpdate(from: nil, to: stated)
        )
        request.page = message.page
        request.chains = opening.chains
        request.actors = message.actors
        request.heads = opening.heads
        request.isLast = message.isLast && opened.leftOut.isEmpty
        var session = HeadquartersSession(request, in: opening.context)
        var action = try session.start(
            isGranted: true,
            told: opening.base,
            own: try reader.knowledge(of: space),
            chained: { try reader.chained(in: space) },
            digest: reader.chainDigest
        )
        while true {
            switch action {
            case .reconcile(var application):
                application.actors = try vouched(application.actors, for: peer, writer)
                try writer.introduce(application.actors, in: space)
                let reconciliation = try writer.reconcile(application)
                action = try session.didReconcile(
                    reconciliation,
                    try reader.holding(of: space, isAdmitted: opening.isAdmitted)
                )
            case .apply(let reconciliation):
                let page = reconciliation.application.page
                opened.records += message.page.records.count
                let taken = Set(page.records.map(\.uid))
                opened.leftOut += message.page.records.map(\.uid).filter { !taken.contains($0) }
                let returning =
                    opening.isAdmitted ? try reader.givenUp(of: page, in: space) : []
                let result = try writer.take(reconciliation, from: peer.row)
                opened.merged += result.merged
                opened.newConflicts += result.newConflicts
                try writer.writeAgain(
                    returning,
                    in: space,
                    attribution: Attribution(
                        time: writer.nextTime(),
                        author: "headquarters",
                        note: "kept by desk \(peer.desk) after it was deleted elsewhere"
                    )
                )
                opened.refusals += try writer.refuseInvalid(page, in: space)
                opening.opened = opened
                // A page of which something was left out is not the last word.
                if !message.isLast || !opened.leftOut.isEmpty { return }
                action = session.didApply(result)
            case .raise(let knowledge):
                return try writer.raiseKnowledge(of: space, to: knowledge)
            case .read, .answer:
                throw FileRefusal.outOfTurn(space)
            }
        }
    }
}

extension StoreReader {
    /// The records of a page that this store lacks and of which it has given something up.
    fileprivate func givenUp(of page: Page, in space: SpaceName) throws -> [RecordUID] {
        let forgotten = try forgotten(of: space)
        return try page.records.filter { delta in
            try delta.dots.contains { forgotten.covers($0) }
                && record(RecordKey(space: space, uid: delta.uid)) == nil
        }.map(\.uid)
    }
}

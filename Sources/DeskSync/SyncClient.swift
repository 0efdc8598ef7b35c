import RecordModel
import RecordStorage
import ReplicaSync
import SyncProtocol

/// A desk's way to headquarters over HTTP.
///
/// Every step is one transaction of the replica: an exchange that is cut, cancelled or killed
/// anywhere leaves nothing half done, and the next one goes on from there.
public struct SyncClient: Sendable {
    private let settings: SyncSettings

    /// Creates a client.
    public init(settings: SyncSettings = SyncSettings()) {
        self.settings = settings
    }

    /// Exchanges changes with headquarters until both sides know the same.
    ///
    /// - Parameters:
    ///   - store: The desk's replica.
    ///   - url: Where headquarters is reached from now on; nil for where it was last.
    /// - Returns: What was done; its `failure` says whether the end is not as it should be.
    /// - Throws: `SyncFailure`; `StoreError`; `CancellationError`.
    public func sync(_ store: ReplicaStore, at url: String? = nil) async throws -> SyncReport {
        let desk = try Self.desk(store)
        guard let peer = try desk.headquarters(), let address = url ?? peer.url else {
            throw SyncFailure.notEnrolled
        }
        let report = try await withLink(to: try HeadquartersAddress(address), desk) { link in
            if try desk.hasUnsaidIdentity() {
                try await sayIdentity(of: desk, to: peer, over: link)
            }
            do {
                var run = SyncRun(desk: desk, link: link, settings: settings)
                return try await run.run()
            } catch SyncFailure.unknownReplica {
                guard try !desk.successionRequests().isEmpty else {
                    throw SyncFailure.unknownReplica
                }
                // Headquarters was put back behind the day when it was told.
                try await sayIdentity(of: desk, to: peer, over: link)
                var run = SyncRun(desk: desk, link: link, settings: settings)
                return try await run.run()
            }
        }
        if let url, url != peer.url {
            try store.write { try $0.setURL(url, ofPeer: peer.row) }
        }
        return report
    }

    /// Fetches attachments from headquarters, whatever their sizes.
    ///
    /// - Parameters:
    ///   - hashes: Which ones; those that are here are left out.
    ///   - store: The desk's replica.
    /// - Returns: What came; its `failure` says why not all did.
    /// - Throws: `SyncFailure`; `StoreError`; `CancellationError`.
    public func fetch(
        _ hashes: [AttachmentHash],
        into store: ReplicaStore
    ) async throws -> AttachmentReport {
        let desk = try Self.desk(store)
        guard let peer = try desk.headquarters(), let address = peer.url else {
            throw SyncFailure.notEnrolled
        }
        return try await withLink(to: try HeadquartersAddress(address), desk) { link in
            var transfer = AttachmentTransfer(desk: desk, link: link, settings: settings)
            return try await transfer.run(peer) { try $0.attachmentWork(fetching: hashes) }
        }
    }

    /// Counts the changes and records that an exchange would send now.
    /// - Throws: `SyncFailure.notEnrolled`, `.keyMissing`; `StoreError`.
    public func pending(in store: ReplicaStore) throws -> (changes: Int, records: Int) {
        let desk = try Self.desk(store)
        guard let peer = try desk.headquarters() else { throw SyncFailure.notEnrolled }
        return try desk.pending(for: peer)
    }

    /// Makes the replica known to headquarters by a token, and headquarters' key known to it.
    ///
    /// A replica without a key gets a new one; its unsent changes stay.
    ///
    /// - Parameters:
    ///   - store: The desk's replica.
    ///   - url: Where headquarters is reached.
    ///   - token: The token that headquarters issued, as text.
    /// - Returns: The mission and the spaces that were granted.
    /// - Throws: `SyncFailure`; `StoreError`; `IdentityError`; `CancellationError`.
    public func enrol(
        _ store: ReplicaStore,
        at url: String,
        token: String
    ) async throws -> EnrolResponse {
        let address = try HeadquartersAddress(url)
        let token = try Self.token(token)
        let desk = DeskReplica(store: store, identity: try Self.identityForEnrolment(store))
        let request = try desk.enrolRequest(token)
        let response = try await withLink(to: address, desk) { link in
            try await answer(to: request, of: desk, over: link) { answer in
                try Self.response(in: answer, to: token)
            }
        }
        try desk.didEnrol(response, url: address.text)
        return response
    }

    /// Tells headquarters which replica this one was before it was restored or copied.
    private func sayIdentity(
        of desk: DeskReplica,
        to peer: StoredPeer,
        over link: HeadquartersLink
    ) async throws {
        for request in try desk.successionRequests() {
            do {
                _ = try await answer(to: request, of: desk, over: link) { answer in
                    try answer.message(signedBy: peer.publicKey)
                }
                return try desk.didSayIdentity()
            } catch SyncFailure.unknownReplica {
                continue
            }
        }
    }

    /// Sends a request to be known until it is answered.
    private func answer<T>(
        to request: EnrolRequest,
        of desk: DeskReplica,
        over link: HeadquartersLink,
        _ read: (HeadquartersLink.Answer) throws -> T
    ) async throws -> T {
        let frame = try Frame.encode(try request.encoded())
        var link = link
        var patience = Patience(settings: settings, random: desk.store.environment.random)
        while true {
            do {
                return try read(try await link.post(frame, to: Endpoint.enrol))
            } catch let failure as SyncFailure {
                try await patience.wait(after: failure)
            }
        }
    }

    private static func token(_ text: String) throws(SyncFailure) -> EnrolmentToken {
        do {
            return try EnrolmentToken(parsing: text)
        } catch {
            throw .badToken(reason: error.description)
        }
    }

    /// Takes the answer to an enrolment: the token says whose key it must bear.
    private static func response(
        in answer: HeadquartersLink.Answer,
        to token: EnrolmentToken
    ) throws -> EnrolResponse {
        guard let message = try? Frame.decode(answer.signed.frame),
            let response = try? EnrolResponse(decoding: message)
        else { throw SyncFailure.notHeadquarters(reason: "an answer that cannot be read") }
        guard token.matches(publicKey: response.publicKey) else {
            throw SyncFailure.headquartersKeyChanged
        }
        _ = try answer.message(signedBy: response.publicKey)
        return response
    }

    private static func desk(_ store: ReplicaStore) throws -> DeskReplica {
        do {
            return DeskReplica(
                store: store,
                identity: try ReplicaIdentity.load(besideStoreAt: store.path)
            )
        } catch IdentityError.missing(let path) {
            throw SyncFailure.keyMissing(path: path)
        }
    }

    private static func identityForEnrolment(_ store: ReplicaStore) throws -> ReplicaIdentity {
        do {
            return try ReplicaIdentity.load(besideStoreAt: store.path)
        } catch IdentityError.missing {
            return try ReplicaIdentity.create(besideStoreAt: store.path)
        }
    }

    /// Runs a body with connections to an address that are closed on every way out.
    private func withLink<T>(
        to address: HeadquartersAddress,
        _ desk: DeskReplica,
        _ body: (HeadquartersLink) async throws -> T
    ) async throws -> T {
        let replica = try desk.replicaID()
        let transport = HTTPTransport(
            address: address,
            timeouts: settings.timeouts,
            proxies: ProxySettings(environment: settings.environment)
        )
        do {
            let result = try await body(
                HeadquartersLink(
                    transport: transport,
                    identity: desk.identity,
                    replica: replica,
                    environment: desk.store.environment
                )
            )
            await transport.shutdown()
            return result
        } catch {
            await transport.shutdown()
            throw error
        }
    }
}

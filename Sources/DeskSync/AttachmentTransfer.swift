import RecordModel
import RecordStorage
import ReplicaSync
import SyncEngine
import SyncProtocol

/// One exchange of attachments with headquarters: as many sessions as cuts make necessary.
struct AttachmentTransfer {
    private let desk: DeskReplica
    private let settings: SyncSettings
    private(set) var link: HeadquartersLink
    private var sizing: PageSizing
    /// The requests that were answered.
    private(set) var roundTrips = 0
    private var report = AttachmentReport()

    init(
        desk: DeskReplica,
        link: HeadquartersLink,
        settings: SyncSettings,
        sizing: PageSizing = PageSizing()
    ) {
        self.desk = desk
        self.link = link
        self.settings = settings
        self.sizing = sizing
        // Scans and photos are compressed already.
        self.sizing.assumeIncompressible()
    }

    /// Runs sessions until one comes to its end or trying again does not help; what was kept stays.
    ///
    /// - Parameters:
    ///   - peer: Headquarters.
    ///   - work: Finds what is left to do.
    /// - Returns: What was done, and why it ended early where it did.
    /// - Throws: `StoreError`; `CancellationError`.
    mutating func run(
        _ peer: StoredPeer,
        _ work: (DeskReplica) throws -> AttachmentWork
    ) async throws -> AttachmentReport {
        var patience = Patience(settings: settings, random: desk.store.environment.random)
        while true {
            let left = try work(desk)
            report.larger = left.larger
            report.left = left.outgoing.count + left.incoming.count
            let before = roundTrips
            do {
                try await session(left, with: peer)
                report.left = 0
                return report
            } catch SyncFailure.refused(WireErrorCode.notFound.rawValue, _) {
                report.isUnsupported = true
                return report
            } catch let failure as SyncFailure {
                if roundTrips > before { patience.reset() }
                if case .refused(WireErrorCode.tooLarge.rawValue, _) = failure, sizing.halve() {
                    continue
                }
                if failure.isTransient { sizing.noteCut() }
                do {
                    try await patience.wait(after: failure)
                } catch let failure as SyncFailure {
                    report.left = try work(desk).count
                    report.failure = failure
                    return report
                }
            }
        }
    }

    private mutating func session(
        _ work: AttachmentWork,
        with peer: StoredPeer
    ) async throws {
        var session = AttachmentSession(
            outgoing: work.outgoing,
            incoming: work.incoming,
            byteLimit: sizing.byteLimit
        )
        let earlier = report.summary
        let total = work.bytes
        var action = session.start()
        while true {
            try Task.checkCancellation()
            switch action {
            case .send(let parts, let byteLimit):
                let request = try desk.request(of: parts, byteLimit: byteLimit)
                let response = try await exchange(request, with: peer)
                session.byteLimit = sizing.byteLimit
                do {
                    action = try session.didReceive(response)
                } catch {
                    throw SyncFailure(error)
                }
            case .keep(let news):
                action = session.didKeep(try desk.keep(news))
                report.summary = earlier
                report.summary.add(session.summary)
                let moved = session.summary.sentBytes + session.summary.receivedBytes
                settings.onEvent(.movedAttachments(bytes: moved, total: max(total, moved)))
            case .finish:
                return
            }
        }
    }

    private mutating func exchange(
        _ request: AttachmentRequest,
        with peer: StoredPeer
    ) async throws -> AttachmentResponse {
        let message: [UInt8]
        let frame: [UInt8]
        do {
            message = try request.encoded()
            frame = try Frame.encode(message)
        } catch {
            throw SyncFailure(error)
        }
        let clock = ContinuousClock.now
        let answer = try await link.post(frame, to: Endpoint.attachments)
        let seconds = clock.duration(to: .now) / .seconds(1)
        let answered = try answer.message(signedBy: peer.publicKey)
        let response: AttachmentResponse
        do {
            response = try AttachmentResponse(decoding: answered)
        } catch {
            throw SyncFailure(error)
        }
        roundTrips += 1
        let received = answer.signed.frame.count
        let (wire, raw) =
            received > frame.count ? (received, answered.count) : (frame.count, message.count)
        sizing.noteRatio(wire: wire, raw: raw)
        sizing.note(wire: wire, raw: raw, seconds: seconds)
        return response
    }
}

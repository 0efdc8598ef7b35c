import RecordModel
import RecordStorage
import ReplicaSync
import SyncEngine
import SyncProtocol

/// One exchange with headquarters: as many sessions as cuts make necessary.
struct SyncRun {
    private let desk: DeskReplica
    private let settings: SyncSettings
    private var link: HeadquartersLink
    private var sizing = PageSizing()
    /// What small requests are compressed with, until headquarters says that it lacks it.
    private var dictionary: PresetDictionary? = .latest
    private var report = SyncReport()
    /// Whether records came that are to be forgotten.
    private var hasErasures = false
    /// Whether headquarters may have lost what it had.
    private var hasLostTrack = false
    /// What the sessions before the present one did.
    private var earlier = SessionSummary()
    private let begun = ContinuousClock.now

    init(desk: DeskReplica, link: HeadquartersLink, settings: SyncSettings) {
        self.desk = desk
        self.link = link
        self.settings = settings
    }

    /// Runs sessions until one comes to its end.
    /// - Throws: `SyncFailure`, where trying again does not help; `StoreError`.
    mutating func run() async throws -> SyncReport {
        try await exchangeRecords()
        if hasErasures {
            // What has to be forgotten is forgotten on the disk, before headquarters is told so.
            try desk.store.purgeErased()
            try await exchangeRecords()
        }
        if case .under(let limit) = settings.attachments {
            try await exchangeAttachments(under: limit)
        }
        return report
    }

    private mutating func exchangeRecords() async throws {
        var patience = Patience(settings: settings, random: desk.store.environment.random)
        while true {
            let before = report.roundTrips
            do {
                try await session()
                try await mend()
                if report.summary.receivedRecords >= Self.manyRecords {
                    desk.store.mergeSearchIndex()
                }
                break
            } catch let failure as SyncFailure {
                if report.roundTrips > before { patience.reset() }
                if case .refused(WireErrorCode.tooLarge.rawValue, _) = failure {
                    guard sizing.halve() else { throw failure }
                    continue
                }
                if case .refused(WireErrorCode.unknownDictionary.rawValue, _) = failure {
                    guard dictionary != nil else { throw failure }
                    dictionary = nil
                    continue
                }
                // A page that did not get through may be more than the link carries at a time.
                if failure.isTransient { sizing.noteCut() }
                try await patience.wait(after: failure)
            }
        }
    }

    /// From so many received records on the search index is put in order.
    private static let manyRecords = 5_000

    /// For how long each exchange looks at the next of the replica's records: a small part of it.
    private static let slice = Duration.milliseconds(50)

    /// Looks for records that the disk has changed or that differ from headquarters', and lets both sides
    /// send them whole.
    private mutating func mend() async throws {
        let begun = ContinuousClock.now
        var ill = try desk.findDamage(wholly: settings.comparesAll) {
            begun.duration(to: .now) < Self.slice
        }
        let unequal = report.summary.standings.filter { $0.value == .diverged }.keys
        let compared = settings.comparesAll ? Array(report.summary.standings.keys) : Array(unequal)
        if !compared.isEmpty {
            ill.merge(try await differing(in: compared)) { $0.union($1) }
        }
        let count = ill.values.reduce(0) { $0 + $1.count }
        guard count > 0 else { return }
        try await session(mending: ill)
        // What was never sent to headquarters cannot come back from it.
        let left = try desk.damaged(of: ill)
        report.mended += count - left
        report.damaged += left
    }

    /// Asks headquarters for the figures of ever smaller ranges of records.
    private mutating func differing(
        in spaces: [SpaceName]
    ) async throws -> [SpaceName: Set<RecordUID>] {
        guard let peer = try desk.headquarters() else { throw SyncFailure.notEnrolled }
        var inspection = InspectionSession(of: spaces, schema: desk.store.schema.version)
        var action = inspection.start()
        while true {
            switch action {
            case .send(let request):
                let own = try desk.inspections(of: inspection.ranges)
                let response = try await exchange(request, with: peer)
                earlier.roundTrips += 1
                report.summary.roundTrips += 1
                action = inspection.didReceive(response, own: own)
            case .finish(let differing):
                noteCost()
                return differing
            }
        }
    }

    private mutating func session(
        mending: [SpaceName: Set<RecordUID>] = [:]
    ) async throws {
        guard let peer = try desk.headquarters() else { throw SyncFailure.notEnrolled }
        earlier = report.summary
        var session = try desk.beginSession(
            with: peer,
            byteLimit: sizing.byteLimit,
            mending: mending
        )
        var action = session.start()
        while true {
            try Task.checkCancellation()
            switch action {
            case .read(let readings):
                action = session.didRead(try desk.read(readings))
            case .send(let request):
                action = session.didReceive(try await exchange(request, with: peer))
            case .compare(let comparisons):
                action = session.didCompare(try desk.compare(comparisons))
            case .apply(let applications, let token):
                let results = try apply(applications, token, of: peer)
                session.byteLimit = sizing.byteLimit
                action = session.didApply(results)
                note(session.summary)
                settings.onEvent(.progressed(report))
            case .finish(let summary):
                note(summary)
                report.departures += try desk.leave(summary.revocations, of: peer)
                if !report.departures.isEmpty { try desk.store.purgeErased() }
                report.compacted.add(try desk.finish(with: peer, clockSkew: report.clockSkew))
                return
            }
        }
    }

    private mutating func note(_ summary: SessionSummary) {
        report.summary = earlier
        report.summary.add(summary)
        noteCost()
    }

    private mutating func noteCost() {
        report.bytesSent = link.transport.count.sent
        report.bytesReceived = link.transport.count.received
        report.seconds = begun.duration(to: .now) / .seconds(1)
    }

    private mutating func exchangeAttachments(under limit: UInt64) async throws {
        guard let peer = try desk.headquarters() else { throw SyncFailure.notEnrolled }
        if settings.comparesAll || hasLostTrack { try desk.forgetSentAttachments() }
        let work = try desk.attachmentWork(with: peer, under: limit)
        report.attachments.larger = work.larger
        guard !work.isEmpty else { return }
        var transfer = AttachmentTransfer(
            desk: desk,
            link: link,
            settings: settings,
            sizing: sizing
        )
        report.attachments = try await transfer.run(peer) { desk in
            try desk.attachmentWork(with: peer, under: limit)
        }
        link = transfer.link
        report.summary.roundTrips += transfer.roundTrips
        noteCost()
    }

    private mutating func apply(
        _ applications: [SpaceApplication],
        _ token: [UInt8],
        of peer: StoredPeer
    ) throws -> [SpaceResult] {
        if applications.contains(where: { $0.page.records.contains { $0.erasure != nil } }) {
            hasErasures = true
        }
        do {
            return try desk.apply(applications, token: token, of: peer)
        } catch ExchangeError.badIntroduction(let actor) {
            throw SyncFailure.refused(
                code: WireErrorCode.badSignature.rawValue,
                reason: "headquarters introduced the actor \(actor) by a statement that is forged"
            )
        }
    }

    private mutating func exchange(
        _ request: SyncRequest,
        with peer: StoredPeer
    ) async throws -> SyncResponse {
        let frame: [UInt8]
        let message: [UInt8]
        do {
            message = try request.encoded()
            frame = try Frame.encode(message, dictionary: dictionary)
        } catch {
            throw SyncFailure(error)
        }
        let environment = desk.store.environment
        let start = environment.now()
        let clock = ContinuousClock.now
        let answer = try await link.post(frame, to: Endpoint.sync)
        let seconds = clock.duration(to: .now) / .seconds(1)
        let answered = try answer.message(signedBy: peer.publicKey)
        let response: SyncResponse
        do {
            response = try SyncResponse(decoding: answered)
        } catch {
            throw SyncFailure(error)
        }
        if response.spaces.contains(where: { $0.verdict == .tokenUnknown }) { hasLostTrack = true }
        let received = answer.signed.frame.count
        if received > frame.count {
            sizing.note(wire: received, raw: answered.count, seconds: seconds)
        } else {
            sizing.note(wire: frame.count, raw: message.count, seconds: seconds)
        }
        // Headquarters read its clock about half-way.
        report.clockSkew =
            HeadquartersLink.distance(from: start, to: response.time) - Int64(seconds * 500)
        return response
    }
}

/// The waits between attempts that fail.
struct Patience {
    private let settings: SyncSettings
    private let random: @Sendable () -> UInt64
    private var attempt = 0

    init(settings: SyncSettings, random: @escaping @Sendable () -> UInt64) {
        self.settings = settings
        self.random = random
    }

    /// Begins anew after progress.
    mutating func reset() { attempt = 0 }

    /// Waits before the next attempt, and says so.
    /// - Throws: The failure, where another attempt is not worth it; `CancellationError`.
    mutating func wait(after failure: SyncFailure) async throws {
        attempt += 1
        guard
            let delay = settings.retry.delay(
                after: failure,
                attempt: attempt,
                random: random()
            )
        else { throw failure }
        settings.onEvent(
            .waiting(because: failure, seconds: delay / .seconds(1), attempt: attempt)
        )
        try await Task.sleep(for: delay)
    }
}

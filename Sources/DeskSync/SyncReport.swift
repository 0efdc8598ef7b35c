import RecordModel
import RecordStorage
import ReplicaSync
import SyncEngine

/// What an exchange with headquarters did and cost.
public struct SyncReport: Hashable, Sendable {
    /// What was sent, received and found.
    public var summary = SessionSummary()
    /// Bytes of the connections' HTTP messages to headquarters, headers included.
    public var bytesSent = 0
    /// Bytes of the connections' HTTP messages from headquarters, headers included.
    public var bytesReceived = 0
    /// How long it took.
    public var seconds = 0.0
    /// How far headquarters' clock is ahead of this one, in milliseconds.
    public var clockSkew: Int64?
    /// How many records were found to differ from headquarters', or to be damaged, and sent whole.
    public var mended = 0
    /// How many records are damaged on the disk and could not be had from headquarters.
    public var damaged = 0
    /// The spaces that headquarters took from this desk, which left them.
    public var departures: [Departure] = []

    /// What was done about attachments.
    public var attachments = AttachmentReport()
    /// What left this replica's journal since all have seen it and it is old.
    public var compacted = JournalReport()

    /// Creates the report of an exchange that has not begun.
    public init() {}

    /// The requests that were answered.
    public var roundTrips: Int { summary.roundTrips }

    /// Whether both sides are proven to hold the same.
    public var isVerified: Bool { summary.isVerified }

    /// The failure that the end of the exchange means, if any.
    ///
    /// A space in which the desk wrote while the exchange ran is none: the next one compares.
    public var failure: SyncFailure? {
        let isSound = summary.standings.values.allSatisfy { standing in
            switch standing {
            case .verified, .busy, .revoked: true
            case .diverged, .notGranted, .forked, .forged, .damaged: false
            }
        }
        return isSound ? attachments.failure : .unverified
    }
}

/// What an exchange did about attachments, after the records.
public struct AttachmentReport: Hashable, Sendable {
    /// What was sent, received and refused.
    public var summary = AttachmentSummary()
    /// How many are left at headquarters, since they are larger than what is fetched unasked.
    public var larger = 0
    /// How many are still to be sent or fetched, where the exchange was cut.
    public var left = 0
    /// Why it was cut; the records had been exchanged before.
    public var failure: SyncFailure?
    /// Whether headquarters is too old to take any.
    public var isUnsupported = false

    /// Creates the report of nothing.
    public init() {}
}

/// What the exchange tells while it runs, for a person who waits.
public enum SyncEvent: Hashable, Sendable {
    /// It failed for now and tries again after so many seconds.
    case waiting(because: SyncFailure, seconds: Double, attempt: Int)
    /// An answer was taken in; this is how far the exchange has come.
    case progressed(SyncReport)
    /// Bytes of attachments passed, of so many that are to pass.
    case movedAttachments(bytes: UInt64, total: UInt64)
}

extension SessionSummary {
    /// Adds what a session did to what the sessions before it did that were cut.
    ///
    /// A session sends only what was not acknowledged, so that no record is counted twice; a change
    /// of many records that a cut divides counts on both sides of it.
    mutating func add(_ other: SessionSummary) {
        sentChanges += other.sentChanges
        sentRecords += other.sentRecords
        receivedChanges += other.receivedChanges
        receivedRecords += other.receivedRecords
        newConflicts += other.newConflicts
        roundTrips += other.roundTrips
        refusals += other.refusals
        hasNewActors = hasNewActors || other.hasNewActors
        forks += other.forks
        standings.merge(other.standings) { _, new in new }
    }
}

import CausalHistory
import RecordModel
import TestSupport

/// A random history of a few replicas over a bad network, and the ground truth beside it.
///
/// Sessions are one-way (what a request or a response carries) and interleave with each other and
/// with writes. A page can be lost, come twice or late; a session can be cut after any page.
struct ModelWorld {
    /// What a history contains beyond writes and sessions.
    struct Profile: OptionSet {
        let rawValue: Int
        static let erasure = Profile(rawValue: 1)
        static let collection = Profile(rawValue: 2)
        static let wholeStates = Profile(rawValue: 4)
    }

    /// A page on its way, with the writes that its sender had seen of what it carries.
    struct Message {
        let receiver: Int
        let page: ModelReplica.Page
        let seen: Set<Int>
        let described: [(uid: RecordUID, keys: Set<FieldKey>?)]
    }

    struct Session {
        let sender: Int
        let receiver: Int
        /// The receiver's knowledge when the session began.
        let base: VersionVector
        let limit: Int
        var cursor: UInt64 = 0
        var needed: [RecordUID] = []
        var isComplete = false
    }

    static let uids = (1...5).map { RecordUID(UInt64($0)) }
    static let registers = [FieldKey(20), FieldKey(21)]
    static let items = [FieldKey(5, item: [0x74]), FieldKey(5, item: [0x75])]

    let profile: Profile
    let faults: Set<ModelFault>
    var generator: SeededGenerator
    var replicas: [ModelReplica]
    var truth = GroundTruth()
    /// The writes that each replica has seen.
    var seen: [Set<Int>]
    var complaints: [String] = []
    private(set) var neededCount = 0
    private(set) var collectedCount = 0

    private var sessions: [Session] = []
    private var sent: [Message] = []
    /// Replicas reach each other only within their group.
    private var groups: [Int]

    init(seed: UInt64, profile: Profile = [], faults: Set<ModelFault> = []) {
        generator = SeededGenerator(seed: seed)
        self.profile = profile
        self.faults = faults
        replicas = (0..<(2 + generator.below(5))).map { number in
            ModelReplica(
                actor: ActorID(UInt128(number + 1)),
                faults: faults,
                sendsWholeStates: profile.contains(.wholeStates)
            )
        }
        seen = replicas.map { _ in [] }
        groups = replicas.map { _ in 0 }
    }

    /// Runs a number of random steps, judging now and then, up to the first complaint.
    mutating func run(steps: Int = 70) {
        for step in 0..<steps where complaints.isEmpty {
            switch generator.below(100) {
            case ..<30: writeAtRandom()
            case ..<43: openSession()
            case ..<86: stepRandomSession()
            case ..<91: deliverAgain()
            case ..<94:
                if !sessions.isEmpty { sessions.remove(at: generator.below(sessions.count)) }
            case ..<96: groups = groups.map { _ in generator.below(2) }
            default: if profile.contains(.collection) { collect() }
            }
            if step % 6 == 5 { judge(generator.below(replicas.count)) }
            if step % 12 == 11 { judgeAgreement() }
        }
    }

    /// Lets every replica meet every other until nothing is new, and judges the end.
    mutating func settle() {
        guard complaints.isEmpty else { return }
        sessions = []
        groups = groups.map { _ in 0 }
        for _ in 0..<4 {
            for sender in replicas.indices {
                for receiver in replicas.indices where sender != receiver {
                    runSession(from: sender, to: receiver)
                }
            }
            if Set(replicas.map(\.knowledge)).count == 1 { break }
        }
        judgeEnd()
    }

    // MARK: Writing

    private mutating func writeAtRandom() {
        let author = generator.below(replicas.count)
        let shown = Self.uids.filter { uid in
            if case .record = GroundTruth.Shown(replicas[author].records[uid]) {
                true
            } else {
                false
            }
        }
        let hidden = Self.uids.filter { replicas[author].records[$0]?.life == .deleted }
        let unknown = Self.uids.filter { replicas[author].records[$0] == nil }
        let acts = generator.acts(
            shown: shown,
            hidden: hidden,
            unknown: unknown,
            keys: Self.registers + Self.items,
            erases: profile.contains(.erasure)
        )
        if !acts.isEmpty { commit(acts, at: author) }
    }

    private mutating func commit(_ acts: [SeededGenerator.Act], at author: Int) {
        let dot = replicas[author].nextDot
        var edits: [(uid: RecordUID, edit: ModelReplica.Edit)] = []
        for (uid, key, act) in acts {
            if act == .value, generator.chance(8) {
                let pair = [0, 1].map { _ in
                    truth.log(act, to: key, of: uid, dot: dot, seen: seen[author])
                }
                seen[author].formUnion(pair)
                edits.append((uid, .restore(key, pair.map { .text(String($0)) })))
                continue
            }
            let number = truth.log(act, to: key, of: uid, dot: dot, seen: seen[author])
            seen[author].insert(number)
            let edit: ModelReplica.Edit =
                switch act {
                case .value: .write(key, .text(String(number)))
                case .absent: .write(key, .absent)
                case .cleared: .write(key, .cleared)
                case .creation, .alive: .write(.life, .alive)
                case .deletion: .delete
                case .erasure: .erase
                }
            edits.append((uid, edit))
        }
        let time = 1_000 + generator.below(100_000)
        replicas[author].commit(edits, attribution: .by("officer", at: UInt64(time)))
    }

    // MARK: Sessions

    private mutating func openSession() {
        let sender = generator.below(replicas.count)
        let receiver = (sender + 1 + generator.below(replicas.count - 1)) % replicas.count
        sessions.append(session(from: sender, to: receiver, limit: 1 + generator.below(3)))
    }

    private func session(from sender: Int, to receiver: Int, limit: Int) -> Session {
        Session(
            sender: sender,
            receiver: receiver,
            base: replicas[receiver].knowledge,
            limit: limit
        )
    }

    private mutating func stepRandomSession() {
        guard !sessions.isEmpty else { return }
        let index = generator.below(sessions.count)
        let (isLost, isTwice) = (generator.chance(8), generator.chance(10))
        guard groups[sessions[index].sender] == groups[sessions[index].receiver] else {
            sessions.remove(at: index)
            return
        }
        var session = sessions[index]
        let goesOn = step(&session, isLost: isLost, isTwice: isTwice)
        if goesOn { sessions[index] = session } else { sessions.remove(at: index) }
    }

    private mutating func runSession(from sender: Int, to receiver: Int) {
        var session = session(from: sender, to: receiver, limit: 2)
        while step(&session, isLost: false, isTwice: false) {}
    }

    /// Carries one page from the sender to the receiver.
    /// - Returns: Whether the session goes on.
    private mutating func step(_ session: inout Session, isLost: Bool, isTwice: Bool) -> Bool {
        if session.isComplete {
            replicas[session.receiver].raiseKnowledge(to: replicas[session.sender].knowledge)
            return false
        }
        let page = replicas[session.sender].page(
            for: session.base,
            after: session.cursor,
            limit: session.limit,
            needed: session.needed
        )
        let message = Message(
            receiver: session.receiver,
            page: page,
            seen: seen[session.sender],
            described: page.deltas.map { ($0.uid, keys(of: $0)) }
        )
        sent.append(message)
        if isLost { return false }
        guard let needed = deliver(message) else { return false }
        if isTwice { deliverTwice(message) }
        session.cursor = page.cursor
        session.needed = needed
        neededCount += needed.count
        let isHeld = needed.isEmpty || faults.contains(.knowledgeRaisedWhileNeeded)
        if page.isLast && isHeld {
            if faults.contains(.knowledgeReadAfterLastPage) {
                session.isComplete = true
                return true
            }
            replicas[session.receiver].raiseKnowledge(to: page.knowledge)
            return false
        }
        if faults.contains(.knowledgeRaisedOnEachPage) {
            replicas[session.receiver].raiseKnowledge(to: page.knowledge)
        }
        return true
    }

    /// The places of which a delta tells everything that its sender has seen; nil for all.
    private func keys(of delta: RecordDelta) -> Set<FieldKey>? {
        delta.isComplete ? nil : Set(delta.fields.map(\.key))
    }

    private mutating func deliver(_ message: Message) -> [RecordUID]? {
        guard let needed = replicas[message.receiver].take(message.page) else { return nil }
        for (uid, keys) in message.described where !needed.contains(uid) {
            seen[message.receiver].formUnion(
                message.seen.filter { number in
                    let write = truth.writes[number]
                    return write.uid == uid && keys.map { $0.contains(write.key) } ?? true
                }
            )
        }
        return needed
    }

    private mutating func deliverTwice(_ message: Message) {
        let before = replicas[message.receiver].records
        _ = deliver(message)
        if replicas[message.receiver].records != before {
            complaints.append("a page taken in twice changed replica \(message.receiver)")
        }
    }

    /// Delivers an old page once more, or for the first time where it was lost.
    private mutating func deliverAgain() {
        guard let message = generator.pick(sent) else { return }
        _ = deliver(message)
    }

    /// One replica learns of the stable cut, which is what all replicas know.
    private mutating func collect() {
        let cut = replicas.reduce(replicas[0].knowledge) { $0.intersection($1.knowledge) }
        let replica = generator.below(replicas.count)
        let count = replicas[replica].records.count
        replicas[replica].forget(cut)
        collectedCount += count - replicas[replica].records.count
    }
}

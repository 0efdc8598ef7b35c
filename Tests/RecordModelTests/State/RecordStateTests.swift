import CausalHistory
import RecordModel
import TestSupport
import Testing

struct RecordStateTests {
    private let name = FieldKey(20)
    private let city = FieldKey(34)
    private let uid = RecordUID(7)

    /// A record that the first actor made: `name` under a1.
    private func made() -> RecordState {
        var state = RecordState(kind: 1)
        state.write(.alive, to: .life, dot: "a1", attribution: .by("amina"))
        state.write(.text("Noor"), to: name, dot: "a1", attribution: .by("amina"))
        return state
    }

    private func values(_ state: RecordState, _ key: FieldKey) -> [String] {
        state.siblings(of: key).compactMap(\.version.content.bytes)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    // MARK: Writing

    @Test func aWriteReplacesEverySiblingAndNamesThemAsParents() throws {
        var left = made()
        var right = left
        left.write(.text("Noor Khan"), to: name, dot: "a2", attribution: .by("amina"))
        right.write(.text("N. Khan"), to: name, dot: "b1", attribution: .by("bilal"))
        left = left.joined(with: right)
        #expect(values(left, name) == ["Noor Khan", "N. Khan"])

        let replaced = left.write(.text("Noor K."), to: name, dot: "c1", attribution: .by("chen"))
        #expect(replaced.map(\.dot) == ["a2", "b1"])
        #expect(values(left, name) == ["Noor K."])
        let sibling = try #require(left.siblings(of: name).first)
        #expect(sibling.version.parents == ["a2", "b1"])
        #expect(left.context == "a2 b1 c1")
        #expect(values(left.joined(with: right), name) == ["Noor K."])
    }

    @Test func writingTwiceInOneTransactionKeepsTheFirstWritesParents() throws {
        var state = made()
        state.write(.text("N"), to: name, dot: "b1", attribution: .by("bilal"))
        let replaced = state.write(.text("No"), to: name, dot: "b1", attribution: .by("bilal"))
        #expect(replaced == [])
        let sibling = try #require(state.siblings(of: name).first)
        #expect(sibling.version.parents == ["a1"])
        #expect(values(state, name) == ["No"])
    }

    @Test func fieldsAreFoundInWhateverOrderTheyWereWritten() {
        var state = made()
        let items = [[3], [1], [2]].map { FieldKey(5, item: $0) }
        for item in items {
            state.write(.text("\(item.item)"), to: item, dot: "a2", attribution: .by("amina"))
        }
        state.write(.text("Bern"), to: city, dot: "a2", attribution: .by("amina"))
        #expect(state.entries(of: 5).map(\.key.item) == [[1], [2], [3]])
        #expect(state.entries(of: 6).isEmpty)
        #expect(state.siblings(of: FieldKey(5, item: [4])) == [])
        #expect(values(state, city) == ["Bern"])
    }

    // MARK: Joining

    @Test func editsOfDifferentFieldsMergeWithoutConflict() {
        var (left, right) = (made(), made())
        left.write(.text("Noor Khan"), to: name, dot: "a2", attribution: .by("amina"))
        right.write(.text("Bern"), to: city, dot: "b1", attribution: .by("bilal"))
        let joined = left.joined(with: right)
        #expect(values(joined, name) == ["Noor Khan"])
        #expect(values(joined, city) == ["Bern"])
    }

    @Test func anItemThatWasPutInAgainConcurrentlyToItsRemovalStaysBesideIt() {
        let tag = FieldKey(5, item: [1])
        var left = made()
        left.write(.text(""), to: tag, dot: "a2", attribution: .by("amina"))
        var right = left
        left.write(.absent, to: tag, dot: "a3", attribution: .by("amina"))
        right.write(.text(""), to: tag, dot: "b1", attribution: .by("bilal"))
        let contents = left.joined(with: right).siblings(of: tag).map(\.version.content)
        #expect(contents == [.absent, .text("")])
    }

    @Test func anErasureWinsOverAConcurrentEditOnBothSides() {
        var edited = made()
        edited.write(.text("Bern"), to: city, dot: "b1", attribution: .by("bilal"))
        let erasure = Erasure(dot: "a2", attribution: .by("amina", at: 5))
        let erased = RecordState(kind: 1, fields: [], context: "", erasure: erasure)
        for joined in [edited.joined(with: erased), erased.joined(with: edited)] {
            #expect(joined == erased)
            #expect(joined.life == .erased)
            #expect(joined.dots == ["a2"])
        }
    }

    @Test func theLaterOfTwoErasuresStays() {
        let (early, late) = (
            Erasure(dot: "b9", attribution: .by("bilal", at: 4)),
            Erasure(dot: "a1", attribution: .by("amina", at: 5))
        )
        let states = [early, late].map {
            RecordState(kind: 1, fields: [], context: "", erasure: $0)
        }
        #expect(states[0].joined(with: states[1]).erasure == late)
        #expect(states[1].joined(with: states[0]).erasure == late)
    }

    @Test func whatTheOtherSideHasForgottenCountsAsSeen() {
        // The sender dropped the absent item under a3 below its stable cut, context and all.
        let tag = FieldKey(5, item: [1])
        var mine = made()
        mine.write(.absent, to: tag, dot: "a3", attribution: .by("amina"))
        var theirs = made().complete(uid: uid)
        theirs.context = ""
        var kept = mine
        kept.join(theirs)
        #expect(kept.siblings(of: tag).count == 1)
        mine.join(theirs, theirForgotten: "a3 b2")
        #expect(mine.siblings(of: tag) == [])
        #expect(mine.context == "a3")
    }

    @Test func twoKindsOfOneRecordJoinToTheLowerNumber() {
        let states = [RecordState(kind: 2), RecordState(kind: 1)]
        #expect(states[0].joined(with: states[1]).kind == 1)
        #expect(states[1].joined(with: states[0]).kind == 1)
    }

    // MARK: Deltas

    @Test func aDeltaHasTheFieldsBeyondThePeersKnowledgeAndTheWholeContext() throws {
        var state = made()
        state.write(.text("Bern"), to: city, dot: "b1", attribution: .by("bilal"))
        let delta = try #require(state.delta(uid: uid, for: "a1"))
        #expect(delta.fields.map(\.key) == [city])
        #expect(delta.context == "a1 b1")
        #expect(!delta.isComplete)
        #expect(state.delta(uid: uid, for: "a1 b1") == nil)
        #expect(try #require(state.delta(uid: uid, for: "")).isComplete)
    }

    @Test func aRecordThatCameBackToLifeGoesWhole() throws {
        var state = made()
        state.delete(dot: "a2", attribution: .by("amina"))
        #expect(try #require(state.delta(uid: uid, for: "a1")).fields.map(\.key) == [.life])
        state.write(.alive, to: .life, dot: "b1", attribution: .by("bilal"))
        let delta = try #require(state.delta(uid: uid, for: "a2"))
        #expect(delta.isComplete)
        #expect(delta.fields == state.fields)
    }

    @Test func anErasureGoesUntilThePeerKnowsIt() throws {
        let erasure = Erasure(dot: "a2", attribution: .by("amina", at: 5))
        let state = RecordState(kind: 1, fields: [], context: "", erasure: erasure)
        let delta = try #require(state.delta(uid: uid, for: "a1"))
        #expect(delta.erasure == erasure)
        #expect(delta.isComplete)
        #expect(state.delta(uid: uid, for: "a2") == nil)
    }

    /// The case that made deltas of revived records whole: three replicas, a stable cut in between.
    @Test func aRecordThatWasDroppedAndMadeAgainEndsItsOldFieldsEverywhere() throws {
        var replicas = (["a", "b", "c"] as [ActorID]).map { ModelReplica(actor: $0) }
        func send(_ sender: Int, _ receiver: Int) {
            let base = replicas[receiver].knowledge
            var page = replicas[sender].page(for: base, after: 0, limit: 9)
            var needed = replicas[receiver].take(page)
            if let missing = needed, !missing.isEmpty {
                page = replicas[sender].page(
                    for: base,
                    after: page.cursor,
                    limit: 9,
                    needed: missing
                )
                needed = replicas[receiver].take(page)
            }
            #expect(needed == [])
            replicas[receiver].raiseKnowledge(to: page.knowledge)
        }
        func write(_ replica: Int, _ edits: ModelReplica.Edit...) {
            replicas[replica].commit(edits.map { (uid, $0) }, attribution: .by("amina"))
        }
        write(0, .write(.life, .alive), .write(name, .text("old")))
        send(0, 1)
        send(0, 2)
        write(1, .delete)
        write(2, .write(city, .text("Bern")), .write(FieldKey(40), .text("physics")))
        send(1, 0)
        send(1, 2)
        // The first two drop the record below the stable cut, and the second makes it again. The
        // third's edit, of which they do not know yet, brings the old name back to the first, and a
        // field that the second need not tell the first of.
        replicas[0].forget("a1 b1")
        replicas[1].forget("a1 b1")
        #expect(replicas[0].records.isEmpty && replicas[1].records.isEmpty)
        write(1, .write(.life, .alive), .write(city, .text("Oslo")))
        send(2, 0)
        #expect(values(try #require(replicas[0].records[uid]), name) == ["old"])
        send(2, 1)
        send(1, 0)
        send(1, 2)
        for replica in replicas {
            let state = try #require(replica.records[uid])
            #expect(values(state, name) == [])
            #expect(values(state, city) == ["Oslo", "Bern"])
            #expect(replica.fingerprint == replicas[0].fingerprint)
        }
    }
}

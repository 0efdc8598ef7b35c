import CausalHistory
import RecordModel
import TestSupport
import Testing

struct VisibilityTests {
    private let name = FieldKey(20)
    private let tag = FieldKey(5, item: [1])

    private func made() -> RecordState {
        var state = RecordState(kind: 1)
        state.write(.alive, to: .life, dot: "a1", attribution: .by("amina"))
        state.write(.text("Noor"), to: name, dot: "a1", attribution: .by("amina"))
        state.write(.text(""), to: tag, dot: "a1", attribution: .by("amina"))
        return state
    }

    @Test func aDeletionThatSawEverythingHides() {
        var state = made()
        #expect(state.life == .alive)
        state.delete(dot: "a2", attribution: .by("amina"))
        #expect(state.life == .deleted)
        #expect(state.isHidden)
        #expect(state.unwitnessed == [])
        #expect(state.digest(uid: RecordUID(7)) == Digest128(0))
    }

    @Test func aConcurrentEditContestsADeletion() {
        var (deleted, edited) = (made(), made())
        deleted.delete(dot: "a2", attribution: .by("amina"))
        edited.write(.text("Noor K."), to: name, dot: "b1", attribution: .by("bilal"))
        let joined = deleted.joined(with: edited)
        #expect(joined.life == .contested)
        #expect(!joined.isHidden)
        #expect(joined.unwitnessed == [name])
    }

    @Test func aConcurrentClearingContestsADeletionToo() {
        var (deleted, edited) = (made(), made())
        deleted.delete(dot: "a2", attribution: .by("amina"))
        edited.write(.cleared, to: name, dot: "b1", attribution: .by("bilal"))
        #expect(deleted.joined(with: edited).life == .contested)
    }

    @Test func takingAnItemOutConcurrentlyDoesNotContestADeletion() {
        var (deleted, edited) = (made(), made())
        deleted.delete(dot: "a2", attribution: .by("amina"))
        edited.write(.absent, to: tag, dot: "b1", attribution: .by("bilal"))
        #expect(deleted.joined(with: edited).life == .deleted)
    }

    @Test func twoDeletionsTogetherMayHaveSeenEverything() {
        var (left, right) = (made(), made())
        left.write(.text("Noor K."), to: name, dot: "a2", attribution: .by("amina"))
        left.delete(dot: "a3", attribution: .by("amina"))
        right.write(.text("Noor Q."), to: name, dot: "b1", attribution: .by("bilal"))
        right.delete(dot: "b2", attribution: .by("bilal"))
        let joined = left.joined(with: right)
        #expect(joined.siblings(of: name).count == 2)
        #expect(joined.siblings(of: .life).count == 2)
        #expect(joined.life == .deleted)
    }

    @Test func anUndeletionConcurrentToADeletionContestsIt() {
        var state = made()
        state.delete(dot: "a2", attribution: .by("amina"))
        var revived = state
        revived.write(.alive, to: .life, dot: "b1", attribution: .by("bilal"))
        #expect(revived.life == .alive)
        state.write(.alive, to: .life, dot: "a3", attribution: .by("amina"))
        state.delete(dot: "a4", attribution: .by("amina"))
        #expect(state.joined(with: revived).life == .contested)
    }

    @Test func aVariantThatTheDeleterDidNotSeeContestsADeletion() {
        // The actor's second event was written twice, after a copied laptop: one dot, two values.
        var (deleted, forked) = (made(), made())
        deleted.write(.text("x"), to: name, dot: "a2", attribution: .by("amina"))
        deleted.delete(dot: "b1", attribution: .by("bilal"))
        forked.write(.text("y"), to: name, dot: "a2", attribution: .by("amina"))
        #expect(deleted.life == .deleted)
        #expect(deleted.joined(with: forked).life == .contested)
    }

    @Test func deletionInTheTransactionOfAnEditSeesIt() {
        var state = made()
        state.write(.text("Noor K."), to: name, dot: "a2", attribution: .by("amina"))
        state.delete(dot: "a2", attribution: .by("amina"))
        #expect(state.life == .deleted)
    }
}

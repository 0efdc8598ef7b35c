#if SWITCHABLE_RULES
import Synchronization
#endif

/// The rules on which nothing being lost rests, by name.
///
/// Each can be switched off in a debug build of this package, so that the simulator shows that it would
/// notice (`make mutate`). In a release build, and where the trait `MutationCheck` is not enabled, a rule
/// is a constant and the switch does not exist.
///
/// Spec: `Protocol/spec/03-merge.md`, `04-proof.md`, `05-sync.md`.
@usableFromInline
package enum Rule: Int, CaseIterable, Sendable {
    // Merging (03).

    /// A version goes where the other side's context covers it.
    case contextSupersedes
    /// The versions of a dot that was used twice all stay.
    case variantsStay
    /// A delta brings its whole context, in one step.
    case contextWithDelta
    /// Clocks never decide what is kept.
    case clocksNeverDecide
    /// Removing and clearing write a version, so that each supersession has a live witness.
    case removalIsWritten
    /// A record is hidden only if a deletion saw all that it holds.
    case deletionSawAll
    /// Items that were taken out do not keep a deleted record visible.
    case absenceNeedsNoWitness
    /// An erasure wins over every other state.
    case erasureWins
    /// A record that is not held is made from a complete delta only.
    case wholeBeforeParts
    /// A delta is for the knowledge that the peer stated, never for its page as well.
    case deltaForStatedKnowledge

    // Giving up below the stable cut (03 §8, 05 §8).

    /// What a store has forgotten counts as seen by both sides of a join.
    case forgottenCountsAsSeen
    /// A record that is not held joins with the empty context, whatever was forgotten.
    case emptyContextWhereNotHeld
    /// A delta of which every dot is known does not make a record again that was dropped.
    case droppedStaysKnown
    /// A store forgets only what its own knowledge covers.
    case cutIsKnown
    /// The stable cut waits for every active replica.
    case cutWaitsForAll
    /// The other side's newer cut is applied before its page is merged.
    case cutBeforePage
    /// Who lacks what the other has forgotten is told which records there are.
    case lateReturnIsTold
    /// On a late return, what the other side knew and lacks goes.
    case knownGoesOnLateReturn
    /// On a late return, a record with anything that was never sent stays whole.
    case unsentStaysOnLateReturn
    /// What a desk that is gone had pushed without an end is written again by headquarters.
    case goneDeskIsTakenOver

    // Exchanges (05).

    /// Knowledge is raised after the last page only.
    case raisedAfterLastPage
    /// Knowledge is not raised while a record is asked for whole.
    case raisedWhenNothingIsNeeded
    /// Of another's changes, a desk raises headquarters' knowledge only as far as these were taken.
    case raisedAsFarAsVouched
    /// After a record was left out no page of the exchange is the last.
    case leftOutHoldsBack
    /// A record that headquarters left out is met again.
    case leftOutIsMetAgain
    /// A record that is still needed whole is met again.
    case neededIsMetAgain
    /// A token is good in the incarnation of the store that gave it.
    case tokenIsOfThisStore
    /// A token's number stands beside the sequence, which another history reaches with another number.
    case numberBesideSequence
    /// Raising the knowledge moves the sequence.
    case raisingMovesSequence

    // Going back in time (04 §3).

    /// No page is taken without a comparison of the chains.
    case comparisonBeforePages
    /// The digest of each transaction travels, not that of the last one alone.
    case digestOfEachTransaction
    /// Two histories of one actor are set apart.
    case historiesAreSetApart
    /// The history with the greater digest is the one that is renamed, wherever they meet.
    case greaterDigestIsRenamed
    /// A branch is named from the root.
    case namedFromTheRoot
    /// An actor that others know more of than its owner, or otherwise, is given up.
    case strangeActorIsGivenUp
    /// A headquarters that went back takes each desk's changes from all.
    case relaysAfterARestore
}

#if SWITCHABLE_RULES
extension Rule {
    private static let off = Atomic<Int>(-1)

    /// Whether the rule holds.
    @usableFromInline package var holds: Bool {
        Self.off.load(ordering: .relaxed) != rawValue
    }

    /// Runs a body without the rule, which is then switched off for the whole process.
    package func switchedOff<Result>(_ body: () throws -> Result) rethrows -> Result {
        Self.off.store(rawValue, ordering: .relaxed)
        defer { Self.off.store(-1, ordering: .relaxed) }
        return try body()
    }
}
#else
extension Rule {
    /// Whether the rule holds, which it does.
    @inlinable package var holds: Bool { true }
}
#endif

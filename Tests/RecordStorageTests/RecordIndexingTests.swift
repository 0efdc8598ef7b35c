import CausalHistory
import RecordModel
import TestSupport
import Testing

@testable import RecordStorage

/// What the indexes hold of records before and after a change, which is read in one walk.
struct RecordIndexingTests {
    private let indexing = RecordIndexing(schema: .builtIn)
    private static let texts = [
        "Ayesha MALIK", "Grüße", "王小明", "محمد", "a@b.org", "\n\u{5}a@b.o", "ber-7", "12", "",
    ]

    /// Writes into a few fields of a contact, or deletes it.
    private func change(
        _ state: inout RecordState,
        counter: UInt64,
        _ random: inout SeededGenerator
    ) {
        let dot = Dot(ActorID(UInt128(1 + random.below(2))), counter)
        let attribution = Attribution(time: HybridTime(milliseconds: counter), author: "amina")
        if random.chance(10) {
            state.delete(dot: dot, attribution: attribution)
            return
        }
        guard let fields = Schema.builtIn.kind(number: state.kind)?.fields else { return }
        for _ in 0..<random.below(6) {
            let field = fields[random.below(fields.count)]
            let text = Array(Self.texts[random.below(Self.texts.count)].utf8)
            let key = FieldKey(field.number, item: field.isRegister ? [] : text)
            let content: Content = random.chance(15) ? .absent : .value(text)
            state.write(content, to: key, dot: dot, attribution: attribution)
        }
    }

    @Test(arguments: Seeds.first(40))
    func aChangeIsReadAsItsTwoStatesAre(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var old = RecordState(kind: 1)
        change(&old, counter: 1, &random)
        for counter in 2..<12 as Range<UInt64> {
            var new = old
            change(&new, counter: counter, &random)
            if random.chance(10) { new.join(RecordState(kind: 1).complete(uid: RecordUID(1))) }
            let both = indexing.entries(replacing: old, with: new)
            #expect(both.before == indexing.entry(of: old))
            #expect(both.after == indexing.entry(of: new))
            old = new
        }
    }

    @Test func aRecordOfAnotherKindIsReadByItsOwnFields() throws {
        let kinds = Schema.builtIn.kinds.prefix(2)
        let (lower, upper) = (try #require(kinds.first), try #require(kinds.last))
        var random = SeededGenerator(seed: 3)
        var old = RecordState(kind: upper.number)
        change(&old, counter: 1, &random)
        change(&old, counter: 2, &random)
        let new = RecordState(
            kind: lower.number,
            fields: old.fields,
            context: old.context
        )
        let both = indexing.entries(replacing: old, with: new)
        #expect(both.before == indexing.entry(of: old))
        #expect(both.after == indexing.entry(of: new))
    }
}

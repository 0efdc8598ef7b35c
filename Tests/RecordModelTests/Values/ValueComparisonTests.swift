import RecordModel
import Testing

struct ValueComparisonTests {
    @Test(arguments: [
        (ValueType.int, "-5", "14", ValueOrder.before), (.int, "14", "14", .same),
        (.bool, "false", "true", .before), (.date, "2026-03-14", "2026-03-15", .before),
        (.date, "2026-01-15", "2026-02", .before), (.date, "2026-01-15", "2026-01", .overlapping),
        (.edtf, "2018/..", "2017", .after), (.edtf, "1985", "1985~", .same),
        (.instant, "2026-03-14T09:12:00Z", "2026-03-14T09:12:00.5Z", .before),
        (.instant, "2026-03-14T09:12:00Z", "2026-03-14", .overlapping),
        (.instant, "2026-03-15T00:00:00Z", "2026-03-14", .after),
        (.instant, "2026-03-14T23:59:59.999999999Z", "2026-03-15", .before),
        (.instant, "2026-03-14T00:00:00Z", "2025-01/..", .overlapping),
        (.money, "EUR 10.00", "EUR 9.00", .after), (.money, "EUR -1.00", "EUR 0.50", .before),
        (.enumeration(["PUBLIC", "RESTRICTED"]), "PUBLIC", "RESTRICTED", .before),
        (.text, "Émile", "emile", .same), (.text, "apple", "Berlin", .before),
    ])
    func valuesCompareByTheirMeaning(
        type: ValueType,
        left: String,
        right: String,
        order: ValueOrder
    ) {
        #expect(type.order(Array(left.utf8), Array(right.utf8)) == order)
        let reversed: ValueOrder =
            switch order {
            case .before: .after
            case .after: .before
            default: order
            }
        #expect(type.order(Array(right.utf8), Array(left.utf8)) == reversed)
        #expect(type.order(Array(left.utf8), Array(left.utf8)) == .same)
    }

    @Test(arguments: [
        (ValueType.money, "EUR 1.00", "USD 1.00"), (.int, "x", "1"), (.date, "soon", "2026-01-01"),
        (.enumeration(["a", "b"]), "a", "c"), (.instant, "noon", "2026"),
    ])
    func whatHasNoCommonOrderIsNotCompared(type: ValueType, left: String, right: String) {
        #expect(type.order(Array(left.utf8), Array(right.utf8)) == nil)
    }

    @Test(arguments: [
        (ValueType.text, "Max  Delbrück Center", "max delbrück center"),
        (.email, "A@b.org", "a@B.ORG"), (.phone, "call  Bilal", "Call Bilal"),
        (.url, "https://x.org/", "https://x.org"), (.longtext, "a\nb", "A b"),
    ])
    func valuesThatMeanTheSameHaveOneNormalForm(type: ValueType, left: String, right: String) {
        #expect(type.normalForm(Array(left.utf8)) == type.normalForm(Array(right.utf8)))
    }

    @Test func valuesThatDifferKeepTheirNormalForms() {
        #expect(ValueType.text.normalForm(Array("José".utf8)) != Array("jose".utf8))
        #expect(ValueType.date.normalForm(Array("2026-03-14".utf8)) == Array("2026-03-14".utf8))
    }

    @Test func restrictionsAreOrdered() {
        let label = ValueType.enumeration(["PUBLIC", "INTERNAL", "PERSONAL", "RESTRICTED"])
        #expect(label.isStricter(Array("RESTRICTED".utf8), than: Array("PERSONAL".utf8)))
        #expect(!label.isStricter(Array("PUBLIC".utf8), than: Array("INTERNAL".utf8)))
        #expect(ValueType.bool.isStricter(Array("true".utf8), than: Array("false".utf8)))
        #expect(!ValueType.bool.isStricter(Array("true".utf8), than: Array("true".utf8)))
    }
}

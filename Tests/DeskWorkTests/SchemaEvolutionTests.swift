import CausalHistory
import DeskWork
import Foundation
import RecordModel
import RecordStorage
import TestSupport
import Testing

/// A desk of an earlier schema works on what a desk of a later one wrote.
struct SchemaEvolutionTests {
    /// The desk of the later schema.
    private let later: TestDesk
    /// The desk of the earlier one.
    private let earlier: TestDesk

    init() throws {
        later = try TestDesk("LON", seed: 1, schema: .later)
        earlier = try TestDesk("BER", seed: 2)
    }

    private static let grant = #"{"name":"Tea","year":"2026-01-02","amount":"EUR 5.00"}"#

    /// A contact with a value of each kind that the earlier schema does not know.
    private func contact(_ name: String = "Dr Ayesha Malik") throws -> String {
        try later.add(
            in: "all-missions",
            "preferred_name=\(name)",
            "liaison=Bilal Qureshi",
            "nicknames+=Ash",
            "nicknames+=Aish",
            "grants+=\(Self.grant)",
            "remarks+=called back",
            "standing=honorary",
            "handling=SECRET",
            #"languages+={"lang":"ur","level":"c1","tested":"2026-02-03"}"#
        ).id
    }

    /// The cells of a record that the earlier schema does not know, by their bytes.
    private func unknownCells(_ id: String, at desk: Desk) throws -> [FieldEntry] {
        let uid = try desk.show(id).uid
        return try desk.store.read { reader in
            try reader.parts(of: uid).flatMap(\.state.fields).filter { $0.key.number > 53 }
        }
    }

    private func json(_ desk: TestDesk, _ id: String) throws -> JSONValue {
        try desk.desk.show(id).json()
    }

    @Test func whatIsNotKnownIsShownWithItsBytes() throws {
        let id = try contact()
        try exchange(later.desk, earlier.desk)
        let view = try earlier.desk.show(id)
        let fields = try #require(view.json()["fields"])
        #expect(fields["#54"]?.string == Data("Bilal Qureshi".utf8).base64EncodedString())
        #expect(
            fields["#55"]?.array?.map { $0["item"]?.string }
                == ["Aish", "Ash"].map {
                    Data($0.utf8).base64EncodedString()
                }
        )
        #expect(view.field("#54")?.text == "Bilal Qureshi")
        #expect(view.field("#56")?.text == "#1=Tea #2=2026-01-02 #3=EUR 5.00")
        #expect(view.field("#58")?.text == "#1=called back")
        // Words and parts that are new stand where they are.
        #expect(fields["standing"] == .string("honorary"))
        #expect(view.handling == "SECRET")
        #expect(view.field("languages")?.text == "ur level=c1 #3=2026-02-03")
    }

    @Test func whatIsNotKnownIsFoundAndListed() throws {
        let id = try contact()
        let body = try later.add(
            kind: "treaty_body",
            in: "all-missions",
            "name=Water Commission",
            "seat=Geneva"
        )
        try exchange(later.desk, earlier.desk)
        for (word, field) in [("qureshi", "#54"), ("aish", "#55"), ("tea", "#56")] {
            let found = try earlier.desk.find(word)
            #expect(found.map(\.id) == [id])
            #expect(found.first?.field == field)
            #expect(found.first?.snippet.contains { $0.isMatch } == true)
        }
        let found = try earlier.desk.find("geneva")
        #expect(found.map(\.id) == [body.id])
        #expect(found.first?.kindName == "#17")
        #expect(found.first?.title == "Water Commission")
        let list = try earlier.desk.list(kind: "#17", where: ["#21~gene"])
        #expect(list.map(\.id) == [body.id])
        #expect(list[0].cell("#21") == "Geneva")
        #expect(try earlier.desk.list(kind: "#17", where: ["#21=Bern"]).isEmpty)
        #expect(try earlier.desk.list(kind: "contact", where: ["#55=Ash"]).map(\.id) == [id])
        #expect(try earlier.desk.list(kind: "contact", where: ["not #55=Ash"]).isEmpty)
        #expect(try earlier.desk.list(kind: "contact", where: ["#99"]).isEmpty)
        #expect(try earlier.desk.show(body.id).json()["kind"] == .string("#17"))
    }

    /// The law: whatever an earlier desk does to a record, what it does not know stays bit for bit.
    @Test func editsOfTheEarlierDeskChangeNothingThatItDoesNotKnow() throws {
        let id = try contact()
        try exchange(later.desk, earlier.desk)
        let before = try unknownCells(id, at: earlier.desk)
        #expect(before.count == 5)
        try earlier.set(id, "city=Berlin", "tags+=new", "handling=RESTRICTED")
        try earlier.set(id, "languages[ur].level=c2")
        let form = try earlier.desk.form(of: id)
        #expect(form.text.contains("# #54: Bilal Qureshi"))
        _ = try earlier.desk.apply(
            form.text.replacing("city: Berlin", with: "city: Bonn"),
            to: form
        )
        let change = try #require(try earlier.set(id, "city=Kiel").change)
        _ = try earlier.desk.undo(change)
        _ = try earlier.desk.delete(id)
        _ = try earlier.desk.undelete(id)
        #expect(try unknownCells(id, at: earlier.desk) == before)
        try exchange(earlier.desk, later.desk)
        #expect(try unknownCells(id, at: later.desk) == before)
        let view = try later.desk.show(id)
        #expect(view.field("liaison")?.text == "Bilal Qureshi")
        #expect(view.field("city")?.text == "Bonn")
        // The part that it does not know goes with the item that it changed.
        let language = try #require(view.json()["fields"]?["languages"]?.array?.first)
        #expect(language["level"] == .string("c2"))
        #expect(language["tested"] == .string("2026-02-03"))
    }

    @Test func anUnknownFieldCannotBeTyped() throws {
        let id = try contact()
        try exchange(later.desk, earlier.desk)
        let add = #expect(throws: DeskError.self) {
            try earlier.add(kind: "#17", "tags+=a")
        }
        #expect(add?.code == .unknownKind)
        #expect(throws: DeskError.self) { try earlier.desk.history(id, field: "liaison") }
        #expect(try earlier.desk.history(id, field: "#54").map(\.newText) == ["Bilal Qureshi"])
    }

    @Test func recordsOfAnUnknownKindAreLabelledAndDeleted() throws {
        let id = try later.add(
            kind: "treaty_body",
            in: "all-missions",
            "name=Water Commission"
        ).id
        try exchange(later.desk, earlier.desk)
        try earlier.set(id, "tags+=rivers", "handling=RESTRICTED")
        #expect(try earlier.desk.show(id).handling == "RESTRICTED")
        try exchange(earlier.desk, later.desk)
        #expect(try later.text(id, "tags") == "rivers")
        #expect(try later.text(id, "name") == "Water Commission")
        let change = try #require(try earlier.desk.delete(id).change)
        #expect(try earlier.desk.list(kind: "#17").isEmpty)
        _ = try earlier.desk.undo(change)
        #expect(try earlier.desk.list(kind: "#17").map(\.id) == [id])
    }

    @Test func aConflictInAnUnknownFieldIsDecidedByNumber() throws {
        let other = try TestDesk("GVA", seed: 3, schema: .later)
        let id = try contact()
        try exchange(later.desk, other.desk)
        try exchange(later.desk, earlier.desk)
        try later.set(id, "liaison=One", "grants[Tea].amount=EUR 6.00")
        try other.set(id, "liaison=Two", "grants[Tea].amount=EUR 7.00")
        try exchange(later.desk, earlier.desk)
        try exchange(other.desk, earlier.desk)
        let conflicts = try earlier.desk.conflicts(of: id)
        #expect(conflicts.map(\.field) == ["#54", "#56"])
        let texts = conflicts[0].siblings.map(\.text)
        #expect(texts.sorted() == ["One", "Two"])
        #expect(conflicts[0].base?.text == "Bilal Qureshi")
        #expect(try earlier.desk.conflictCount() == 2)
        #expect(try earlier.desk.conflicts(field: "#54").count == 1)
        let typed = #expect(throws: DeskError.self) {
            try earlier.desk.resolve(id, "#54", .value("Three"))
        }
        #expect(typed?.code == .unknownField)
        _ = try earlier.desk.resolve(id, "#54", .take(2))
        let item = try #require(conflicts[1].item)
        let amounts = conflicts[1].siblings
        _ = try earlier.desk.resolve(id, "#56[\(item)]", .take(1))
        #expect(try earlier.desk.conflicts().isEmpty)
        #expect(try earlier.desk.reviewItems().isEmpty)
        try exchange(earlier.desk, later.desk)
        #expect(try later.text(id, "liaison") == texts[1])
        let taken = amounts[0].text.contains("EUR 6.00") ? "EUR 6.00" : "EUR 7.00"
        #expect(try later.text(id, "grants")?.contains(taken) == true)
    }

    @Test(arguments: ["jsonl", "csv"]) func anExportReadsBackWithWhatIsNotKnown(
        ending: String
    ) throws {
        let id = try contact()
        try exchange(later.desk, earlier.desk)
        let format: ExportFormat = ending == "csv" ? .csv : .jsonl
        func export(_ desk: TestDesk) throws -> String {
            var bytes: [UInt8] = []
            _ = try desk.desk.export(kind: "contact", format: format, scope: .whole) { bytes += $0 }
            return String(decoding: bytes, as: UTF8.self)
        }
        let text = try export(earlier)
        let file = try earlier.file("out.\(ending)", text)
        let before = try unknownCells(id, at: earlier.desk)
        var options = ImportOptions(files: [file])
        options.kind = ending == "csv" ? "contact" : nil
        options.space = "all-missions"
        let again = try earlier.desk.importFiles(options)
        #expect(again.refused.isEmpty, "\(again.refused)")
        #expect(again.unchanged == 1)
        #expect(try unknownCells(id, at: earlier.desk) == before)

        // A desk of the later schema that holds nothing of it takes the values for what they are.
        let fresh = try TestDesk("GVA", seed: 4, schema: .later)
        let here = try fresh.file("out.\(ending)", text)
        options.files = [here]
        let taken = try fresh.desk.importFiles(options)
        #expect(taken.created == 1, "\(taken.refused)")
        let made = try #require(try fresh.desk.list(kind: "contact").first)
        #expect(made.field("liaison")?.text == "Bilal Qureshi")
        #expect(made.field("nicknames")?.text == "Aish; Ash")
        #expect(made.field("grants")?.text.contains("EUR 5.00") == true)
        #expect(made.field("standing")?.text == "honorary")

        // An earlier one keeps them, where they cannot be read by all.
        let third = try TestDesk("PAR", seed: 5)
        options.files = [
            try third.file(
                "out.\(ending)",
                text.replacing("honorary", with: "active").replacing("SECRET", with: "RESTRICTED")
            )
        ]
        let kept = try third.desk.importFiles(options)
        #expect(kept.created == 1, "\(kept.refused)")
        let held = try #require(try third.desk.list(kind: "contact").first)
        #expect(held.field("#54")?.text == "Bilal Qureshi")
        #expect(held.field("#54")?.values.map(\.space.text) == ["par"])
    }

    @Test func aCardGivesBackWhatIsNotKnown() throws {
        _ = try later.add(
            in: "all-missions",
            "preferred_name=Hina Raza",
            "liaison=Bilal Qureshi",
            "nicknames+=Ash"
        )
        try exchange(later.desk, earlier.desk)
        var bytes: [UInt8] = []
        _ = try earlier.desk.export(format: .vcard) { bytes += $0 }
        let fresh = try TestDesk("GVA", seed: 4, schema: .later)
        let file = try fresh.file("card.vcf", String(decoding: bytes, as: UTF8.self))
        #expect(try fresh.desk.importFiles(ImportOptions(files: [file])).created == 1)
        let made = try #require(try fresh.desk.list(kind: "contact").first)
        #expect(made.field("liaison")?.text == "Bilal Qureshi")
        #expect(made.field("nicknames")?.text == "Ash")
    }

    @Test func recordsOfAnUnknownKindAreCarriedByAFile() throws {
        let id = try later.add(
            kind: "treaty_body",
            in: "all-missions",
            "name=Water Commission",
            #"members+={"contact":"A. Guest","role":"chair"}"#
        ).id
        try exchange(later.desk, earlier.desk)
        var bytes: [UInt8] = []
        _ = try earlier.desk.export(kind: "#17", format: .jsonl) { bytes += $0 }
        let text = String(decoding: bytes, as: UTF8.self)
        let same = try earlier.desk.importFiles(
            ImportOptions(files: [earlier.file("out.jsonl", text)])
        )
        #expect(same.unchanged == 1, "\(same)")
        let third = try TestDesk("PAR", seed: 5)
        let taken = try third.desk.importFiles(
            ImportOptions(files: [third.file("out.jsonl", text)])
        )
        #expect(taken.created == 1, "\(taken)")
        let there = try #require(try third.desk.list(kind: "#17").first)
        #expect(there.title == "Water Commission")
        #expect(there.handling == "INTERNAL")
        #expect(there.field("#22")?.json == (try earlier.desk.show(id).field("#22")?.json))
        // Without a label it begins with the strictest.
        let bare = text.replacing(#""handling":"INTERNAL","#, with: "")
            .replacing(there.uid.description, with: "00000000000000aa")
        let other = try third.desk.importFiles(
            ImportOptions(files: [third.file("bare.jsonl", bare)])
        )
        #expect(other.created == 1, "\(other)")
        #expect(try third.desk.show("00000000000000aa").handling == "RESTRICTED")
    }

    @Test func aValueThatIsNotAcceptedIsOnlyPassedOverWhereItStands() throws {
        let id = try contact()
        try exchange(later.desk, earlier.desk)
        let uid = try earlier.desk.show(id).uid
        func row(_ standing: String) -> String {
            #"{"kind":"contact","uid":"\#(uid)","fields":{"standing":"\#(standing)","city":"Bonn"}}"#
        }
        let file = try earlier.file(
            "rows.jsonl",
            [row("honorary"), row("eminent")].joined(separator: "\n")
        )
        let summary = try earlier.desk.importFiles(ImportOptions(files: [file]))
        #expect(summary.refused.map(\.line) == [2])
        #expect(summary.updated == 1)
        #expect(try earlier.text(id, "standing") == "honorary")
        #expect(try earlier.text(id, "city") == "Bonn")
    }

    @Test func aMergeOfRecordsTakesWhatIsNotKnownOver() throws {
        let keep = try later.add(in: "all-missions", "preferred_name=Ayesha Malik", "liaison=One")
            .id
        let other = try contact()
        try exchange(later.desk, earlier.desk)
        let result = try earlier.desk.merge(keep, other)
        #expect(result.taken.map(\.field).contains("#55"))
        #expect(result.differences.map(\.field).contains("#54"))
        try exchange(earlier.desk, later.desk)
        #expect(try later.text(keep, "nicknames") == "Aish; Ash")
        #expect(try later.text(keep, "liaison") == "One")
        _ = try earlier.desk.unmerge(other)
        try exchange(earlier.desk, later.desk)
        #expect(try later.text(keep, "nicknames") == nil)
        #expect(try later.text(other, "nicknames") == "Aish; Ash")
    }

    @Test func aLabelThatIsNotKnownIsNotLetOut() throws {
        _ = try contact()
        _ = try later.add(in: "all-missions", "preferred_name=Hina Raza")
        try exchange(later.desk, earlier.desk)
        var bytes: [UInt8] = []
        let outcome = try earlier.desk.export(format: .vcard) { bytes += $0 }
        #expect(outcome.written == 1)
        #expect(outcome.withheld.counts.map(\.reason) == ["labelled SECRET"])
        #expect(!String(decoding: bytes, as: UTF8.self).contains("Malik"))
    }

    @Test func afterTheUpgradeEverythingIsKnown() throws {
        let id = try contact()
        let body = try later.add(kind: "treaty_body", in: "all-missions", "name=Water Commission")
            .id
        try exchange(later.desk, earlier.desk)
        try earlier.set(id, "city=Bonn")
        let path = earlier.desk.store.path
        try earlier.desk.store.close()
        let desk = try Desk(store: ReplicaStore(opening: path, schema: .later), officer: "H. Raza")
        let view = try desk.show(id)
        #expect(view.field("liaison")?.text == "Bilal Qureshi")
        #expect(view.field("background") == nil)
        #expect(view.fields.allSatisfy { $0.field != nil })
        #expect(try desk.show(body).kindName == "treaty_body")
        #expect(try desk.find("qureshi").first?.field == "liaison")
        #expect(try desk.list(kind: "treaty_body").map(\.title) == ["Water Commission"])
        #expect(try desk.doctor().isOK)
        _ = try desk.set(id, [#require(FieldAssignment("liaison=Hina Raza"))])
        #expect(try desk.show(id).field("liaison")?.text == "Hina Raza")
    }
}

import CausalHistory
import DeskWork
import RecordModel
import RecordStorage
import TestSupport
import Testing

/// What headquarters takes back is put before who wrote it.
struct RefusalTests {
    private let author: TestDesk
    private let headquarters: TestDesk
    private let id: String

    init() throws {
        author = try TestDesk("BER", seed: 1)
        headquarters = try TestDesk("HQ", seed: 2)
        id = try author.add(
            in: "all-missions",
            "preferred_name=Ayesha Malik",
            "country_of_residence=DE"
        ).id
    }

    private func write(_ text: String, at desk: TestDesk, refusing: Bool = false) throws {
        let uid = try desk.desk.show(id).uid
        let step = RecordEdit.Step.write(FieldKey(33), .value(Array(text.utf8)))
        try desk.desk.store.write { writer in
            _ = try writer.commit(
                [RecordEdit(uid: uid, kind: 1, steps: [step])],
                in: .allMissions,
                attribution: Attribution(
                    time: writer.nextTime(),
                    author: refusing ? "headquarters" : "H. Raza",
                    reason: refusing ? .refusal : .edit,
                    note: refusing ? "not a value of country_of_residence" : ""
                )
            )
        }
    }

    /// Writes what no schema allows, and lets headquarters take it back.
    private func refuse(_ text: String) throws {
        try write(text, at: author)
        try send(from: author.desk, to: headquarters.desk)
        try write("DE", at: headquarters, refusing: true)
        try send(from: headquarters.desk, to: author.desk)
    }

    @Test func theAuthorSeesWhatWasTakenBackAndWhy() throws {
        try refuse("nowhere")
        let refused = try author.desk.refusedEdits()
        #expect(refused.map(\.field) == ["country_of_residence"])
        #expect(refused[0].refusal == "not a value of country_of_residence")
        #expect(refused[0].siblings.map(\.text) == ["DE", "nowhere"])
        #expect(refused[0].base?.text == "DE")
        #expect(refused[0].json["refusal"] == .string("not a value of country_of_residence"))
        #expect(try author.desk.reviewItems().map(\.conflict.refusal) == [refused[0].refusal])
        // It is no conflict, and nobody else's business.
        #expect(try author.desk.conflicts().isEmpty)
        #expect(try author.desk.conflictCount() == 0)
        #expect(try headquarters.desk.refusedEdits().isEmpty)
        #expect(try author.text(id, "country_of_residence") == "DE")
    }

    @Test func aDecisionEndsIt() throws {
        try refuse("nowhere")
        _ = try author.desk.resolve(id, "country_of_residence", .take(1))
        #expect(try author.desk.refusedEdits().isEmpty)
        #expect(try author.text(id, "country_of_residence") == "DE")
        try refuse("elsewhere")
        _ = try author.desk.resolve(id, "country_of_residence", .value("FR"))
        #expect(try author.desk.reviewItems().isEmpty)
        #expect(try author.text(id, "country_of_residence") == "FR")
        try refuse("beyond")
        // An ordinary edit is a decision too.
        try author.set(id, "country_of_residence=GB")
        #expect(try author.desk.refusedEdits().isEmpty)
    }

    @Test func aDecisionThatIsTakenBackIsOpenAgain() throws {
        try refuse("nowhere")
        let decision = try author.desk.resolve(id, "country_of_residence", .value("FR"))
        _ = try author.desk.undo(try #require(decision.change))
        let open = try author.desk.refusedEdits()
        #expect(open.map { $0.siblings.map(\.text) } == [["DE", "nowhere"]])
        _ = try author.desk.resolve(id, "country_of_residence", .value("GB"))
        #expect(try author.desk.refusedEdits().isEmpty)
    }

    @Test func whatIsInConflictTooIsDecidedOnce() throws {
        try write("nowhere", at: author)
        try send(from: author.desk, to: headquarters.desk)
        try write("DE", at: headquarters, refusing: true)
        try write("FR", at: author)
        try send(from: headquarters.desk, to: author.desk)
        #expect(try author.desk.conflicts().map(\.field) == ["country_of_residence"])
        #expect(try author.desk.reviewItems().count == 1)
    }

    @Test func withoutRefusalsNothingIsRead() throws {
        #expect(try author.desk.refusedEdits().isEmpty)
        #expect(throws: DeskError.self) {
            try author.desk.resolve(id, "country_of_residence", .take(1))
        }
    }
}

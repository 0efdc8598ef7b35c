import DeskWork
import RecordModel
import RecordStorage
import TestSupport
import Testing

/// What no other replica would take is refused where it is written.
struct BoundTests {
    private let long = String(repeating: "x", count: ContentLimits.valueBytes + 1)

    @Test func aValueThatCouldNotTravelIsRefused() throws {
        let test = try TestDesk()
        _ = try test.add("preferred_name=A")
        #expect(throws: DeskError.self) { try test.set("ber-1", "expertise_summary=\(long)") }
        #expect(throws: DeskError.self) {
            try test.set("ber-1", "tags+=\(long.prefix(ContentLimits.itemBytes + 1))")
        }
        try test.set("ber-1", "expertise_summary=\(long.dropLast())")
        #expect(try test.text("ber-1", "expertise_summary")?.utf8.count == long.utf8.count - 1)
    }

    @Test func aFieldOfMoreItemsThanAnybodyGivesIsRefused() throws {
        let test = try TestDesk()
        let lines = [ContentLimits.inputItems + 1, 3].map { count in
            let tags = (0..<count).map { "\"\($0)\"" }.joined(separator: ",")
            return #"{"kind":"contact","fields":{"preferred_name":"P\#(count)","tags":[\#(tags)]}}"#
        }
        let file = try test.file("people.jsonl", lines.joined(separator: "\n"))
        let summary = try test.desk.importFiles(ImportOptions(files: [file]))
        #expect(summary.created == 1)
        #expect(summary.refused.map(\.line) == [1])
    }

    @Test(arguments: [".", "..", "preferred_name.", ".value=1", "not", "((((", "a.b.c"])
    func whatIsNoConditionIsRefused(_ condition: String) throws {
        let test = try TestDesk()
        #expect(throws: DeskError.self) {
            try test.desk.list(kind: "contact", where: [condition])
        }
    }

    @Test func conditionsNestAndAreJoinedAsFarAsPeopleWrite() throws {
        let test = try TestDesk()
        _ = try test.add("preferred_name=A")
        func list(_ condition: String) throws -> Int {
            try test.desk.list(kind: "contact", where: [condition]).count
        }
        let group = "(preferred_name=A)"
        let many = Array(repeating: group, count: 500)
        #expect(try list(many.joined(separator: " and ")) == 1)
        let deep = String(repeating: "not (", count: 20) + group + String(repeating: ")", count: 20)
        #expect(try list(deep) == 1)
        for part in ["not ", "(", "not ("] {
            let error = #expect(throws: DeskError.self) {
                try list(String(repeating: part, count: 30_000) + group)
            }
            #expect(error?.message.contains("nest too deep") == true)
        }
    }

    @Test func aRowOfAnImportThatIsTooLongIsRefusedAndTheOthersComeIn() throws {
        let test = try TestDesk()
        let lines = [long, "short"].enumerated().map { number, text in
            #"{"kind":"contact","fields":{"preferred_name":"P\#(number)","expertise_summary":"\#(text)"}}"#
        }
        let file = try test.file("people.jsonl", lines.joined(separator: "\n"))
        let summary = try test.desk.importFiles(ImportOptions(files: [file]))
        #expect(summary.created == 1)
        #expect(summary.refused.map(\.line) == [1])
    }

    @Test func anOfficerWithTooLongANameIsRefused() throws {
        let test = try TestDesk()
        let name = String(repeating: "n", count: ContentLimits.authorBytes + 1)
        #expect(throws: DeskError.self) { try test.desk.configure(.officer, name) }
        #expect(throws: DeskError.self) {
            try DeskSetup.create(at: test.directory.path("x"), desk: "LON", officer: name)
        }
    }

    @Test func aProgramThatEmbedsAReplicaMeetsTheSameBound() throws {
        let test = try TestDesk()
        let bytes = [UInt8](repeating: 0x78, count: ContentLimits.valueBytes + 1)
        #expect(throws: StoreError.self) {
            try test.desk.store.write { writer in
                try writer.commit(
                    [
                        RecordEdit(
                            uid: RecordUID(7),
                            kind: 1,
                            steps: [.write(FieldKey(2), .value(bytes))]
                        )
                    ],
                    in: .allMissions,
                    attribution: Attribution(time: writer.nextTime(), author: "A")
                )
            }
        }
        #expect(try test.desk.list(kind: nil).isEmpty)
    }
}

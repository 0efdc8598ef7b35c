import DeskWork
import Foundation
import RecordModel
import RecordStorage
import StorageTestSupport
import TestSupport
import Testing

/// Files that an officer attaches, reads and takes away.
struct AttachmentTests {
    private let directory = TemporaryDirectory()

    private func desk() throws -> Desk {
        let store = try ReplicaStore(
            creating: directory.path("a.attache"),
            environment: .seeded(1)
        )
        try store.write { writer in
            try writer.set("desk", to: "BER")
            try writer.set("officer", to: "H. Raza")
            try writer.set("replica", to: String(repeating: "a", count: 32))
            try writer.set("mission_space", to: "ber")
            for name in ["ber", "all-missions"] {
                try writer.addSpace(try #require(SpaceName(name)))
            }
        }
        return try Desk(store: store)
    }

    private func file(_ name: String, _ text: String) throws -> AttachmentFile {
        try Data(text.utf8).write(to: URL(fileURLWithPath: directory.path(name)))
        return AttachmentFile(path: directory.path(name))
    }

    private func text(_ view: AttachmentView, _ desk: Desk) throws -> String {
        var bytes: [UInt8] = []
        try desk.read(view) { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func agreement(_ desk: Desk) throws -> String {
        let title = try #require(FieldAssignment("title=MoU on water"))
        return try desk.add(kind: "agreement", space: "all-missions", [title]).id
    }

    @Test func whatWasAttachedIsListedAndReadBack() throws {
        let desk = try desk()
        let id = try agreement(desk)
        let receipt = try desk.attach(
            [try file("notes.txt", "Notes"), try file("scan.PDF", "%PDF")],
            to: id
        )
        #expect(receipt.change.change != nil)
        let views = try desk.attachments(of: id)
        #expect(Set(views.map(\.name)) == ["notes.txt", "scan.PDF"])
        #expect(Set(views.map(\.mediaType)) == ["text/plain", "application/pdf"])
        #expect(views.allSatisfy { $0.standing == .unsent && $0.space == "ber" })
        #expect(try text(desk.attachment(of: id, named: "NOTES.txt"), desk) == "Notes")
        #expect(try desk.attachments() == views)
    }

    @Test func theAttachmentsOfASharedRecordStayInTheMissionAndTheDocumentDoesNot() throws {
        let desk = try desk()
        let id = try agreement(desk)
        let kept = try desk.attach([try file("notes.txt", "Notes")], to: id)
        #expect(kept.change.warnings.count == 1)
        #expect(kept.change.warnings[0].contains("kept in the space ber"))
        let document = try desk.attach([try file("mou.txt", "Article 1")], to: id, asDocument: true)
        #expect(document.change.warnings.isEmpty)
        #expect(document.attachments.map(\.space) == ["all-missions"])
        #expect(document.attachments.map(\.field) == ["document"])
        let contact = try desk.add(
            kind: "contact",
            [try #require(FieldAssignment("preferred_name=Ayesha Malik"))]
        ).id
        #expect(throws: DeskError.self) {
            try desk.attach([try file("cv.txt", "CV")], to: contact, asDocument: true)
        }
    }

    @Test func whatWasDetachedComesBackByUndoWithItsBytes() throws {
        let desk = try desk()
        let id = try agreement(desk)
        _ = try desk.attach([try file("notes.txt", "Notes")], to: id)
        let change = try #require(try desk.detach("notes.txt", from: id).change)
        #expect(try desk.attachments(of: id).isEmpty)
        // History still names the bytes.
        _ = try desk.doctor(repair: true)
        _ = try desk.undo(change)
        #expect(try text(desk.attachment(of: id, named: nil), desk) == "Notes")
    }

    @Test func aNameThatFitsSeveralOrNoneSaysWhatThereIs() throws {
        let desk = try desk()
        let id = try agreement(desk)
        let none = #expect(throws: DeskError.self) { try desk.attachment(of: id, named: nil) }
        #expect(none?.code == .noSuchItem)
        _ = try desk.attach([try file("a.txt", "A"), try file("b.txt", "B")], to: id)
        let several = #expect(throws: DeskError.self) { try desk.attachment(of: id, named: nil) }
        #expect(several?.code == .ambiguousID)
        let missing = #expect(throws: DeskError.self) {
            try desk.attachment(of: id, named: "c.txt")
        }
        #expect(missing?.hint?.contains("a.txt") == true)
        let hash = try desk.attachment(of: id, named: "a.txt").hash.description
        #expect(try desk.attachment(of: id, named: String(hash.prefix(8))).name == "a.txt")
    }

    @Test func aFileThatIsEmptyOrTooLargeChangesNothing() throws {
        let desk = try desk()
        let id = try agreement(desk)
        let sequence = try desk.store.read { try $0.sequence }
        #expect(throws: DeskError.self) { try desk.attach([try file("empty", "")], to: id) }
        let large = directory.path("large")
        try Data().write(to: URL(fileURLWithPath: large))
        let handle = try #require(FileHandle(forWritingAtPath: large))
        try handle.truncate(atOffset: ContentLimits.attachmentBytes + 1)
        try handle.close()
        let error = #expect(throws: DeskError.self) {
            try desk.attach([AttachmentFile(path: large)], to: id)
        }
        #expect(error?.message.contains("larger than") == true)
        #expect(try desk.store.read { try $0.sequence } == sequence)
    }

    @Test func damageIsFoundSaidAndNeverReadAsTheFile() throws {
        let desk = try desk()
        let id = try agreement(desk)
        _ = try desk.attach([try file("notes.txt", "Notes")], to: id)
        let view = try desk.attachment(of: id, named: nil)
        #expect(try desk.doctor().isOK)
        try desk.store.write { writer in
            try writer.damage(try #require(try writer.reader.wholeAttachment(view.hash)))
        }
        #expect(throws: StoreError.self) { try text(view, desk) }
        let check = try desk.doctor().checks.first { $0.name == "attachments" }
        #expect(check?.isOK == false)
        #expect(try desk.doctor(repair: true).isOK)
        #expect(try desk.attachment(of: id, named: nil).standing == .elsewhere)
        let gone = #expect(throws: DeskError.self) { try text(view, desk) }
        #expect(gone?.code == .notHere)
    }

    @Test func sizesAreReadAndSaidAsPeopleWriteThem() {
        for (text, bytes) in [
            ("0", 0), ("900", 900), ("256 KB", 256_000), ("1.5mb", 1_500_000),
            ("2 GB", 2_000_000_000),
        ] as [(String, UInt64)] {
            #expect(ByteSize(text)?.bytes == bytes)
        }
        for text in ["", "KB", "-1", "1e3", "0x10", "nan", "1 TB", "99999999999 GB", "1..2 KB"] {
            #expect(ByteSize(text) == nil, "\(text)")
        }
        for (bytes, text) in [
            (1, "1 byte"), (999, "999 bytes"), (1_000, "1 KB"), (348_894, "349 KB"),
            (1_148_894, "1.1 MB"), (32_000_000, "32 MB"),
        ] as [(UInt64, String)] {
            #expect(ByteSize(bytes).text == text)
        }
    }
}

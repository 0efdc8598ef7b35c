import CausalHistory
import RecordModel
import RecordStorage

/// Files that records name: agreements' texts, photos, scans.
///
/// Spec: `Protocol/spec/10-attachments.md`.
extension Desk {
    /// Attaches files to a record, in one change; their bytes are kept in the replica, in the same
    /// transaction.
    ///
    /// - Parameters:
    ///   - files: The files.
    ///   - id: The record.
    ///   - isDocument: Whether the one file is the record's document, as an agreement's text is, and not one
    ///     of its attachments.
    /// - Returns: The change, and the attachments.
    /// - Throws: `DeskError` (`not_found`, `ambiguous_id`, `deleted`, `unknown_field`, `bad_value`); what the
    ///   system reports of the files.
    /// - Complexity: O(*n*) in the bytes of the files, each read twice, a piece at a time.
    public func attach(
        _ files: [AttachmentFile],
        to id: String,
        asDocument isDocument: Bool = false
    ) throws -> AttachReceipt {
        guard !isDocument || files.count == 1 else {
            throw DeskError(.badValue, "a record has one document; \(files.count) files were named")
        }
        let hashed = try files.map(HashedFile.init)
        return try store.write { writer in
            let viewer = RecordViewer(writer.reader, missionSpace: missionSpace)
            var draft = try self.draft(of: RecordFinder(viewer).record(named: id), viewer)
            let field = try attachmentField(of: draft.kind, isDocument: isDocument)
            var surroundings = self.surroundings
            for file in hashed {
                try file.keep(writer)
                let input = try self.input(file, for: field, &surroundings)
                try draft.apply(input, to: field, replacing: isDocument, surroundings)
            }
            var warnings = surroundings.warnings
            if draft.space(of: field) != draft.space {
                warnings.append(
                    "kept in the space \(draft.space(of: field)): only desks that are granted it get it"
                        + (draft.kind.documentField == nil
                            ? "" : " (--document: all that see the record)")
                )
            }
            let receipt = try commit(draft, writer, viewer, warnings: warnings)
            let hashes = Set(hashed.map(\.hash))
            return AttachReceipt(
                change: receipt,
                attachments: try attachments(of: draft.uid, viewer).filter {
                    hashes.contains($0.hash) && $0.key.number == field.number
                }
            )
        }
    }

    private func attachmentField(of kind: Kind, isDocument: Bool) throws(DeskError) -> Field {
        let field = isDocument ? kind.documentField : kind.field(named: "attachments")
        guard let field else {
            throw DeskError(
                .unknownField,
                "a \(kind.name) has no \(isDocument ? "document" : "attachments")",
                hint: isDocument ? "Attach the file without --document." : nil
            )
        }
        return field
    }

    private func input(
        _ file: HashedFile,
        for field: Field,
        _ surroundings: inout DraftSurroundings
    ) throws(DeskError) -> FieldInput {
        var warnings: [ValueWarning] = []
        do throws(ValueError) {
            let input = try field.input(json: file.json, context: context, warnings: &warnings)
            surroundings.note(warnings, field: field.name)
            return input
        } catch {
            throw DeskError(error, field: field.name)
        }
    }

    /// Returns the attachments of a record, or of all, with where their bytes are.
    /// - Throws: `DeskError` (`not_found`, `ambiguous_id`).
    public func attachments(of id: String? = nil) throws -> [AttachmentView] {
        try store.read { reader in
            let viewer = RecordViewer(reader, missionSpace: missionSpace)
            if let id { return try attachments(of: RecordFinder(viewer).record(named: id), viewer) }
            return try reader.recordsWithAttachments().flatMap { try attachments(of: $0, viewer) }
        }
    }

    /// Returns the one attachment of a record that a name, or the first digits of a hash, fits; without
    /// either the only one.
    /// - Throws: `DeskError` (`not_found`, `ambiguous_id`, `no_such_item`).
    public func attachment(of id: String, named name: String?) throws -> AttachmentView {
        let all = try attachments(of: id)
        return try Self.choose(name, of: all, id)
    }

    private static func choose(
        _ name: String?,
        of all: [AttachmentView],
        _ id: String
    ) throws(DeskError) -> AttachmentView {
        let list = all.map(\.label).prefix(8).joined(separator: ", ")
        guard !all.isEmpty else {
            throw DeskError(
                .noSuchItem,
                "\(id) has no attachment",
                hint: "Attach a file with: attache attach \(id) FILE"
            )
        }
        var named = all
        if let name {
            named = all.filter { $0.name == name }
            if named.isEmpty { named = all.filter { $0.name.lowercased() == name.lowercased() } }
            if named.isEmpty, name.utf8.count >= 4 {
                named = all.filter { $0.hash.description.hasPrefix(name.lowercased()) }
            }
            guard !named.isEmpty else {
                throw DeskError(
                    .noSuchItem,
                    "\(id) has no attachment “\(name)”",
                    hint: "It has \(list)."
                )
            }
        }
        // The same bytes may be named in several places.
        guard let first = named.first, Set(named.map(\.hash)).count == 1 else {
            throw DeskError(
                .ambiguousID,
                name.map { "“\($0)” fits \(named.count) attachments of \(id)" }
                    ?? "\(id) has \(named.count) attachments: \(list)",
                hint: "Name one by the first digits of its hash: attache attachments \(id)"
            )
        }
        return first
    }

    /// Takes an attachment from a record; its bytes stay while an earlier version may come back.
    /// - Throws: `DeskError` (`not_found`, `ambiguous_id`, `deleted`, `no_such_item`).
    public func detach(_ name: String, from id: String) throws -> ChangeReceipt {
        try store.write { writer in
            let viewer = RecordViewer(writer.reader, missionSpace: missionSpace)
            let held = try RecordFinder(viewer).record(named: id)
            var draft = try self.draft(of: held, viewer)
            let all = try attachments(of: held, viewer)
            let chosen = try Self.choose(name, of: all, id)
            for view in all where view.hash == chosen.hash {
                guard let field = draft.kind.field(number: view.key.number),
                    let space = SpaceName(view.space)
                else { continue }
                let content: Content = field.isRegister ? .cleared : .absent
                draft.write(content, to: field, item: view.key.item, in: space)
            }
            return try commit(draft, writer, viewer)
        }
    }

    /// Reads the bytes of an attachment, piece by piece, and proves them.
    ///
    /// - Parameters:
    ///   - attachment: The attachment.
    ///   - body: Takes a piece. Nothing that it took may be used where this throws.
    /// - Throws: `DeskError` (`not_here`) where not all bytes are here; `StoreError.damaged` where they are
    ///   not those that the hash names; what the body throws.
    /// - Complexity: O(*n*) in the bytes; one piece is in memory at a time.
    public func read(_ attachment: AttachmentView, _ body: ([UInt8]) throws -> Void) throws {
        try store.read { reader in
            guard let stored = try reader.attachment(attachment.hash), stored.isWhole else {
                throw DeskError(
                    .notHere,
                    "the bytes of \(attachment.label) are not here",
                    hint: "Get them with: attache fetch \(attachment.id)"
                )
            }
            var hasher = AttachmentHasher()
            try reader.forEachPiece(of: stored) { bytes in
                hasher.update(bytes)
                try body(bytes)
            }
            guard hasher.finish() == stored.hash else {
                throw StoreError.damaged(
                    detail: "the bytes of \(attachment.label) are not those that were attached; "
                        + "attache doctor --repair drops them, and attache fetch gets them again"
                )
            }
        }
    }

    /// Up to which size in bytes attachments are fetched unasked.
    public func attachmentsUnder() throws -> UInt64 {
        try configuration(.attachmentsUnder).flatMap { UInt64($0) } ?? Self.defaultAttachmentsUnder
    }

    /// Half a minute of a link of 64 kbit/s.
    private static let defaultAttachmentsUnder: UInt64 = 256_000

    // MARK: Reading

    private func attachments(of uid: RecordUID, _ viewer: RecordViewer) throws -> [AttachmentView] {
        guard let held = try viewer.reader.held(uid) else { return [] }
        return try attachments(of: held, viewer)
    }

    private func attachments(
        of held: HeldRecord,
        _ viewer: RecordViewer
    ) throws -> [AttachmentView] {
        let id = try viewer.name(of: held)
        var views: [AttachmentView] = []
        for part in held.parts(asSeenFrom: missionSpace) where !part.state.isHidden {
            for entry in part.state.fields {
                guard let field = held.kind.field(number: entry.key.number),
                    field.namesAttachments
                else { continue }
                let reading = try viewer.reader.reading(of: entry, as: field, row: part.row)
                // Of a document in conflict each version is one that a person may want to read.
                let contents =
                    field.isRegister
                    ? entry.siblings.siblings.map(\.version.content) : [reading.shown]
                for content in contents {
                    guard let named = AttachmentReference(field, entry.key, content) else {
                        continue
                    }
                    views.append(try view(of: named, field, id, part.key.space, viewer.reader))
                }
            }
        }
        return views
    }

    private func view(
        of named: AttachmentReference,
        _ field: Field,
        _ id: String,
        _ space: SpaceName,
        _ reader: StoreReader
    ) throws -> AttachmentView {
        let stored = try reader.attachment(named.hash)
        let standing: AttachmentView.Standing =
            switch stored {
            case let stored? where stored.isWhole: stored.isSent ? .here : .unsent
            case let stored? where stored.held > 0: .partial
            default: .elsewhere
            }
        return AttachmentView(
            id: id,
            field: field.name,
            name: named.name,
            mediaType: named.mediaType,
            size: stored?.isWhole == true ? stored?.size : named.size,
            hash: named.hash,
            space: space.text,
            standing: standing,
            held: stored?.held ?? 0,
            key: named.key
        )
    }
}

extension Kind {
    /// The field that holds the record's document, where the kind has one.
    fileprivate var documentField: Field? { fields.first { $0.isRegister && $0.type == .blob } }
}

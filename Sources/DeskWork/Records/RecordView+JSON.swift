import RecordModel

extension RecordView {
    /// The object that `show --json` prints, and JSON Lines hold.
    ///
    /// - Parameter provenance: Whether to say of each field who set it and when.
    /// - Returns: The object.
    public func json(provenance: Bool = false) -> JSONValue {
        var members = [
            JSONMember("id", .string(id)), JSONMember("uid", .string(uid.description)),
            JSONMember("kind", .string(kindName)), JSONMember("space", .string(space.text)),
            JSONMember("life", .string(life.text)),
        ]
        if let handling { members.append(JSONMember("handling", .string(handling))) }
        members += [
            JSONMember("fields", Self.json(fields)),
            JSONMember("conflicts", .array(conflicts.map(JSONValue.string))),
            JSONMember("changed", changed.json),
        ]
        if !elsewhere.isEmpty {
            members.append(
                JSONMember(
                    "elsewhere",
                    .array(
                        elsewhere.map { part in
                            .object([
                                JSONMember("space", .string(part.space.text)),
                                JSONMember("fields", Self.json(part.fields)),
                            ])
                        }
                    )
                )
            )
        }
        if let merging { members += merging.members }
        if provenance {
            let members2 = fields.map { field in
                JSONMember(field.name, .array(field.values.map(\.provenanceJSON)))
            }
            members.append(JSONMember("provenance", .object(members2)))
        }
        return .object(members)
    }

    fileprivate static func json(_ fields: [FieldView]) -> JSONValue {
        .object(fields.map { JSONMember($0.name, $0.json) })
    }
}

extension MergeView {
    /// `merged_into` of a merged record, `merged` of one that stands for others.
    fileprivate var members: [JSONMember] {
        var members: [JSONMember] = []
        if let into {
            var object = [
                JSONMember("id", .string(into.id)),
                JSONMember("uid", .string(into.uid.description)),
            ]
            if !into.title.isEmpty { object.append(JSONMember("name", .string(into.title))) }
            members.append(JSONMember("merged_into", .object(object + (provenance?.members ?? []))))
        }
        if !absorbed.isEmpty {
            let list = absorbed.map { record in
                JSONValue.object([
                    JSONMember("id", .string(record.record.id)),
                    JSONMember("uid", .string(record.record.uid.description)),
                    JSONMember("space", .string(record.record.space)),
                    JSONMember("fields", RecordView.json(record.fields)),
                ])
            }
            members.append(JSONMember("merged", .array(list)))
        }
        return members
    }
}

extension Provenance {
    /// `{"at","by","desk"}`, and `change` where it is known.
    public var json: JSONValue {
        .object(members)
    }

    var members: [JSONMember] {
        [
            JSONMember("at", .string(time)), JSONMember("by", .string(by)),
            JSONMember("desk", .string(desk)),
        ] + (change.map { [JSONMember("change", .string($0))] } ?? [])
    }
}

extension ValueView {
    fileprivate var provenanceJSON: JSONValue {
        .object((key.item.isEmpty ? [] : [JSONMember("item", .string(text))]) + provenance.members)
    }
}

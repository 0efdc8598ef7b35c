import CausalHistory
import RecordModel

/// The cases of `Protocol/spec/03-merge.md`.
extension Vector {
    func order() throws -> JSONValue {
        let (left, right) = (
            try notation.vector(input["left"]), try notation.vector(input["right"])
        )
        return object(
            ("order", .string("\(left.order(relativeTo: right))")),
            ("merged", notation.json(left.merged(with: right))),
            ("intersection", notation.json(left.intersection(right)))
        )
    }

    func join() throws -> JSONValue {
        let (left, right) = (try notation.state(input["left"]), try notation.state(input["right"]))
        let (mine, theirs) = (
            try notation.vector(input["left_forgotten"]),
            try notation.vector(input["right_forgotten"])
        )
        var joined = left
        joined.join(right.complete(uid: uid), forgotten: mine, theirForgotten: theirs)
        if mine.isEmpty, theirs.isEmpty, right.joined(with: left) != joined {
            throw VectorError("the join depends on the direction")
        }
        return object(("state", notation.json(joined)), ("life", .string("\(joined.life)")))
    }

    func delta() throws -> JSONValue {
        let state = try notation.state(input["state"])
        let knowledge = try notation.vector(input["knowledge"])
        guard let delta = state.delta(uid: uid, for: knowledge) else {
            return object(("delta", .null))
        }
        let described = notation.json(
            kind: delta.kind,
            fields: delta.fields,
            context: delta.context,
            erasure: delta.erasure
        )
        return object(("delta", described), ("complete", .bool(delta.isComplete)))
    }

    func take() throws -> JSONValue {
        var state = try notation.state(input["state"])
        var delta = try notation.state(input["delta"]).complete(uid: uid)
        delta.isComplete = try need(input["complete"], "“complete”") == .bool(true)
        state.join(delta)
        return object(("state", notation.json(state)))
    }

    func life() throws -> JSONValue {
        object(("life", .string("\(try notation.state(input["state"]).life)")))
    }

    func reading() throws -> JSONValue {
        let (number, field) = try readField()
        let entry = FieldEntry(
            key: FieldKey(number, item: try digits(input["item"])),
            siblings: try notation.siblings(input["siblings"])
        )
        var bases: [Dot: Content] = [:]
        for base in try list("bases") {
            bases[try notation.dot(base["dot"])] = try notation.content(base["content"])
        }
        let reading = RecordState.reading(of: entry, as: field) { bases[$0] }
        let standing =
            switch reading.standing {
            case .single: "single"
            case .equal: "equal"
            case .settled: "settled"
            case .conflict: "conflict"
            }
        return object(("standing", .string(standing)), ("shown", notation.json(reading.shown)))
    }

    /// The field that an example names, `#99` for one that the schema does not know, in a kind that it
    /// knows or does not.
    private func readField() throws -> (number: UInt32, field: Field?) {
        let (kind, name) = (try text("kind"), try text("field"))
        let known =
            try Schema.builtIn.kind(named: kind)
            ?? Schema.builtIn.kind(
                orStandInFor: need(Kind.number(inUnknownName: kind), "the kind")
            )
        if let field = known.field(named: name) { return (field.number, field) }
        let number = try need(Kind.number(inUnknownName: name), "the field")
        return (number, known.field(number: number))
    }

    /// The schema's field that an example names.
    func field() throws -> Field {
        let kind = try need(Schema.builtIn.kind(named: try text("kind")), "the kind")
        return try need(kind.field(named: try text("field")), "the field")
    }

    /// The examples do not depend on the record's number.
    private var uid: RecordUID { RecordUID(0) }
}

import CausalHistory
import RecordModel
import Testing

/// The examples of `Protocol/spec/03-merge.md`.
extension VectorTests {
    func order(_ vector: Vector) throws {
        let left = try vector.vector(vector.input["left"])
        let right = try vector.vector(vector.input["right"])
        #expect("\(left.order(relativeTo: right))" == vector.expected["order"]?.string)
        #expect(try left.merged(with: right) == vector.vector(vector.expected["merged"]))
        #expect(try left.intersection(right) == vector.vector(vector.expected["intersection"]))
    }

    func join(_ vector: Vector) throws {
        let left = try vector.state(vector.input["left"])
        let right = try vector.state(vector.input["right"])
        let expected = try vector.state(vector.expected["state"])
        let (mine, theirs) = (
            try vector.vector(vector.input["left_forgotten"]),
            try vector.vector(vector.input["right_forgotten"])
        )
        var joined = left
        joined.join(right.complete(uid: uid), forgotten: mine, theirForgotten: theirs)
        #expect(joined == expected)
        if mine.isEmpty && theirs.isEmpty { #expect(right.joined(with: left) == expected) }
        #expect("\(expected.life)" == vector.expected["life"]?.string)
    }

    func delta(_ vector: Vector) throws {
        let state = try vector.state(vector.input["state"])
        let knowledge = try vector.vector(vector.input["knowledge"])
        let delta = state.delta(uid: uid, for: knowledge)
        guard let expected = vector.expected["delta"], expected != .null else {
            #expect(delta == nil)
            return
        }
        #expect(try delta == self.delta(expected, vector.expected["complete"], vector))
    }

    func take(_ vector: Vector) throws {
        var state = try vector.state(vector.input["state"])
        state.join(
            try delta(try #require(vector.input["delta"]), vector.input["complete"], vector)
        )
        #expect(try state == vector.state(vector.expected["state"]))
    }

    func life(_ vector: Vector) throws {
        let state = try vector.state(vector.input["state"])
        #expect("\(state.life)" == vector.expected["life"]?.string)
    }

    func reading(_ vector: Vector) throws {
        let field = try field(vector)
        let item = try #require(bytes(hexadecimal: try vector.text("item")))
        let entry = FieldEntry(
            key: FieldKey(field.number, item: item),
            siblings: try vector.siblings(vector.input["siblings"])
        )
        var bases: [Dot: Content] = [:]
        for base in try vector.list("bases") {
            bases[try vector.dot(base["dot"])] = try vector.content(try #require(base["content"]))
        }
        let reading = RecordState.reading(of: entry, as: field) { bases[$0] }
        let standing =
            switch reading.standing {
            case .single: "single"
            case .equal: "equal"
            case .settled: "settled"
            case .conflict: "conflict"
            }
        #expect(standing == vector.expected["standing"]?.string)
        #expect(try reading.shown == vector.content(try #require(vector.expected["shown"])))
    }

    /// The schema's field that an example names.
    func field(_ vector: Vector) throws -> Field {
        let kind = try #require(Schema.builtIn.kind(named: try vector.text("kind")))
        return try #require(kind.field(named: try vector.text("field")))
    }

    /// The examples do not depend on the record's number.
    private var uid: RecordUID { RecordUID(0) }

    private func delta(
        _ json: JSONValue,
        _ isComplete: JSONValue?,
        _ vector: Vector
    ) throws -> RecordDelta {
        let state = try vector.state(json)
        var delta = state.complete(uid: uid)
        delta.isComplete = try #require(isComplete) == .bool(true)
        return delta
    }
}

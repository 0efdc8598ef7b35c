import RecordModel
import RecordStorage

/// Makes new replicas of desks.
public enum DeskSetup {
    /// Creates a replica: its file, what desk it is, and its two spaces.
    ///
    /// - Parameters:
    ///   - path: Where; no file may be there.
    ///   - desk: The desk's code: 2 to 8 letters and digits, a letter first.
    ///   - officer: Who works there.
    ///   - mission: The mission as it is displayed; nil for the code.
    ///   - environment: Time and randomness.
    ///   - schema: The kinds and fields.
    /// - Returns: The desk of the new replica.
    /// - Throws: `DeskError` (`bad_value`), `StoreError.replicaExists`, `.diskFull`, `.io`.
    public static func create(
        at path: String,
        desk: String,
        officer: String,
        mission: String? = nil,
        environment: StoreEnvironment = .system,
        schema: Schema = .builtIn
    ) throws -> Desk {
        let code = desk.uppercased()
        let characters = Array(code.utf8)
        guard (2...8).contains(characters.count), isCapital(characters[0]),
            characters.allSatisfy({ isCapital($0) || $0 &- UInt8(ascii: "0") < 10 }),
            let space = SpaceName(code.lowercased())
        else {
            throw DeskError(
                .badValue,
                "“\(desk)” is no desk code",
                hint: "A code has 2 to 8 letters and digits, a letter first, as BER."
            )
        }
        let name = try text(officer, of: "officer")
        let shown = try mission.map { try text($0, of: "mission") } ?? code
        let store = try ReplicaStore(creating: path, environment: environment, schema: schema)
        try store.write { writer in
            try writer.set(Desk.Setting.desk, to: code)
            try writer.set(Desk.Setting.officer, to: name)
            try writer.set(Desk.Setting.mission, to: shown)
            try writer.set(Desk.Setting.missionSpace, to: space.text)
            let replica = ReplicaID(environment.random128())
            try writer.set(Desk.Setting.replica, to: replica.description)
            try writer.addSpace(space)
            try writer.addSpace(.allMissions)
        }
        return try Desk(store: store)
    }

    private static func isCapital(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "A") < 26
    }

    private static func text(_ text: String, of field: String) throws(DeskError) -> String {
        try Desk.setting(text, of: field, as: .text, ValueContext())
    }
}

extension Desk {
    /// Returns a setting's text as it is kept; an officer's name has to fit where authors stand.
    static func setting(
        _ text: String,
        of name: String,
        as type: ValueType,
        _ context: ValueContext
    ) throws(DeskError) -> String {
        var warnings: [ValueWarning] = []
        do throws(ValueError) {
            let text = try type.canonical(text, context: context, warnings: &warnings)
            let limit = ContentLimits.authorBytes
            guard text.utf8.count <= limit else {
                throw .tooLong(bytes: text.utf8.count, limit: limit)
            }
            return text
        } catch {
            throw DeskError(error, field: name)
        }
    }
}

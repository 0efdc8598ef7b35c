import RecordModel

/// A space of this replica in figures.
public struct SpaceReport: Hashable, Sendable {
    /// The name.
    public let name: String
    /// The number of visible records.
    public let records: Int
    /// The fingerprint: equal wherever the same is held.
    public let digest: String

    /// The object that scripts read.
    public var json: JSONValue {
        .object([
            JSONMember("name", .string(name)), JSONMember("records", .number(records)),
            JSONMember("digest", .string(digest)),
        ])
    }
}

/// How a desk stands.
public struct StatusReport: Hashable, Sendable {
    /// The desk's code.
    public let desk: String
    /// The replica's number, 32 hexadecimal digits.
    public let replica: String
    /// The mission as it is displayed.
    public let mission: String
    /// The officer.
    public let officer: String
    /// The number of own changes that headquarters has not acknowledged.
    public let unsent: Int
    /// The number of conflicts that wait for a person.
    public let conflicts: Int
    /// When the last exchange ended; nil before the first.
    public let lastSync: HybridTime?
    /// The spaces, by name.
    public let spaces: [SpaceReport]
    /// How far headquarters' clock is ahead; nil where it is not known.
    public let clockSkewSeconds: Int?
    /// Where headquarters is; nil before enrolment.
    public let headquarters: String?

    /// The object that scripts read.
    public var json: JSONValue {
        var members = [
            JSONMember("desk", .string(desk)), JSONMember("replica", .string(replica)),
            JSONMember("mission", .string(mission)), JSONMember("officer", .string(officer)),
            JSONMember("unsent", .number(unsent)), JSONMember("conflicts", .number(conflicts)),
        ]
        if let lastSync { members.append(JSONMember("last_sync", .string(lastSync.text))) }
        members.append(JSONMember("spaces", .array(spaces.map(\.json))))
        if let clockSkewSeconds {
            members.append(JSONMember("clock_skew_seconds", .number(clockSkewSeconds)))
        }
        return .object(members)
    }
}

/// What a backup came to.
public struct BackupReport: Hashable, Sendable {
    /// The file.
    public let file: String
    /// Its size.
    public let bytes: Int
    /// The number of records in it.
    public let records: Int

    /// The object that scripts read.
    public var json: JSONValue {
        .object([
            JSONMember("file", .string(file)), JSONMember("bytes", .number(bytes)),
            JSONMember("records", .number(records)),
        ])
    }
}

/// One check of `doctor`.
public struct DoctorCheck: Hashable, Sendable {
    /// What was checked.
    public let name: String
    /// Whether it is in order.
    public let isOK: Bool
    /// What was found.
    public let detail: String

    /// Creates the outcome of a check.
    public init(name: String, isOK: Bool, detail: String) {
        self.name = name
        self.isOK = isOK
        self.detail = detail
    }

    /// The object that scripts read.
    public var json: JSONValue {
        .object([
            JSONMember("name", .string(name)), JSONMember("ok", .bool(isOK)),
            JSONMember("detail", .string(detail)),
        ])
    }
}

/// What `doctor` found.
public struct DoctorReport: Hashable, Sendable {
    /// What was mended first, a sentence each.
    public var repairs: [String] = []
    /// The checks.
    public let checks: [DoctorCheck]

    /// Creates the report of checks.
    public init(repairs: [String] = [], checks: [DoctorCheck]) {
        self.repairs = repairs
        self.checks = checks
    }

    /// Whether everything is in order.
    public var isOK: Bool { checks.allSatisfy(\.isOK) }

    /// The object that scripts read.
    public var json: JSONValue {
        var members = [
            JSONMember("ok", .bool(isOK)), JSONMember("checks", .array(checks.map(\.json))),
        ]
        if !repairs.isEmpty {
            members.append(JSONMember("repairs", .array(repairs.map { .string($0) })))
        }
        return .object(members)
    }
}

import ArgumentParser
import DeskSync
import DeskWork
import Foundation
import GRDBSQLite
import RecordModel
import RecordStorage
import ReplicaSync
import SyncEngine
import SyncProtocol

/// One exchange of a desk with headquarters in this process, with no network between: the bodies as
/// they would travel, and what each side's work takes.
struct ExchangeBench {
    /// Bytes of the request's and of the answer's body.
    private(set) var requestBytes = 0
    private(set) var answerBytes = 0
    /// Seconds of the processor to make the requests, from opening the session to the signed body.
    private(set) var requestCPU = 0.0
    /// Seconds in which headquarters took them in and answered.
    private(set) var answerSeconds = 0.0
    /// The messages in the order in which they passed.
    private(set) var messages: [[UInt8]] = []

    /// Exchanges until both sides know the same.
    init(_ headquarters: HeadquartersReplica, _ desk: DeskReplica) throws {
        guard let peer = try desk.headquarters() else {
            throw Program.Failure(description: "the desk is not enrolled")
        }
        let byteLimit = 1 << 20
        var cpu = clock()
        var session = try desk.beginSession(with: peer, byteLimit: byteLimit)
        var action = session.start()
        while true {
            switch action {
            case .read(let readings):
                action = session.didRead(try desk.read(readings))
            case .send(let request):
                let message = try request.encoded()
                let sealed = try Self.sealed(message, desk)
                requestCPU += Double(clock() - cpu) / Double(CLOCKS_PER_SEC)
                requestBytes += sealed.count
                let begun = ContinuousClock.now
                let answer = try Self.answer(to: sealed, headquarters)
                answerSeconds += begun.duration(to: .now) / .seconds(1)
                answerBytes += answer.body.count
                let answered = try Frame.decode(answer.frame)
                messages += [message, answered]
                action = session.didReceive(try SyncResponse(decoding: answered))
            case .compare(let comparisons):
                action = session.didCompare(try desk.compare(comparisons))
            case .apply(let applications, let token):
                action = session.didApply(try desk.apply(applications, token: token, of: peer))
                cpu = clock()
            case .finish(let summary):
                guard summary.isVerified else {
                    throw Program.Failure(description: "the exchange was not verified")
                }
                try desk.finish(with: peer, clockSkew: nil)
                return
            }
        }
    }

    private static func sealed(_ message: [UInt8], _ desk: DeskReplica) throws -> [UInt8] {
        try SignedRequest.seal(
            try Frame.encode(message, dictionary: .latest),
            method: Endpoint.method,
            path: Endpoint.sync,
            replica: desk.replicaID(),
            time: desk.store.environment.now(),
            nonce: desk.store.environment.random(),
            key: desk.identity.privateKey
        ).body
    }

    private static func answer(
        to body: [UInt8],
        _ headquarters: HeadquartersReplica
    ) throws -> SignedResponse {
        let request = try SignedRequest(parsing: body)
        let peer = try headquarters.authenticate(
            request,
            method: Endpoint.method,
            path: Endpoint.sync,
            replays: ReplayWindow()
        )
        let message = try SyncRequest(decoding: try Frame.decode(request.frame))
        let answer = try headquarters.answer(message, from: peer, byteLimit: 1 << 20)
        return try SignedResponse.seal(
            try Frame.encode(answer.encoded(), dictionary: Frame.dictionary(of: request.frame)),
            status: 200,
            nonce: request.nonce,
            replica: request.replica,
            key: headquarters.identity.privateKey
        )
    }

    /// What the C interface of SQLite takes for as many changes of one field: the row read and
    /// written, a line of a journal, the row's words taken out of the search index and put in again.
    ///
    /// - Parameters:
    ///   - count: How many rows, of those that `RawWork` inserted.
    ///   - path: Its file.
    /// - Returns: Seconds of one durable transaction.
    /// - Throws: `RawWork.Failure`.
    static func rawUpdates(_ count: Int, at path: String) throws -> Double {
        let raw = try RawDatabase(path)
        try raw.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        try raw.execute(
            "CREATE TABLE IF NOT EXISTS journal(id INTEGER PRIMARY KEY, row INTEGER, old TEXT)"
        )
        let name = "(SELECT preferred_name FROM contact WHERE id = ?1)"
        // The whole text, as an index without contents has to be told.
        let columns = try raw.texts("SELECT name FROM pragma_table_info('contact')")
            .filter { !["id", "preferred_name", "import_ids"].contains($0) }
            .map { "coalesce(\"\($0)\", '')" }.joined(separator: " || ' ' || ")
        let text = "(SELECT \(columns) FROM contact WHERE id = ?1)"
        let statements = try [
            "INSERT INTO search(search, rowid, name, body) VALUES ('delete', ?1, \(name), \(text))",
            "INSERT INTO journal(row, old) SELECT id, position FROM contact WHERE id = ?1",
            "UPDATE contact SET position = 'Dean ' || ?1 WHERE id = ?1",
            "INSERT INTO search(rowid, name, body) VALUES (?1, \(name), \(text))",
        ].map(raw.prepare)
        defer { statements.forEach { sqlite3_finalize($0) } }
        let begun = ContinuousClock.now
        try raw.execute("BEGIN IMMEDIATE")
        for row in 0..<count {
            for statement in statements {
                sqlite3_bind_int64(statement, 1, Int64(row + 1))
                try raw.step(statement)
            }
        }
        try raw.execute("COMMIT")
        return begun.duration(to: .now) / .seconds(1)
    }
}

/// Edits and exchanges, in a process of their own.
struct ExchangeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "exchange", shouldDisplay: false)

    @Argument var headquarters: String
    @Argument var desk: String
    @Argument(help: "How many fields are edited first.") var edits: Int
    @Argument(help: "What they get.") var value: String
    @Option(help: "The file of the raw inserts.") var raw: String?

    func run() throws {
        let replica = DeskReplica(
            store: try ReplicaStore(opening: desk),
            identity: try ReplicaIdentity.load(besideStoreAt: desk)
        )
        let other = HeadquartersReplica(
            store: try ReplicaStore(opening: headquarters),
            identity: try ReplicaIdentity.load(besideStoreAt: headquarters)
        )
        let officer = try Desk(store: replica.store)
        if edits > 0, let assignment = FieldAssignment("position=\(value)") {
            for number in 1...edits { _ = try officer.set("ber-\(number)", [assignment]) }
        }
        let bench = try ExchangeBench(other, replica)
        var members = [
            JSONMember("request", .number(bench.requestBytes)),
            JSONMember("answer", .number(bench.answerBytes)),
            JSONMember("request_cpu", .number(String(bench.requestCPU))),
            JSONMember("answer_seconds", .number(String(bench.answerSeconds))),
        ]
        if let raw {
            let seconds = try ExchangeBench.rawUpdates(max(1, edits), at: raw)
            members.append(JSONMember("raw", .number(String(seconds))))
        }
        print(JSONValue.object(members).text)
    }
}

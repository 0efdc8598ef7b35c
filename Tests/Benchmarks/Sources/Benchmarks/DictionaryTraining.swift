import ArgumentParser
import DeskWork
import Foundation
import RecordModel
import RecordStorage
import ReplicaSync
import SyncProtocol

/// Small exchanges over records: what a dictionary is trained and measured on.
enum SmallExchanges {
    /// Lets a desk add and edit records of a file, a few for each exchange, and returns the messages.
    ///
    /// - Parameters:
    ///   - lines: The records as JSON Lines, each used once.
    ///   - code: The code of the desk.
    ///   - parent: Where a folder for headquarters and desks is made.
    /// - Returns: The messages of each exchange.
    /// - Throws: What the replicas report.
    static func messages(
        _ lines: some Collection<[UInt8]>,
        of code: String,
        in parent: URL
    ) throws -> [[UInt8]] {
        let folder = parent.appendingPathComponent(code)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        let headquarters = try HeadquartersReplica.create(at: path("headquarters"))
        let writer = try desk(code, at: path("writer"), of: headquarters)
        let reader = try desk("X" + code, at: path("reader"), of: headquarters)
        let officer = try Desk(store: writer.store)
        var messages: [[UInt8]] = []
        var rest = Array(lines)[...]
        var number = 0
        while let line = rest.popFirst() {
            number += 1
            // Every third exchange brings new records, the others edit older ones.
            let file = path("records.jsonl")
            var batch = line
            for next in rest.prefix(number % 3) { batch += [UInt8(ascii: "\n")] + next }
            rest = rest.dropFirst(number % 3)
            try Data(batch).write(to: URL(fileURLWithPath: file))
            let space = number.isMultiple(of: 2) ? "all-missions" : nil
            _ = try officer.importFiles(ImportOptions(files: [file], space: space))
            messages += try ExchangeBench(headquarters, writer).messages
            for (field, value) in edits(number) {
                guard let assignment = FieldAssignment("\(field)=\(value)") else { continue }
                _ = try officer.set("\(code.lowercased())-\(1 + number / 2)", [assignment])
                if number.isMultiple(of: 3) {
                    messages += try ExchangeBench(headquarters, writer).messages
                }
            }
            messages += try ExchangeBench(headquarters, writer).messages
            messages += try ExchangeBench(headquarters, reader).messages
        }
        return messages
    }

    private static func edits(_ number: Int) -> [(String, String)] {
        let positions = ["Professor", "Dean", "Senior Scientist", "Head of Laboratory", "Lecturer"]
        let all = [
            ("position", positions[number % positions.count]),
            ("last_contacted", "2026-\(10 + number % 3)-\(10 + number % 18)"),
            ("phones", "+49 30 \(2_000_000 + 7_919 * number)"), ("city", "Town \(number % 17)"),
        ]
        return Array(all.prefix(1 + number % all.count))
    }

    static func desk(
        _ code: String,
        at path: String,
        of headquarters: HeadquartersReplica,
        hasAllSpaces: Bool = false
    ) throws -> DeskReplica {
        let store = try DeskSetup.create(at: path, desk: code, officer: "\(code) Desk").store
        let desk = DeskReplica(
            store: store,
            identity: try ReplicaIdentity.create(besideStoreAt: path)
        )
        let token = try headquarters.issueToken(desk: code, hasAllSpaces: hasAllSpaces)
        let response = try headquarters.enrol(try desk.enrolRequest(token))
        try desk.didEnrol(response, url: "http://headquarters.invalid")
        _ = try ExchangeBench(headquarters, desk)
        return desk
    }
}

/// Chooses the bytes of a dictionary: those that most messages hold, the most valuable last.
///
/// A greedy cover: the stretches by what they save in all messages that hold them, as far as they
/// are not in the dictionary already. What only one ministry's messages hold (its actors, its hashes)
/// is not learnt.
enum DictionaryTraining {
    private struct Holders {
        var messages = 0
        var ministries: Set<Int> = []
    }

    /// Returns the bytes of a dictionary.
    ///
    /// - Parameters:
    ///   - ministries: The messages of each ministry.
    ///   - size: The most bytes.
    /// - Returns: The bytes.
    static func train(on ministries: [[[UInt8]]], size: Int) -> [UInt8] {
        var holders: [ArraySlice<UInt8>: Holders] = [:]
        for (ministry, messages) in ministries.enumerated() {
            for message in messages {
                var own: Set<ArraySlice<UInt8>> = []
                for length in [4, 6, 8, 12, 16, 24, 32] where length <= message.count {
                    for start in 0...(message.count - length) {
                        own.insert(message[start..<(start + length)])
                    }
                }
                for stretch in own {
                    holders[stretch, default: Holders()].messages += 1
                    holders[stretch, default: Holders()].ministries.insert(ministry)
                }
            }
        }
        let ranked = holders.filter { $0.value.ministries.count * 2 > ministries.count }
            .map { (bytes: Array($0.key), worth: $0.value.messages * ($0.key.count - 3)) }
            .sorted { left, right in
                left.worth == right.worth
                    ? left.bytes.lexicographicallyPrecedes(right.bytes) : left.worth > right.worth
            }
        var chosen: [[UInt8]] = []
        var count = 0
        var held: Set<[UInt8]> = []
        for (bytes, _) in ranked where count + bytes.count <= size {
            let grams = (0...(bytes.count - 4)).map { Array(bytes[$0..<($0 + 4)]) }
            // Mostly held already: the same text a little further on.
            if grams.count(where: held.contains) * 3 > grams.count { continue }
            chosen.append(bytes)
            count += bytes.count
            held.formUnion(grams)
        }
        return Array(chosen.reversed().joined())
    }
}

/// Trains the dictionary on made-up records, or measures it on others.
struct DictionaryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dictionary",
        abstract: "Trains the dictionary of small messages, or measures it."
    )

    @Option(help: "Where the trained dictionary goes, in base64; without it, ours is measured.")
    var train: String?

    @Option(help: "Records that it is measured on, as JSON Lines, instead of made-up ones.")
    var file: String?

    @Option(help: "How many records.")
    var records = 600

    @Option(help: "Bytes of the dictionary.")
    var size = 4_096

    func run() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("attache-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let source = folder.appendingPathComponent("source.jsonl")
        try Workload.prepare(count: records, from: file, at: source)
        let lines = try Data(contentsOf: source).split(separator: UInt8(ascii: "\n"))
        let codes = ["BER", "PAR", "ROM", "LON", "TOK", "OTT"]
        let share = (lines.count + codes.count - 1) / codes.count
        let ministries = try codes.enumerated().map { index, code in
            let own = lines.dropFirst(index * share).prefix(share).map { [UInt8]($0) }
            return try SmallExchanges.messages(own, of: code, in: folder)
        }
        let messages = ministries.flatMap(\.self)
        if let train {
            let bytes = DictionaryTraining.train(on: ministries, size: size)
            let text = Data(bytes).base64EncodedString(options: [
                .lineLength76Characters, .endLineWithLineFeed,
            ])
            try (text + "\n").write(toFile: train, atomically: true, encoding: .utf8)
            print("\(bytes.count) bytes from \(messages.count) messages, in \(train)")
            return
        }
        var plain = 0
        var preset = 0
        for message in messages {
            plain += try Frame.encode(message).count
            preset += try Frame.encode(message, dictionary: .latest).count
        }
        let raw = messages.reduce(0) { $0 + $1.count }
        print("\(messages.count) messages of \(raw) bytes")
        print("frames without dictionary  \(plain) B")
        print("frames with dictionary     \(preset) B  \(100 - 100 * preset / plain) % less")
    }
}

import Foundation
import RecordModel
import TestSupport
import Testing

/// Replicas that go back in time or exist twice, with the built program and a real server.
@Suite(.serialized)
struct GoingBackTests {
    private static let files = ["", "-wal", "-shm", ".key", ".witness"]

    /// A person whom both desks know, and the short id.
    private func ministry(_ binary: Binary) throws -> String {
        _ = try binary.ministry("BER", "LON")
        let added = try binary.run(
            "add",
            "contact",
            "preferred_name=Dr Ayesha Malik",
            "city=Berlin",
            "--space",
            "all-missions",
            "--replica",
            "ber",
            "--json"
        ).json()
        for desk in ["ber", "lon"] { try sync(binary, desk) }
        return try #require(added["id"]?.string)
    }

    @discardableResult
    private func sync(_ binary: Binary, _ desk: String) throws -> Binary.Outcome {
        let outcome = try binary.run("sync", "--replica", desk)
        #expect(outcome.output.contains("verified"), "\(outcome.output)\(outcome.errors)")
        return outcome
    }

    private func set(_ binary: Binary, _ id: String, _ value: String, at desk: String) throws {
        let outcome = try binary.run("set", id, value, "--replica", desk)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    private func digests(_ binary: Binary, _ desks: [String]) throws -> Set<String> {
        Set(
            try desks.map { desk in
                try binary.run("spaces", "--json", "--replica", desk).json().array?
                    .first { $0["name"] == .string("all-missions") }?["digest"]?.string ?? ""
            }
        )
    }

    /// Writes a file's bytes over another's, which keeps its inode, as a rolled back disk does.
    private func rollBack(_ binary: Binary, _ desk: String, to copy: String) throws {
        for suffix in Self.files {
            let source = URL(fileURLWithPath: binary.directory.path(copy + suffix))
            let target = URL(fileURLWithPath: binary.directory.path(desk + suffix))
            guard let bytes = try? Data(contentsOf: source) else {
                try? FileManager.default.removeItem(at: target)
                continue
            }
            if !FileManager.default.fileExists(atPath: target.path) { try Data().write(to: target) }
            let handle = try FileHandle(forWritingTo: target)
            try handle.truncate(atOffset: 0)
            try handle.write(contentsOf: bytes)
            try handle.close()
        }
    }

    private func copy(_ binary: Binary, _ desk: String, to copy: String) throws {
        for suffix in Self.files {
            let source = binary.directory.path(desk + suffix)
            guard FileManager.default.fileExists(atPath: source) else { continue }
            try FileManager.default.copyItem(
                atPath: source,
                toPath: binary.directory.path(copy + suffix)
            )
        }
    }

    @Test func aBackupThatIsRestoredGoesOnAndGetsBackWhatHeadquartersHas() throws {
        let binary = Binary()
        let id = try ministry(binary)
        #expect(try binary.run("backup", "monday", "--replica", "ber").status == 0)
        try set(binary, id, "city=Bonn", at: "ber")
        try sync(binary, "ber")
        try set(binary, id, "position=Never sent", at: "ber")
        let restored = try binary.run("restore", "monday", "--replica", "ber", "--json").json()
        #expect(restored["records"] == .number("1"))
        let kept = try #require(restored["kept"]?.string)
        #expect(try binary.run("show", id, "--replica", kept).output.contains("Never sent"))
        try set(binary, id, "employer=Institute", at: "ber")
        try sync(binary, "ber")
        let shown = try binary.run("show", id, "--replica", "ber").output
        #expect(shown.contains("Bonn") && shown.contains("Institute"))
        #expect(try binary.run("conflicts", "--replica", "ber").status == 0)
        try sync(binary, "lon")
        #expect(try digests(binary, ["ber", "lon"]).count == 1)
        #expect(try binary.run("doctor", "--replica", "ber").status == 0)

        let desks = try binary.run("hq", "desks", "--data", "hq", "--json").json().array ?? []
        let numbers = desks.filter { $0["desk"] == .string("BER") }
            .compactMap { $0["replica"]?.string }
        #expect(numbers.count == 2)
        #expect(try binary.run("hq", "retire", "BER", "--data", "hq").status == 1)
        let current = try binary.run("status", "--json", "--replica", "ber").json()["replica"]
        let old = try #require(numbers.first { .string($0) != current })
        #expect(try binary.run("hq", "retire", old, "--data", "hq").status == 0)
        try sync(binary, "ber")
        #expect(try binary.run("sync", "--replica", kept).status == 5)
    }

    @Test func aCopyAndItsOriginalBothGoOnAndNothingIsLost() throws {
        let binary = Binary()
        let id = try ministry(binary)
        try copy(binary, "ber", to: "laptop")
        try set(binary, id, "city=Potsdam", at: "ber")
        let first = try binary.run("set", id, "city=Spandau", "--replica", "laptop")
        #expect(first.errors.contains("copied or restored"))
        #expect(try !binary.run("show", id, "--replica", "laptop").errors.contains("copied"))
        for desk in ["ber", "laptop", "ber", "lon"] { try sync(binary, desk) }
        #expect(try digests(binary, ["ber", "laptop", "lon"]).count == 1)
        let conflicts = try binary.run("conflicts", "--json", "--replica", "lon").json().array
        #expect(conflicts?.first?["siblings"]?.array?.count == 2)
    }

    @Test func aDiskThatIsRolledBackIsFoundByHeadquartersAndBothHistoriesAreKept() throws {
        let binary = Binary()
        let id = try ministry(binary)
        try copy(binary, "ber", to: "image")
        try set(binary, id, "city=Bonn", at: "ber")
        try set(binary, id, "position=Professor", at: "ber")
        try sync(binary, "ber")
        try sync(binary, "lon")
        try rollBack(binary, "ber", to: "image")
        // The witness went back too: nothing is noticed, and counters are used again.
        let edit = try binary.run("set", id, "city=Dahlem", "--replica", "ber")
        #expect(edit.status == 0 && edit.errors.isEmpty)
        let outcome = try sync(binary, "ber")
        #expect(outcome.output.contains("put back or copied"))
        for desk in ["lon", "ber"] { try sync(binary, desk) }
        #expect(try digests(binary, ["ber", "lon"]).count == 1)
        let conflicts = try binary.run("conflicts", "--json", "--replica", "lon").json().array
        let values = conflicts?.first?["siblings"]?.array?.compactMap { $0["value"]?.string }
        #expect(Set(values ?? []) == ["Bonn", "Dahlem"])
        #expect(try binary.run("show", id, "--replica", "ber").output.contains("Professor"))
        for desk in ["ber", "lon"] {
            #expect(try binary.run("doctor", "--replica", desk).status == 0)
        }
    }

    @Test func headquartersThatIsRestoredGetsBackWhatItLostFromAnyDesk() throws {
        let binary = Binary()
        let id = try ministry(binary)
        #expect(try binary.run("hq", "backup", "last-week", "--data", "hq").status == 0)
        try set(binary, id, "city=Bonn", at: "ber")
        for desk in ["ber", "lon"] { try sync(binary, desk) }
        let status = try binary.run("hq", "status", "--data", "hq", "--json").json()
        binary.stop()
        let restored = try binary.run("hq", "restore", "last-week", "--data", "hq", "--json").json()
        #expect(restored["kept"] != nil)
        let address = try binary.serve()
        // London alone comes; Berlin, whose change it was, stays away.
        let outcome = try binary.run("sync", "--replica", "lon", "--hq", address)
        #expect(outcome.output.contains("verified"), "\(outcome.output)\(outcome.errors)")
        let after = try binary.run("hq", "status", "--data", "hq", "--json").json()
        #expect(after["spaces"] == status["spaces"])
        #expect(try binary.run("sync", "--replica", "ber", "--hq", address).status == 0)
        #expect(try digests(binary, ["ber", "lon"]).count == 1)
    }
}

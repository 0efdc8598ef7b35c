import Foundation
import RecordModel
import TestSupport
import Testing

/// What users do, with the built program, real files and a real server.
@Suite(.serialized)
struct MinistryTests {
    private func digest(_ binary: Binary, _ desk: String) throws -> JSONValue? {
        try binary.run("spaces", "--json", "--replica", desk).json().array?
            .first { $0["name"] == .string("all-missions") }?["digest"]
    }

    @Test(.enabled(if: TestData.url("orgs/ror-sample.schema-v2.jsonl") != nil, "no public data"))
    func realOrganisationsAreEditedApartAndAgreeAgain() throws {
        let binary = Binary()
        _ = try binary.ministry("BER", "LON")
        let file = try #require(TestData.url("orgs/ror-sample.schema-v2.jsonl")).path
        for desk in ["ber", "lon"] {
            let summary = try binary.run(
                "import",
                file,
                "--format",
                "ror",
                "--space",
                "all-missions",
                "--replica",
                desk,
                "--json"
            ).json()
            #expect(summary["created"] == .number("794"))
            #expect(summary["refused"] == .array([]))
        }
        for desk in ["ber", "lon", "ber"] {
            let report = try binary.run("sync", "--replica", desk, "--json").json()
            #expect(report["verified"] == .bool(true))
            #expect(report["conflicts"]?["new"] == .number("0"))
        }
        let status = try binary.run("hq", "status", "--data", "hq", "--json").json()
        #expect(status["records"] == .number("794"))

        let rors = ["05bbbc791", "024ghrf67", "038y3sz68"]
        for ror in rors {
            for desk in ["ber", "lon"] {
                let changed = try binary.run(
                    "set",
                    ror,
                    "city=City of \(desk)",
                    "--replica",
                    desk,
                    "--json"
                )
                #expect(changed.status == 0, "\(changed.errors)")
            }
        }
        for desk in ["ber", "lon", "ber"] { try binary.run("sync", "--replica", desk) }
        let conflicts = try binary.run("conflicts", "--json", "--replica", "lon")
        #expect(conflicts.status == 3)
        #expect(try conflicts.json().array?.count == 3)
        let first = try #require(try conflicts.json().array?.first)
        #expect(first["field"] == .string("city"))
        #expect(first["siblings"]?.array?.count == 2)
        #expect(first["base"]?["value"] != nil)
        // One by the screen's keys, the rest by a rule.
        let review = try binary.run(
            "review",
            "--plain",
            "--replica",
            "lon",
            input: "h\n1\nu\n2\nq\n"
        )
        #expect(review.status == 0)
        #expect(review.output.contains("took back"))
        let rest = try binary.run(
            "resolve",
            "--all",
            "--take",
            "desk:BER",
            "--replica",
            "lon",
            "--json"
        )
        #expect(try rest.json().array?.count == 2)
        for desk in ["lon", "ber", "lon"] {
            let report = try binary.run("sync", "--replica", desk, "--json").json()
            #expect(report["verified"] == .bool(true))
        }
        #expect(try digest(binary, "ber") == digest(binary, "lon"))
        #expect(try binary.run("conflicts", "--replica", "ber").status == 0)
        for desk in ["ber", "lon"] {
            #expect(try binary.run("doctor", "--replica", desk).status == 0)
        }
    }

    @Test func headquartersThatIsDownIsSaidAndNothingIsLost() throws {
        let binary = Binary()
        let address = try binary.ministry("BER")
        try binary.run("add", "contact", "preferred_name=A", "--replica", "ber")
        binary.stop()
        let failed = try binary.run("sync", "--replica", "ber", "--json")
        #expect(failed.status == 4)
        #expect(failed.output.isEmpty)
        #expect(
            try JSONValue(
                parsing: failed.errors.split(separator: "\n").last.map(String.init) ?? ""
            )[
                "error"
            ]?["code"] == .string("unreachable")
        )
        let status = try binary.run("status", "--json", "--replica", "ber").json()
        #expect(status["unsent"] == .number("1"))
        let port = try #require(Int(address.split(separator: ":").last ?? ""))
        _ = try binary.serve(port: port)
        #expect(try binary.run("sync", "--replica", "ber").status == 0)
    }

    @Test func headquartersThatIsKilledKeepsWhatItAcknowledged() throws {
        let binary = Binary()
        let address = try binary.ministry("BER", "LON")
        for n in 1...5 {
            try binary.run(
                "add",
                "contact",
                "preferred_name=Person \(n)",
                "--space",
                "all-missions",
                "--replica",
                "ber"
            )
            #expect(try binary.run("sync", "--replica", "ber").status == 0)
        }
        binary.stop(isKilled: true)
        let port = try #require(Int(address.split(separator: ":").last ?? ""))
        _ = try binary.serve(port: port)
        #expect(try binary.run("sync", "--replica", "lon").status == 0)
        let people = try binary.run("list", "contact", "--json", "--replica", "lon").lines()
        #expect(people.count == 5)
    }

    @Test func aSpaceThatIsTakenAndGrantedAgainLosesNothing() throws {
        let binary = Binary()
        _ = try binary.ministry("BER", "LON")
        func add(_ name: String, at desk: String, in space: String) throws {
            let made = try binary.run(
                "add",
                "contact",
                "preferred_name=\(name)",
                "--replica",
                desk,
                "--space",
                space
            )
            #expect(made.status == 0, "\(made.errors)")
        }
        func names(_ desk: String) throws -> Set<String> {
            Set(
                try binary.run("list", "contact", "--replica", desk, "--json").lines().compactMap {
                    $0["fields"]?["preferred_name"]?.string
                }
            )
        }
        func grant(_ verb: String, _ space: String) throws -> JSONValue {
            try binary.run("hq", verb, "--data", "hq", "--desk", "ber", space, "--json").json()
        }
        try add("Before", at: "ber", in: "all-missions")
        #expect(try binary.run("sync", "--replica", "ber").status == 0)
        #expect(try grant("revoke", "all-missions")["spaces"] == .array([.string("ber")]))
        try add("Meanwhile", at: "ber", in: "all-missions")
        try add("Elsewhere", at: "lon", in: "all-missions")
        let left = try binary.run("sync", "--replica", "ber", "--json").json()
        let departure = try #require(left["revoked"]?.array?.first)
        #expect(departure["removed"] == .number("2") && departure["kept"] == .number("1"))
        #expect(left["verified"] == .bool(true), "what the desk still has is proven")
        #expect(try binary.run("sync", "--replica", "lon").status == 0)
        #expect(try names("lon") == ["Before", "Elsewhere"], "nothing more came from there")
        #expect(try names("ber").isEmpty)
        let found = try binary.run("find", "Before", "--replica", "ber", "--json")
        #expect(try found.lines().isEmpty)

        let file = try #require(departure["file"]?.string)
        let altered = binary.directory.path("altered")
        let written = binary.directory.path(file)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: written))
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: URL(fileURLWithPath: altered))
        let refused = try binary.run("hq", "admit", "--data", "hq", altered, "--json")
        #expect(refused.status == 1 && refused.errors.contains("bad_file"))
        for merged in [1, 0] {
            let admitted = try binary.run("hq", "admit", "--data", "hq", file, "--json").json()
            #expect(admitted["desk"] == .string("BER"))
            #expect(admitted["merged"] == .number("\(merged)"))
        }
        let dump = try binary.run("protocol", "decode", file)
        #expect(dump.status == 0 && dump.output.hasPrefix("exchange file of replica "))

        _ = try grant("grant", "all-missions")
        for desk in ["ber", "lon"] {
            #expect(try binary.run("sync", "--replica", desk).status == 0)
            #expect(try names(desk) == ["Before", "Elsewhere", "Meanwhile"])
        }
        let unknown = try binary.run(
            "hq",
            "grant",
            "--data",
            "hq",
            "--desk",
            "PAR",
            "x",
            "--json"
        )
        #expect(unknown.status == 1)

        // A space that nobody had is made, and granted besides.
        _ = try grant("grant", "joint-centre")
        #expect(try binary.run("sync", "--replica", "ber").status == 0)
        try add("Centre", at: "ber", in: "joint-centre")
        #expect(
            try binary.run("sync", "--replica", "ber", "--json").json()["verified"] == .bool(true)
        )
    }

    @Test func withoutTLSHeadquartersRefusesToServeUnlessTold() throws {
        let binary = Binary()
        try binary.run("hq", "init", "--data", "hq")
        let refused = try binary.run("hq", "serve", "--data", "hq", "--listen", "127.0.0.1:0")
        #expect(refused.status == 2)
        #expect(refused.errors.contains("--plain-http"))
    }

    @Test func aReplicaWithoutItsKeyWorksAndSaysWhatSyncNeeds() throws {
        let binary = Binary()
        _ = try binary.ministry("BER")
        try FileManager.default.removeItem(atPath: binary.directory.path("ber.key"))
        #expect(
            try binary.run("add", "contact", "preferred_name=A", "--replica", "ber").status == 0
        )
        let failed = try binary.run("sync", "--replica", "ber", "--json")
        #expect(failed.status == 5)
        #expect(failed.errors.contains("key_missing"))
    }

    @Test func theDemoEndsWithTheProof() throws {
        let binary = Binary()
        let demo = try binary.run("demo")
        #expect(demo.status == 0, "\(demo.errors)")
        #expect(demo.output.contains("All four replicas hold the same"))
    }
}

/// Commands that need no network.
struct CommandTests {
    private func desk() throws -> Binary {
        let binary = Binary()
        #expect(
            try binary.run("init", "--replica", "r", "--desk", "BER", "--officer", "H. Raza").status
                == 0
        )
        return binary
    }

    @Test func theKeyFileIsItsOwnersAlone() throws {
        let binary = try desk()
        let attributes = try FileManager.default.attributesOfItem(
            atPath: binary.directory.path("r.key")
        )
        #expect(attributes[.posixPermissions] as? NSNumber == 0o600)
    }

    @Test func errorsHaveACodeAndAnExitCode() throws {
        let binary = try desk()
        let cases: [([String], Int32, String)] = [
            (["show", "ber-9"], 1, "not_found"),
            (["add", "contract", "title=A"], 1, "unknown_kind"),
            (["add", "contact", "nmae=A"], 1, "unknown_field"),
            (
                ["add", "contact", "preferred_name=A", "country_of_residence=Atlantis"], 1,
                "bad_value"
            ),
            (["sync"], 1, "not_enrolled"),
            (["list", "contact", "--where", "city="], 2, "usage"),
            (["list", "--nonsense"], 2, "usage"),
        ]
        for (arguments, status, code) in cases {
            let outcome = try binary.run(
                shell:
                    "exec \"$0\" \(arguments.map { "'\($0)'" }.joined(separator: " ")) --replica r --json"
            )
            #expect(outcome.status == status, "\(arguments)")
            #expect(outcome.output.isEmpty, "\(arguments)")
            let report = try JSONValue(parsing: outcome.errors)
            #expect(report["error"]?["code"] == .string(code), "\(arguments)")
            #expect(report["error"]?["message"] != nil)
        }
        let foreign = binary.directory.path("notes")
        try Data("just some notes of mine".utf8).write(to: URL(fileURLWithPath: foreign))
        #expect(try binary.run("status", "--replica", "notes").status == 5)
        #expect(try binary.run("status", "--replica", "nowhere").status == 1)
    }

    @Test func aFullDiskFailsWithASentenceAndLosesNothing() throws {
        let binary = try desk()
        #expect(try binary.run("add", "contact", "preferred_name=A", "--replica", "r").status == 0)
        let lines = (0..<4000).map {
            "{\"kind\":\"contact\",\"fields\":{\"preferred_name\":\"Person \($0)\"}}"
        }
        try lines.joined(separator: "\n").write(
            toFile: binary.directory.path("many.jsonl"),
            atomically: true,
            encoding: .utf8
        )
        // Blocks of 512 bytes; the signal is ignored by the program itself.
        let failed = try binary.run(
            shell: "ulimit -f 1200; exec \"$0\" import many.jsonl --replica r --json"
        )
        #expect(failed.status == 1, "\(failed.errors)")
        let code = try JSONValue(parsing: failed.errors)["error"]?["code"]
        #expect(code == .string("disk_full") || code == .string("io"))
        #expect(try binary.run("doctor", "--replica", "r").status == 0)
        #expect(try binary.run("show", "ber-1", "--replica", "r").status == 0)
        // With room again the same command goes on from there.
        let again = try binary.run("import", "many.jsonl", "--replica", "r", "--json")
        #expect(again.status == 0)
        let list = try binary.run("list", "contact", "--json", "--replica", "r").lines()
        #expect(list.count == 4001)
    }

    @Test func aDamagedFileIsToldAndTheOtherChecksGoOn() throws {
        let binary = try desk()
        let lines = (0..<300).map {
            "{\"kind\":\"contact\",\"fields\":{\"preferred_name\":\"Person \($0)\"}}"
        }
        let file = binary.directory.path("people.jsonl")
        try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try binary.run("import", "people.jsonl", "--replica", "r").status == 0)
        #expect(try binary.run("backup", "whole", "--replica", "r").status == 0)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: binary.directory.path("whole")))
        // Every second page after those of the schema.
        for page in stride(from: 30, to: bytes.count / 4096, by: 2) {
            bytes.replaceSubrange(page * 4096..<page * 4096 + 4096, with: Data(count: 4096))
        }
        try bytes.write(to: URL(fileURLWithPath: binary.directory.path("torn")))
        let report = try binary.run("doctor", "--replica", "torn", "--json")
        #expect(report.status == 5)
        #expect(try report.json()["ok"] == .bool(false))
        let checks = try report.json()["checks"]?.array ?? []
        #expect(checks.count == 8)
        #expect(checks.first?["ok"] == .bool(false))
        #expect(try binary.run("doctor", "--replica", "whole").status == 0)
    }

    @Test func escapeSequencesInARecordAreShownEscaped() throws {
        let binary = try desk()
        let bidi = "evil \u{202E}name"
        #expect(
            try binary.run("add", "contact", "preferred_name=\(bidi)", "--replica", "r").status == 0
        )
        let shown = try binary.run("show", "ber-1", "--replica", "r").output
        #expect(!shown.unicodeScalars.contains("\u{202E}"))
        #expect(shown.contains("\\u{202E}"))
    }

    @Test func completionsAndHelpAreThere() throws {
        let binary = try desk()
        #expect(try binary.run("--generate-completion-script", "bash").output.contains("attache"))
        #expect(try binary.run("help", "exit-codes").output.contains("4"))
        #expect(try binary.run("--help").output.contains("demo"))
    }

    @Test func theSampleProgramOpensAReplica() throws {
        let binary = try desk()
        let first = try binary.run("r", program: "EmbedReplica")
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.output.contains("ber-1  Dr Ayesha Malik"))
        #expect(try binary.run("show", "ber-1", "--replica", "r").status == 0)
    }
}

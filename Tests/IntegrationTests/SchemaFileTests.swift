import Foundation
import RecordModel
import TestSupport
import Testing

/// The built program with schemas of several versions.
struct SchemaFileTests {
    private let binary = Binary()

    private func file(_ name: String, _ text: String) throws -> String {
        let path = binary.directory.path(name)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test func desksOfTwoSchemasShareAContactThroughHeadquarters() throws {
        let later = try file("later.schema", Schema.laterNotation)
        let address = try binary.ministry("BER", "LON")
        defer { binary.stop() }
        func lon(_ arguments: String...) throws -> Binary.Outcome {
            binary.environment = ["ATTACHE_SCHEMA": later]
            defer { binary.environment = [:] }
            return try binary.run(arguments + ["--replica", "lon"])
        }
        func ber(_ arguments: String...) throws -> Binary.Outcome {
            try binary.run(arguments + ["--replica", "ber"])
        }
        #expect(!address.isEmpty)
        let added = try lon(
            "add",
            "contact",
            "--space",
            "all-missions",
            "preferred_name=Ayesha Malik",
            "liaison=Bilal Qureshi",
            "standing=honorary"
        )
        #expect(added.status == 0, "\(added.errors)")
        #expect(
            try lon("add", "treaty_body", "--space", "all-missions", "name=Water Commission").status
                == 0
        )
        #expect(try lon("sync").status == 0)
        let synced = try ber("sync", "--json")
        #expect(synced.status == 0, "\(synced.errors)")

        let shown = try ber("show", "lon-1", "--json").json()
        #expect(shown["fields"]?["#54"]?.string == Data("Bilal Qureshi".utf8).base64EncodedString())
        #expect(shown["fields"]?["standing"] == .string("honorary"))
        #expect(try ber("show", "lon-1").output.contains("Bilal Qureshi"))
        #expect(try ber("find", "qureshi", "--json").lines().map { $0["id"] } == [.string("lon-1")])
        let listed = try ber("list", "#17")
        #expect(listed.output.contains("Water Commission"))
        #expect(try ber("set", "lon-1", "city=Bonn").status == 0)
        #expect(try ber("sync").status == 0)
        #expect(try lon("sync").status == 0)
        let back = try lon("show", "lon-1", "--json").json()
        #expect(back["fields"]?["city"] == .string("Bonn"))
        #expect(back["fields"]?["liaison"] == .string("Bilal Qureshi"))
        let desks = try binary.run("hq", "desks", "--data", "hq", "--json").json()
        #expect(desks.array?.map { $0["schema"] } == [.number(1), .number(2)])

        // The older desk gets the file.
        binary.environment = ["ATTACHE_SCHEMA": later]
        defer { binary.environment = [:] }
        let known = try binary.run("show", "lon-1", "--replica", "ber", "--json").json()
        #expect(known["fields"]?["liaison"] == .string("Bilal Qureshi"))
        #expect(try binary.run("list", "treaty_body", "--replica", "ber").output.contains("Water"))
        #expect(try binary.run("doctor", "--replica", "ber").status == 0)
    }

    @Test func aSchemaFileIsChecked() throws {
        let sound = try binary.run("schema", "check", file("later", Schema.laterNotation), "--json")
        #expect(sound.status == 0)
        #expect(try sound.json()["findings"] == .array([]))
        #expect(try sound.json()["added"]?.array?.contains(.string("contact.liaison")) == true)
        let unsound = Schema.builtInNotation(replacing: [
            ("schema 1\n", "schema 2\n"), ("30 employer text review", "30 employer text review s"),
        ])
        let path = try file("unsound", unsound)
        let checked = try binary.run("schema", "check", path)
        #expect(checked.status == 1)
        #expect(checked.output.contains("contact.employer is not sensitive"))
        // Nobody works by it.
        binary.environment = ["ATTACHE_SCHEMA": path]
        let refused = try binary.run("init", "--desk", "BER", "--officer", "A", "--json")
        #expect(refused.status == 1)
        #expect(refused.errors.contains("bad_value"))
        #expect(refused.errors.contains("line "))
        // An earlier schema is one to work by.
        binary.environment = [
            "ATTACHE_SCHEMA": try file(
                "earlier",
                Schema.builtInNotation(replacing: [
                    ("schema 1\n", "schema 0\n"), ("31 position text review\n", ""),
                ])
            )
        ]
        #expect(try binary.run("init", "--desk", "BER", "--officer", "A").status == 0)
        #expect(try binary.run("add", "contact", "preferred_name=A", "position=B").status == 1)
    }
}

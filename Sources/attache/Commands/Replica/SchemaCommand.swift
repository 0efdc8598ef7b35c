import ArgumentParser
import RecordModel

/// `attache schema`: kinds, fields and policies.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Show the kinds of records, or check a schema file.",
        subcommands: [ShowSchemaCommand.self, CheckSchemaCommand.self],
        defaultSubcommand: ShowSchemaCommand.self
    )
}

/// `attache schema show`: the kinds, or the fields of one.
struct ShowSchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the kinds, or the fields of one kind."
    )

    @OptionGroup var output: OutputOptions

    @Argument(help: "The kind.")
    var kind: String?

    func run() throws {
        let schema = try Schema.chosen()
        guard let name = kind else { return try show(schema) }
        guard let kind = schema.kind(named: name) else {
            throw ErrorReport(
                .unknownKind,
                "there is no kind “\(name)”",
                hint: "Kinds are \(schema.kinds.map(\.name).joined(separator: ", "))."
            )
        }
        if output.json { return try output.print(kind.json, text: "") }
        var table = Table(["field", "type", "policy", ""])
        for field in kind.fields {
            table.append([
                field.name, field.notation, field.policy.rawValue,
                field.isSensitive ? "sensitive" : "",
            ])
        }
        try output.print(table, whenEmpty: "")
    }

    private func show(_ schema: Schema) throws {
        if output.json {
            return try output.print(
                .object([
                    JSONMember("version", .number(schema.version)),
                    JSONMember("kinds", .array(schema.kinds.map(\.json))),
                ]),
                text: ""
            )
        }
        var table = Table(["kind", "fields", "handling", "named by"])
        for kind in schema.kinds {
            let names = kind.namingFields.compactMap { kind.field(number: $0)?.name }
            table.append([
                kind.name, "\(kind.fields.count)", kind.initialHandling,
                names.joined(separator: ", "),
            ])
        }
        try output.print(table, whenEmpty: "")
    }
}

/// `attache schema check`: whether a schema file may follow the present schema.
struct CheckSchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check that a schema file can follow the present schema; exits with 1 if not.",
        discussion: """
            Desks work by the old and the new schema side by side for weeks, so that a new one may only \
            add: kinds, fields, parts at the end of items, words of lists. Numbers and names are never \
            used for something else, types and shapes never change.

            A desk or headquarters works by the file that $ATTACHE_SCHEMA names.
            """
    )

    @OptionGroup var output: OutputOptions

    @Argument(help: "The file.", completion: .file())
    var file: String

    @Option(
        help: ArgumentHelp("The schema that it is to follow; by default the present one."),
        completion: .file()
    )
    var after: String?

    func run() throws {
        let later = try SchemaFile(at: file)
        let earlier = try after.map { try SchemaFile(at: $0).schema } ?? .chosen()
        let succession = SchemaSuccession(of: later, after: earlier)
        try output.print(
            json(of: succession, later.schema),
            text: text(of: succession, later.schema)
        )
        if !succession.findings.isEmpty { throw ExitCode.failure }
    }

    private func json(of succession: SchemaSuccession, _ schema: Schema) -> JSONValue {
        .object([
            JSONMember("version", .number(schema.version)),
            JSONMember("kinds", .number(schema.kinds.count)),
            JSONMember("added", .array(succession.additions.map(JSONValue.string))),
            JSONMember(
                "findings",
                .array(
                    succession.findings.map { finding in
                        .object([
                            JSONMember("line", .number(finding.line)),
                            JSONMember("problem", .string(finding.problem)),
                        ])
                    }
                )
            ),
        ])
    }

    private func text(of succession: SchemaSuccession, _ schema: Schema) -> String {
        var lines = succession.findings.map { SafeText.line("\(file): \($0.message)") }
        let added = succession.additions
        lines.append(
            "Version \(schema.version), \(schema.kinds.count) kinds; "
                + (added.isEmpty ? "nothing is new." : "new: \(added.joined(separator: ", ")).")
        )
        return lines.joined(separator: "\n")
    }
}

extension Kind {
    fileprivate var json: JSONValue {
        .object([
            JSONMember("kind", .string(name)), JSONMember("number", .number(number)),
            JSONMember(
                "fields",
                .array(
                    fields.map { field in
                        .object([
                            JSONMember("field", .string(field.name)),
                            JSONMember("number", .number(field.number)),
                            JSONMember("type", .string(field.notation)),
                            JSONMember("policy", .string(field.policy.rawValue)),
                            JSONMember("sensitive", .bool(field.isSensitive)),
                        ])
                    }
                )
            ),
        ])
    }
}

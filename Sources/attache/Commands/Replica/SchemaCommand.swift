import ArgumentParser
import Foundation
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
        let schema = Schema.builtIn
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

/// `attache schema check`: whether a schema file can be read.
struct CheckSchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check that a schema file can be read."
    )

    @OptionGroup var output: OutputOptions

    @Argument(help: "The file.", completion: .file())
    var file: String

    func run() throws {
        guard let data = FileManager.default.contents(atPath: file),
            let text = String(validating: data, as: UTF8.self)
        else { throw ErrorReport(.io, "\(file) cannot be read as UTF-8 text") }
        do throws(SchemaError) {
            let schema = try Schema(parsing: text)
            try? output.print(
                .object([
                    JSONMember("version", .number(schema.version)),
                    JSONMember("kinds", .number(schema.kinds.count)),
                ]),
                text: "Version \(schema.version), \(schema.kinds.count) kinds."
            )
        } catch {
            throw ErrorReport(.badValue, "\(file): \(error.message)")
        }
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

extension Field {
    /// The field's type as the schema writes it.
    fileprivate var notation: String {
        switch shape {
        case .register: return type.notation
        case .set where isSinglePart, .log where isSinglePart:
            return "\(shape.rawValue) \(type.notation)"
        case .set, .rows, .log:
            let parts = parts.map { part in
                part.name + (part.isKey && shape == .set ? "*" : "")
                    + (part.type == .text ? "" : " \(part.type.notation)")
            }
            let braces = "{\(parts.joined(separator: ", "))}"
            return shape == .set ? braces : "\(shape.rawValue) \(braces)"
        }
    }
}

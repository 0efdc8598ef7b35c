import Foundation
import RecordModel

extension Schema {
    /// The environment variable that names a schema file.
    static let variable = "ATTACHE_SCHEMA"

    /// Returns the schema by which this process works: the built-in one, or that of the file which
    /// `$ATTACHE_SCHEMA` names.
    ///
    /// Such a file is an earlier or a later schema than the built-in one: a number never means two
    /// things.
    /// - Throws: `ErrorReport` where the file cannot be read, or is neither.
    static func chosen(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> Schema {
        guard let path = environment[variable], !path.isEmpty else { return .builtIn }
        let file = try SchemaFile(at: path)
        let later = SchemaSuccession(of: file, after: .builtIn).findings
        guard let finding = later.first else { return file.schema }
        if let builtIn = try? SchemaFile(parsing: Schema.builtIn.notation),
            SchemaSuccession(of: builtIn, after: file.schema).findings.isEmpty
        {
            return file.schema
        }
        throw ErrorReport(
            .badValue,
            "\(path), which \(variable) names, does not follow this program's schema: "
                + finding.message,
            hint: "attache schema check \(path) lists what is wrong; nothing was changed."
        )
    }
}

extension SchemaFile {
    /// Reads the schema file at a path.
    /// - Throws: `ErrorReport` where it cannot be read, with the line that is wrong.
    init(at path: String) throws {
        guard let data = FileManager.default.contents(atPath: path),
            let text = String(validating: data, as: UTF8.self)
        else { throw ErrorReport(.io, "\(path) cannot be read as UTF-8 text") }
        do throws(SchemaError) {
            try self.init(parsing: text)
        } catch {
            throw ErrorReport(.badValue, "\(path): \(error.message)")
        }
    }
}

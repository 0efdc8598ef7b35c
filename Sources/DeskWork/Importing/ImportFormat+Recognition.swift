import Foundation
import Interchange

extension ImportFormat {
    /// Tells the format of a file by how it begins, or by its name; nil where neither says.
    ///
    /// Only what is a file is looked into: the bytes of a pipe can be read once.
    init?(file: String, ending: String) {
        let start = Self.start(of: file)
        if VCardReader.recognises(start) {
            self = .vcard
        } else if VCardReader.recognisesJCard(start) {
            self = .jcard
        } else {
            switch ending {
            case "csv", "tsv": self = .csv
            case "jsonl", "ndjson", "json": self = .jsonl
            case "vcf", "vcard": self = .vcard
            case "jcard": self = .jcard
            default: return nil
            }
        }
    }

    private static func start(of file: String) -> [UInt8] {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file)
        guard attributes?[.type] as? FileAttributeType == .typeRegular,
            let handle = FileHandle(forReadingAtPath: file)
        else { return [] }
        defer { try? handle.close() }
        return (try? handle.read(upToCount: 512)).flatMap { $0 }.map { [UInt8]($0) } ?? []
    }
}

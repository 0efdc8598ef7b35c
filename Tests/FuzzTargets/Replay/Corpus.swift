import Foundation

/// The inputs that fuzzing found, in one file for each target: those that reach code that no other
/// reaches, and those that once broke a property.
///
/// Encoded form: for each input its length as 4 big-endian bytes, then its bytes. `corpus.py` packs
/// and unpacks it.
struct Corpus {
    let inputs: [[UInt8]]

    /// Reads the corpus of a target.
    /// - Throws: Foundation's error where there is none.
    init(of target: FuzzTarget) throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Corpora/\(target.name).corpus").standardizedFileURL
        var rest = try [UInt8](Data(contentsOf: file))[...]
        var inputs: [[UInt8]] = []
        while rest.count >= 4 {
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            inputs.append(Array(rest.dropFirst(4).prefix(length)))
            rest = rest.dropFirst(4 + length)
        }
        self.inputs = inputs
    }
}

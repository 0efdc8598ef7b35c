import Conformance
import RecordModel

@testable import DeskWork

/// What people and other implementations type.
let notationTargets = [
    FuzzTarget("condition", seeds: Seeds.conditions) { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        do throws(DeskError) {
            _ = try Condition(parsing: [text], schema: .builtIn)
        } catch {
            // The message quotes the condition.
            let limit = 4 * text.utf8.count + 512
            try require(error.message.utf8.count <= limit, "a message without bound")
        }
        if let assignment = FieldAssignment(text) {
            try require(assignment.text.utf8.count <= text.utf8.count, "a longer text")
        }
    },
    FuzzTarget("vector", seeds: Seeds.vectors) { bytes in
        guard let vector = accepted({ try Vector(bytes) }) else { return }
        do {
            let result = try vector.result()
            let again = try must("the result") { try JSONValue(parsing: result.text) }
            try require(again == result, "the result reads as another")
        } catch let error as VectorError {
            let broken = ["decodes to another", "does not read back", "is not canonical itself"]
            try require(!broken.contains { error.message.contains($0) }, error.message)
        } catch let violation as Violation {
            throw violation
        } catch {}
    },
]

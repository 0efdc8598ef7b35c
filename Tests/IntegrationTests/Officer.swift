import Foundation
import RecordModel
import Testing

/// A desk at a keyboard: each call is one command line of the built program.
struct Officer {
    let binary: Binary
    let replica: String

    @discardableResult
    func types(_ arguments: String...) throws -> Binary.Outcome {
        let line = arguments.map { argument in
            // A word of the command line as a shell quotes it.
            "'" + argument.replacingOccurrences(of: "'", with: #"'\''"#) + "'"
        }.joined(separator: " ")
        let outcome = try binary.run(shell: "exec \"$0\" \(line) --replica \(replica)")
        #expect(outcome.status == 0, "attache \(line): \(outcome.errors)")
        return outcome
    }

    func adds(_ kind: String, _ fields: String...) throws -> String {
        let line = ["add", kind] + fields
        let quoted = line.map { "'" + $0.replacingOccurrences(of: "'", with: #"'\''"#) + "'" }
        let outcome = try binary.run(
            shell: "exec \"$0\" \(quoted.joined(separator: " ")) --replica \(replica) --json"
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        return try #require(try outcome.json()["id"]?.string)
    }
}

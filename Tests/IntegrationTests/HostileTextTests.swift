import Foundation
import TestSupport
import Testing

/// Text that would steer a terminal, or show other text than is there, is shown as escapes wherever it
/// comes from.
struct HostileTextTests {
    private static let harm = "\u{1b}[2J\u{9b}31m\u{7}\u{202e}x\u{2066}"

    private func isHarmless(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x09, 0x0a: true
            case 0..<0x20, 0x7f..<0xa0, 0x202a...0x202e, 0x2066...0x2069: false
            default: true
            }
        }
    }

    @Test func nothingThatIsShownCommandsATerminal() throws {
        let binary = Binary()
        try binary.run("init", "--desk", "BER", "--officer", "A\u{202e}B")
        try binary.run("add", "contact", "preferred_name=Zeb \u{202e}bez", "tags+=\u{2066}t")
        let rows = """
            {"kind":"contact","fields":{"preferred_name":"\\u001b[2J"}}
            {"kind":"\\u001b[2J","fields":{}}
            {"\\u001b[2J":1,"\\u001b[2J":2}
            {"kind":"contact","fields":{"\\u202e\\u0007":"x"}}
            """
        let file = binary.directory.path("a\u{1b}b\u{202e}.jsonl")
        try rows.write(toFile: file, atomically: true, encoding: .utf8)
        let outcomes = [
            try binary.run("show", "ber-1"),
            try binary.run("show", "ber-1", "--json"),
            try binary.run("list", "contact"),
            try binary.run("find", "zeb"),
            try binary.run("find", Self.harm),
            try binary.run("history", "ber-1"),
            try binary.run("status"),
            try binary.run("import", file),
            try binary.run("set", "ber-1", "city=\(Self.harm)"),
            try binary.run("set", "ber-1", "\(Self.harm)=x"),
            try binary.run("show", Self.harm),
            try binary.run("list", "contact", "--where", "city=\(Self.harm) \(Self.harm)"),
            try binary.run("list", "contact", "--where", Self.harm),
        ]
        for outcome in outcomes {
            #expect(isHarmless(outcome.output), "\(outcome.output.debugDescription)")
            #expect(isHarmless(outcome.errors), "\(outcome.errors.debugDescription)")
        }
        #expect(outcomes[0].output.contains(#"Zeb \u{202E}bez"#))
        #expect(!isHarmless(Self.harm))
    }
}

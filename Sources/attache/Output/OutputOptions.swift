import ArgumentParser
import Foundation
import RecordModel

/// How a command prints.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON, and nothing else, on standard output.")
    var json = false

    @Option(help: ArgumentHelp("When to use colours: auto, always or never.", valueName: "when"))
    var color = ColorChoice.auto

    /// How text on standard output is set off.
    var style: Style {
        switch color {
        case .always: Style(isEnabled: true)
        case .never: .plain
        case .auto:
            Style(
                isEnabled: Platform.isTerminal(1)
                    && ProcessInfo.processInfo.environment["NO_COLOR", default: ""].isEmpty
            )
        }
    }

    /// The columns into which text must fit; nil where standard output is no terminal.
    var width: Int? {
        Platform.isTerminal(1) ? Platform.windowSize()?.columns ?? 80 : nil
    }

    /// Prints the JSON document, or else the text.
    func print(_ json: @autoclosure () -> JSONValue, text: @autoclosure () -> String) throws {
        if self.json {
            let value = json()
            let document = Platform.isTerminal(1) ? value.prettyText : value.text
            try StandardStreams.print(SafeText.json(document))
        } else {
            let text = text()
            if !text.isEmpty { try StandardStreams.print(text) }
        }
    }

    /// Prints a table, or what to say when it has no rows.
    func print(_ table: Table, whenEmpty: String) throws {
        if table.isEmpty { return try StandardStreams.print(whenEmpty) }
        let lines = table.lines(width: width, style: style)
        try StandardStreams.print(lines.joined(separator: "\n"))
    }

    /// Prints objects one a line.
    func printLines(_ objects: some Sequence<JSONValue>) throws {
        var buffer = LineBuffer()
        for object in objects { try buffer.line(SafeText.json(object.text)) }
        try buffer.flush()
    }

    /// Prints the objects that a body hands over, one a line, while it goes on.
    func printLines(_ body: ((JSONValue) throws -> Void) throws -> Void) throws {
        var buffer = LineBuffer()
        try body { try buffer.line(SafeText.json($0.text)) }
        try buffer.flush()
    }

    /// Says something that a person may want to know beside the result, where one is reading.
    func warn(_ text: String, evenWithoutTerminal: Bool = false) {
        if evenWithoutTerminal || Platform.isTerminal(2) {
            StandardStreams.warn("attache: \(SafeText.line(text))")
        }
    }
}

extension JSONValue {
    /// Creates an object of those members that have a value.
    static func object(present members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        .object(members.compactMap { name, value in value.map { JSONMember(name, $0) } })
    }
}

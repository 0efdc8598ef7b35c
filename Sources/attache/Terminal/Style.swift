import ArgumentParser

/// When text is coloured.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
    /// On a terminal, unless `NO_COLOR` is set.
    case auto
    /// Always.
    case always
    /// Never.
    case never
}

/// How text is set off: by ANSI sequences where that is wanted, else not at all.
struct Style {
    /// Whether sequences are written.
    let isEnabled: Bool

    /// Text without any sequences.
    static let plain = Style(isEnabled: false)

    /// Text that names something.
    func bold(_ text: String) -> String { wrapped(text, "1") }
    /// Text that may be passed over.
    func dim(_ text: String) -> String { wrapped(text, "2") }
    /// Text that needs a person.
    func warning(_ text: String) -> String { wrapped(text, "33") }
    /// Text that says that all is well.
    func good(_ text: String) -> String { wrapped(text, "32") }
    /// Text that says that something failed.
    func bad(_ text: String) -> String { wrapped(text, "31") }
    /// A stretch that differs from what stands beside it.
    func difference(_ text: String) -> String { wrapped(text, "1;4;36") }

    private func wrapped(_ text: String, _ code: String) -> String {
        isEnabled && !text.isEmpty ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }
}

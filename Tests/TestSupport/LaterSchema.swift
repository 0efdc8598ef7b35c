import RecordModel

extension Schema {
    /// The built-in schema as a schema file, after replacements of text that stands in it once.
    ///
    /// A replacement of what is not there, or there several times, ends the test.
    public static func builtInNotation(
        replacing replacements: [(old: String, new: String)] = []
    ) -> String {
        var text = Schema.builtIn.notation
        for (old, new) in replacements {
            let pieces = text.split(separator: old, omittingEmptySubsequences: false)
            precondition(pieces.count == 2, "“\(old)” stands \(pieces.count - 1) times")
            text = pieces.joined(separator: new)
        }
        return text
    }

    /// A schema that follows the built-in one as a ministry's next might: new fields of each shape, a
    /// new kind, a new part, new words.
    public static let laterNotation =
        builtInNotation(replacing: [
            ("schema 1\n", "schema 2\n"),
            (
                "53 delete_after date min\n",
                """
                53 delete_after date min
                54 liaison text review
                55 nicknames set text -
                56 grants {name*, year date, amount money} review
                57 background longtext text s
                58 remarks log longtext -

                """
            ),
            (
                "dormant|former|deceased review(deceased)",
                "dormant|former|deceased|honorary review(deceased)"
            ),
            ("PERSONAL|RESTRICTED strict", "PERSONAL|RESTRICTED|SECRET strict"),
            (
                "languages {lang* lang, level a1|a2|b1|b2|c1|c2|native}",
                "languages {lang* lang, level a1|a2|b1|b2|c1|c2|native, tested date}"
            ),
        ]) + """
            kind 17 treaty_body handling INTERNAL
            20 name ! text review
            21 seat text review
            22 members {contact* ref|text, role} review

            """

    /// The schema of `laterNotation`.
    public static let later: Schema = {
        do throws(SchemaError) {
            return try Schema(parsing: laterNotation)
        } catch {
            preconditionFailure("the later schema: \(error.message)")
        }
    }()
}

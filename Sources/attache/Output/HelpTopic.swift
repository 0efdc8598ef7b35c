/// What `attache help TOPIC` explains beside the commands.
enum HelpTopic: String, CaseIterable {
    case exitCodes = "exit-codes"
    case values
    case `where`

    /// The page.
    var text: String {
        switch self {
        case .exitCodes: Self.exitCodesText
        case .values: Self.valuesText
        case .where: Self.whereText
        }
    }

    private static var exitCodesText: String {
        var lines = ["EXIT CODES", ""]
        for status in ExitStatus.allCases {
            lines.append("  \(status.rawValue)  \(status.meaning)")
            let codes = ErrorCode.allCases.filter { $0.exitStatus == status }.map(\.rawValue)
            lines += TextWidth.lines(of: codes.joined(separator: " "), width: 70)
                .filter { !$0.isEmpty }.map { "     \($0)" }
        }
        return
            (lines + [
                "",
                "With --json an error is one object on standard error:",
                #"  {"error":{"code":"not_found","message":"…","hint":"…"}}"#,
                "The words above are its codes.",
                "",
                "import ends with 0 when the run completed, whatever its rows came to; with",
                "--strict it ends with 1 where a row was refused or held. Ctrl-C stops long work",
                "at a safe point: exit code 1, code interrupted; what is done is said and kept.",
            ]).joined(separator: "\n")
    }

    private static let valuesText = """
        VALUES ON THE COMMAND LINE

          FIELD=VALUE     sets; of a set it leaves just that item
          FIELD+=VALUE    adds an item to a set, rows or log
          FIELD-=VALUE    takes an item away
          FIELD=          clears
          FIELD[KEY].PART=VALUE   changes one part of an item
          FIELD=@FILE  FIELD=-    reads the value from a file or standard input
          FIELD=@@VALUE   a value that begins with @

        Dates may be partial: 2026-03-14, 2026-03, 2026, 1985~ (about), 2018/.. (since).
        Money is EUR 1200000.00; countries are ISO 3166 codes; items with several parts are
        JSON: phones+='{"value":"+49 30 12345","type":"mobile"}'.

        attache schema show KIND lists the fields of a kind with their types.
        """

    private static let whereText = """
        EXPRESSIONS OF --where

          F=V  F!=V  F<V  F<=V  F>V  F>=V   compare; a partial date by its bounds
          F:V   a set has V; codes also by their beginning: research_fields:2 finds 2.2
          F~V   the text contains V, whatever its case or accents
          F     the field is there

        joined with and, or, not and parentheses. Parts of items are F.PART. Values with
        spaces stand in double quotes. Where a field is in conflict, any version matches.

          attache list contact --where 'city=Berlin and research_fields:2.2'
          attache list contact --where 'last_contacted<2026-01 and not do_not_contact=true'
        """
}

extension ValueType {
    /// Returns the canonical text of a typed or imported value.
    ///
    /// The UTF-8 of this text is what storage, wire and hashes carry. What cannot be of the type
    /// is refused; what only looks wrong is kept with a warning.
    /// - Throws: `ValueError`.
    public func canonical(
        _ text: String,
        context: ValueContext = ValueContext(),
        warnings: inout [ValueWarning]
    ) throws(ValueError) -> String {
        if case .longtext = self { return try CanonicalText.lines(text) }
        let line = try CanonicalText.line(text)
        let canonical: String?
        switch self {
        case .text, .longtext: canonical = line
        case .int: canonical = Int64(line).map { String($0) }
        case .bool: canonical = Self.bool(line)
        case .date: canonical = CivilDate(line) == nil ? nil : line
        case .edtf: canonical = EDTF(line).map(\.text)
        case .instant: canonical = Instant(line, context: context).map(\.text)
        case .money: canonical = try Self.money(Money(line), context, &warnings)
        case .enumeration(let words): canonical = Self.word(line, of: words)
        case .country: canonical = Self.country(line, context)
        case .lang: canonical = Self.language(line, context, &warnings)
        case .ford: canonical = CodeLists.ford(line)
        case .sdg: canonical = CodeLists.sdg(line)
        case .email, .phone, .url:
            canonical = kept(address(line, context: context, &warnings), typed: line, &warnings)
        case .id(let scheme): canonical = Self.identifier(line, scheme: scheme, &warnings)
        case .ref: canonical = Self.reference(line, &warnings)
        case .refOrText: canonical = Self.reference(line, &warnings) ?? line
        case .blob: canonical = BlobName(line)?.text
        }
        guard let canonical else { throw .malformed(self, text: line) }
        return canonical
    }

    /// Whether bytes are the canonical form of a value of this type.
    public func isCanonical(_ bytes: some Collection<UInt8>) -> Bool {
        guard let text = String(validating: bytes, as: UTF8.self) else { return false }
        var warnings: [ValueWarning] = []
        do throws(ValueError) {
            return try canonical(text, warnings: &warnings).utf8.elementsEqual(bytes)
        } catch {
            return false
        }
    }

    /// Whether bytes are a value of this type, or may be one in a later version: there the lists of
    /// words, countries, currencies and codes can be longer, and nothing else changes.
    func isCanonical(_ bytes: [UInt8], _ inLaterVersion: Bool) -> Bool {
        isCanonical(bytes) || inLaterVersion && isListed && ValueType.text.isCanonical(bytes)
    }

    /// Whether the values are those of a list that may grow.
    private var isListed: Bool {
        switch self {
        case .enumeration, .country, .lang, .ford, .sdg, .money, .id: true
        default: false
        }
    }

    private static func bool(_ line: String) -> String? {
        switch line.asciiLowercased() {
        case "true", "yes": "true"
        case "false", "no": "false"
        default: nil
        }
    }

    /// Finds a word in any case, spaces and hyphens standing for `_`.
    private static func word(_ line: String, of words: [String]) -> String? {
        if words.contains(line) { return line }
        let folded = String(
            decoding: line.utf8.map { " -".utf8.contains($0) ? 0x5f : $0 },
            as: UTF8.self
        )
        .asciiLowercased()
        return words.first { $0.asciiLowercased() == folded }
    }

    private static func country(_ line: String, _ context: ValueContext) -> String? {
        let code = line.asciiUppercased()
        if CodeLists.countries.contains(code) { return code }
        return context.readsNames ? CountryNames.code(of: line) : nil
    }

    private static func language(
        _ line: String,
        _ context: ValueContext,
        _ warnings: inout [ValueWarning]
    ) -> String? {
        if context.readsNames, line.utf8.count > 2, let code = LanguageNames.code(of: line) {
            return code
        }
        guard let tag = LanguageTag.canonical(line) else { return nil }
        let language = String(tag.prefix { $0 != "-" })
        if language.utf8.count == 2, LanguageNames.codes[language] == nil {
            warnings.append(.unknownLanguage(language))
        }
        return tag
    }

    /// Returns the text of an amount, whose currency may be a former one where that is accepted.
    static func money(
        _ money: Money,
        _ context: ValueContext,
        _ warnings: inout [ValueWarning]
    ) throws(ValueError) -> String {
        if money.isWithdrawn {
            guard context.acceptsWithdrawnCurrencies else {
                throw .withdrawnCurrency(money.currency)
            }
            warnings.append(.withdrawnCurrency(money.currency))
        }
        return money.text
    }

    private func address(
        _ line: String,
        context: ValueContext,
        _ warnings: inout [ValueWarning]
    ) -> String? {
        switch self {
        case .email: return EmailAddress.canonical(line)
        case .phone:
            return Self.phone(line, context, &warnings)
        default: return WebAddress.canonical(line)
        }
    }

    private static func phone(
        _ line: String,
        _ context: ValueContext,
        _ warnings: inout [ValueWarning]
    ) -> String? {
        let number = PhoneNumber(line, region: context.region)
        if number == nil || number?.remark != nil, let region = context.otherRegion,
            let other = PhoneNumber(line, region: region), other.remark == nil
        {
            if other != number { warnings.append(.phoneRegion(typed: line, number: other.text)) }
            return other.text
        }
        switch number?.remark {
        case .lacksPlus, .lacksTrunk:
            warnings.append(.phoneRepaired(typed: line, number: number?.text ?? ""))
        case .unusualLength: warnings.append(.phoneLength(number: number?.text ?? ""))
        case nil: break
        }
        return number?.text
    }

    private func kept(
        _ canonical: String?,
        typed: String,
        _ warnings: inout [ValueWarning]
    ) -> String {
        if canonical == nil { warnings.append(.keptAsTyped(self, text: typed)) }
        return canonical ?? typed
    }

    private static func identifier(
        _ line: String,
        scheme: String?,
        _ warnings: inout [ValueWarning]
    ) -> String? {
        let found = scheme.map { Identifier(scheme: $0, line) } ?? Identifier(line)
        guard let found else { return nil }
        if !found.isChecked {
            warnings.append(.checkDigit(scheme: found.scheme, text: found.value))
        }
        return scheme == nil ? found.text : found.value
    }

    private static func reference(_ line: String, _ warnings: inout [ValueWarning]) -> String? {
        guard let reference = Reference(line) else { return nil }
        if case .identifier(let identifier) = reference, !identifier.isChecked {
            warnings.append(.checkDigit(scheme: identifier.scheme, text: identifier.value))
        }
        return reference.text
    }
}

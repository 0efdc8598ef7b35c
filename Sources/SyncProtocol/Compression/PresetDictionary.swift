import Foundation

/// Bytes that stand in the window of a deflate stream before it begins, so that a small message,
/// which repeats little of itself, can repeat what such messages mostly hold.
///
/// A dictionary belongs to the protocol: its bytes never change under its number
/// (`Protocol/dictionary`). It was trained on made-up records alone.
/// Spec: `Protocol/spec/05-sync.md` §1.
public struct PresetDictionary: Hashable, Sendable {
    /// Its number, which a frame names.
    public let number: UInt8
    /// The bytes, the likeliest last, where they are the nearest.
    public let bytes: [UInt8]

    /// The one that this implementation sends with.
    public static let latest = PresetDictionary(number: 1, base64: DictionaryData.one)

    /// From which length of message on nothing is gained: a long message is its own dictionary.
    static let reach = 32 << 10

    /// Returns the dictionary of a number, or nil where it is not held here.
    public init?(number: UInt8) {
        guard number == Self.latest.number else { return nil }
        self = Self.latest
    }

    private init(number: UInt8, base64: String) {
        let data = Data(base64Encoded: base64, options: .ignoreUnknownCharacters)
        self.number = number
        bytes = data.map { [UInt8]($0) } ?? []
    }
}

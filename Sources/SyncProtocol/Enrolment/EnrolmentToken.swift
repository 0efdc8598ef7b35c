import Crypto
import Foundation

/// What headquarters hands out for one desk to enrol with: a secret, and the hash of the key by
/// which the desk knows headquarters at the first contact.
///
/// As text it is `att1-` and 58 characters of Crockford's base 32 in lower case: secret, hash and a
/// check of 4 bytes. It is typed as tolerantly as that alphabet is meant to be: case, spaces and
/// hyphens do not matter, O is read as 0, I and L as 1.
/// Spec: `Protocol/spec/06-authentication.md`.
public struct EnrolmentToken: Hashable, Sendable {
    /// What is wrong with a text that should be a token.
    public enum ParseError: Error, Hashable, Sendable, CustomStringConvertible {
        /// It does not begin with `att1`.
        case notAToken
        /// It has too few or too many characters after the beginning.
        case wrongLength(found: Int, expected: Int)
        /// The character at a position (from 1, hyphens and spaces not counted) is none of the
        /// alphabet.
        case badCharacter(Character, position: Int)
        /// All characters are possible, but the check says that one is mistyped.
        case mistyped

        /// The error in words.
        public var description: String {
            switch self {
            case .notAToken:
                "an enrolment token begins with “\(EnrolmentToken.prefix)”"
            case .wrongLength(let found, let expected):
                "the token has \(found) characters after its beginning instead of \(expected)"
            case .badCharacter(let character, let position):
                "the token has “\(character)” at position \(position), which no token has"
            case .mistyped:
                "the token is mistyped: its check does not come out"
            }
        }
    }

    /// The secret, 16 bytes; headquarters keeps only its hash.
    public let secret: [UInt8]
    /// The first 16 bytes of SHA-256 over headquarters' public key.
    public let keyHash: [UInt8]

    /// The number of bytes of the secret.
    public static let secretBytes = 16
    private static let hashBytes = 16
    private static let checkBytes = 4
    private static let prefix = "att1"
    private static let length = (8 * (secretBytes + hashBytes + checkBytes) + 4) / 5

    /// Creates a token for the headquarters with a public key, or nil unless the secret is 16 bytes.
    public init?(secret: [UInt8], publicKey: [UInt8]) {
        guard secret.count == Self.secretBytes else { return nil }
        self.secret = secret
        keyHash = Self.hash(publicKey, Self.hashBytes)
    }

    /// Reads a token that a person typed or pasted.
    /// - Throws: `ParseError`, which says what is wrong with it.
    public init(parsing text: String) throws(ParseError) {
        let characters = text.lowercased().filter { !$0.isWhitespace && $0 != "-" }
        guard characters.hasPrefix(Self.prefix) else { throw .notAToken }
        let digits = characters.dropFirst(Self.prefix.count)
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var bitCount: UInt32 = 0
        for (index, character) in digits.enumerated() {
            guard let digit = Self.digit(character) else {
                throw .badCharacter(character, position: Self.prefix.count + index + 1)
            }
            bits = bits << 5 | digit
            bitCount += 5
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> bitCount))
                bits &= 1 << bitCount - 1
            }
        }
        guard digits.count == Self.length else {
            throw .wrongLength(found: digits.count, expected: Self.length)
        }
        let content = Array(bytes.dropLast(Self.checkBytes))
        guard bits == 0, Self.check(content) == Array(bytes.suffix(Self.checkBytes)) else {
            throw .mistyped
        }
        secret = Array(content.prefix(Self.secretBytes))
        keyHash = Array(content.dropFirst(Self.secretBytes))
    }

    /// The token as one word to copy.
    public var text: String {
        let content = secret + keyHash
        var digits: [UInt8] = []
        var bits: UInt32 = 0
        var bitCount: UInt32 = 0
        // The last digit is filled up with zero bits.
        for byte in content + Self.check(content) + [0] {
            bits = bits << 8 | UInt32(byte)
            bitCount += 8
            while bitCount >= 5 {
                bitCount -= 5
                digits.append(Self.alphabet[Int(bits >> bitCount & 31)])
            }
            bits &= 1 << bitCount - 1
        }
        let word = String(decoding: digits.prefix(Self.length), as: UTF8.self)
        return "\(Self.prefix)-\(word)"
    }

    /// Whether the token is from the headquarters with a public key.
    public func matches(publicKey: [UInt8]) -> Bool {
        keyHash == Self.hash(publicKey, Self.hashBytes)
    }

    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    private static func digit(_ character: Character) -> UInt32? {
        switch character {
        case "o": return 0
        case "i", "l": return 1
        default:
            guard let ascii = character.asciiValue, let index = alphabet.firstIndex(of: ascii)
            else { return nil }
            return UInt32(index)
        }
    }

    private static func check(_ content: [UInt8]) -> [UInt8] {
        hash(Array("attache token 1".utf8) + [0] + content, checkBytes)
    }

    private static func hash(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
        Array(SHA256.hash(data: bytes).prefix(count))
    }
}

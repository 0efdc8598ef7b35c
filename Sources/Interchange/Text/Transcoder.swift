/// Turns the bytes of a text file into UTF-8 as they come.
///
/// What is no character of the encoding becomes the byte 0xFF, which is none of UTF-8 either, so
/// that it is refused where it stands and not before.
struct Transcoder {
    /// The encoding; nil while all that came was ASCII, in which every one but UTF-16 agrees.
    private(set) var encoding: TextEncoding?
    /// Whether the encoding was found out, and neither said nor marked.
    private(set) var isGuess = false
    private var isAtStart = true
    /// Bytes that need what follows them.
    private var pending: [UInt8] = []
    private var upperHalf: [Unicode.Scalar] = []

    /// How many bytes are looked at where an encoding has to be found out.
    static let sampleSize = 64 * 1024
    private static let leastSample = 4096
    private static let replacement: UInt8 = 0xFF

    /// Creates a transcoder from an encoding; nil finds it out.
    init(_ encoding: TextEncoding? = nil) {
        if let encoding { settle(encoding) }
    }

    /// Appends what the next bytes are in UTF-8.
    ///
    /// - Parameters:
    ///   - bytes: What was read; where the encoding is not known, as much as `sampleSize` at once.
    ///   - isLast: Whether nothing follows.
    ///   - output: Takes the bytes.
    mutating func append(_ bytes: [UInt8], isLast: Bool, to output: inout [UInt8]) {
        var input = pending + bytes
        pending = []
        if isAtStart {
            isAtStart = false
            let mark = input.withUnsafeBytes { EncodingDetection.mark(of: $0) }
            // No text of another encoding begins like a mark.
            if let mark {
                settle(mark.encoding)
                input.removeFirst(mark.length)
            } else if encoding == nil,
                let found = input.withUnsafeBytes({ EncodingDetection.utf16($0) })
            {
                settle(found)
                isGuess = true
            }
        }
        if encoding == nil, let first = input.firstIndex(where: { $0 >= 0x80 }) {
            guard isLast || input.count - first >= Self.leastSample else {
                output += input[..<first]
                pending = Array(input[first...])
                return
            }
            let sample = input[first...].prefix(Self.sampleSize)
            settle(Array(sample).withUnsafeBytes { EncodingDetection.encoding(of: $0) })
            isGuess = encoding != .utf8
        }
        switch encoding {
        case nil, .utf8: output += input
        case .utf16LittleEndian: appendUTF16(input, low: 0, isLast: isLast, to: &output)
        case .utf16BigEndian: appendUTF16(input, low: 1, isLast: isLast, to: &output)
        case .shiftJIS: appendShiftJIS(input, isLast: isLast, to: &output)
        case .windows1252, .windows1251, .windows1256:
            for byte in input {
                if byte < 0x80 {
                    output.append(byte)
                } else {
                    append(upperHalf[Int(byte) - 0x80], to: &output)
                }
            }
        }
    }

    private mutating func settle(_ encoding: TextEncoding) {
        self.encoding = encoding
        upperHalf = CodePages.upperHalf(of: encoding)
    }

    private func append(_ scalar: Unicode.Scalar?, to output: inout [UInt8]) {
        guard let scalar, scalar != "\u{fffd}" else { return output.append(Self.replacement) }
        output.append(contentsOf: String(scalar).utf8)
    }

    private mutating func appendUTF16(
        _ input: [UInt8],
        low: Int,
        isLast: Bool,
        to output: inout [UInt8]
    ) {
        func unit(_ index: Int) -> UInt32 {
            UInt32(input[index + low]) | UInt32(input[index + 1 - low]) << 8
        }
        var index = 0
        while index + 1 < input.count {
            let first = unit(index)
            if first == 0xFEFF, index == 0, output.isEmpty {
                index += 2
                continue
            }
            guard (0xD800...0xDBFF).contains(first) else {
                append(Unicode.Scalar(first), to: &output)
                index += 2
                continue
            }
            guard index + 3 < input.count else { break }
            let second = unit(index + 2)
            if (0xDC00...0xDFFF).contains(second) {
                let value = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
                append(Unicode.Scalar(value), to: &output)
                index += 4
            } else {
                output.append(Self.replacement)
                index += 2
            }
        }
        keep(input[index...], isLast: isLast, &output)
    }

    private mutating func appendShiftJIS(
        _ input: [UInt8],
        isLast: Bool,
        to output: inout [UInt8]
    ) {
        var index = 0
        while index < input.count {
            let byte = input[index]
            switch byte {
            case 0..<0x80: output.append(byte)
            case 0xA1...0xDF: append(Unicode.Scalar(0xFF61 + UInt32(byte) - 0xA1), to: &output)
            case 0x81...0x9F, 0xE0...0xFC:
                guard index + 1 < input.count else {
                    return keep(input[index...], isLast: isLast, &output)
                }
                let pair = UInt16(byte) << 8 | UInt16(input[index + 1])
                guard let scalar = CodePages.shiftJIS[pair] else {
                    output.append(Self.replacement)
                    break
                }
                append(scalar, to: &output)
                index += 1
            default: output.append(Self.replacement)
            }
            index += 1
        }
    }

    private mutating func keep(
        _ rest: ArraySlice<UInt8>,
        isLast: Bool,
        _ output: inout [UInt8]
    ) {
        if !isLast {
            pending = Array(rest)
        } else if !rest.isEmpty {
            output.append(Self.replacement)
        }
    }
}

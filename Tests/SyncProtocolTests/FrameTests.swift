import CZlib
import Foundation
import SwiftProtobuf
import Testing
import TestSupport

@testable import SyncProtocol

/// Frames: smaller where that is possible, bounded whatever comes in.
struct FrameTests {
    @Test func unwrappingGivesWhatWasWrapped() throws {
        var random = SeededGenerator(seed: 1)
        for count in [0, 1, 5, 100, 70_000, 1 << 20] {
            let plain = (0..<count).map { _ in UInt8(random.below(256)) }
            #expect(try Frame.decode(Frame.encode(plain)) == plain)
            let repetitive = (0..<count).map { UInt8($0 / 7 % 251) }
            #expect(try Frame.decode(Frame.encode(repetitive)) == repetitive)
        }
    }

    @Test func aFrameIsCompressedOnlyWhereThatMakesItSmaller() throws {
        #expect(try Frame.encode([1, 2, 3]) == [0, 1, 2, 3])
        let repetitive = [UInt8](repeating: 7, count: 1_000)
        let frame = try Frame.encode(repetitive)
        #expect(frame[0] == 1)
        #expect(frame.count < 50)
    }

    /// Columns of different alphabets: names, digits, random bytes.
    @Test func aBlockForEachColumnIsOneStreamAndASmallerOne() throws {
        var random = SeededGenerator(seed: 5)
        var page = WirePage()
        for field in 1...12 {
            var column = WireColumn()
            column.field = UInt32(field)
            column.changes = [0]
            let alphabet = Array(
                (field % 2 == 0 ? "0123456789" : "abcdefghijklmnopqrstuvwxyz ").utf8
            )
            column.values = Data(
                (0..<6_000).map { _ in alphabet[random.below(alphabet.count)] }
            )
            page.columns.append(column)
        }
        var space = WireSpaceRequest()
        space.page = page
        var request = WireSyncRequest()
        request.spaces = [space]
        let message = [UInt8](try request.serializedData())
        let bounds = MessageScan.columnBounds(of: message, from: 2_048)
        #expect(bounds.count == 24)
        let whole = try #require(Zlib.deflate(message, level: 6))
        let blocks = try #require(Zlib.deflate(message, level: 6, blocks: bounds))
        #expect(try Zlib.inflate(blocks[...], limit: message.count) == message)
        #expect(Double(blocks.count) < 0.97 * Double(whole.count))
        #expect(MessageScan.columnBounds(of: [1, 2, 3], from: 1).isEmpty)
    }

    @Test func whatAReceiverWouldTakeForABombIsSentPlain() throws {
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        let frame = try Frame.encode(zeros)
        #expect(frame[0] == 0)
        #expect(try Frame.decode(frame) == zeros)
    }

    @Test func aBombIsRefused() throws {
        let bomb = try #require(Zlib.deflate([UInt8](repeating: 0, count: 64 << 20), level: 9))
        let limit = Limits.inflationRatio * bomb.count
        #expect(throws: WireError.tooLarge("inflated message", limit: limit)) {
            try Frame.decode([1] + bomb)
        }
    }

    @Test func inflatingStopsAtTheLimit() throws {
        // The stream is cut in half: whoever inflates all of it before he counts finds that instead.
        let stream = try #require(Zlib.deflate([UInt8](repeating: 0, count: 32 << 20), level: 9))
        let half = stream.prefix(stream.count / 2)
        #expect(throws: WireError.tooLarge("inflated message", limit: 1_000)) {
            try Zlib.inflate(half, limit: 1_000)
        }
        #expect(throws: WireError.truncated("frame")) { try Zlib.inflate(half, limit: 32 << 20) }
    }

    @Test func theLimitItselfIsStillAllowed() throws {
        let bytes = [UInt8](repeating: 3, count: 100_000)
        let stream = try #require(Zlib.deflate(bytes, level: 6))
        #expect(try Zlib.inflate(stream[...], limit: 100_000) == bytes)
        #expect(throws: WireError.self) { try Zlib.inflate(stream[...], limit: 99_999) }
    }

    @Test func anAlteredStreamIsRefused() throws {
        let bytes = (0..<2_000).map { UInt8($0 / 11 % 200) }
        let frame = try Frame.encode(bytes)
        #expect(frame[0] == 1)
        for offset in frame.indices {
            var altered = frame
            altered[offset] ^= 0x10
            // The checksum of the stream covers the content, not the unused bits of its header.
            let decoded = try? Frame.decode(altered)
            #expect(decoded == nil || decoded == bytes, "byte \(offset)")
        }
    }

    @Test func bytesBehindTheStreamAreRefused() throws {
        let frame = try Frame.encode([UInt8](repeating: 7, count: 1_000))
        #expect(throws: WireError.malformed("frame: bytes behind the end")) {
            try Frame.decode(frame + [0])
        }
    }

    @Test func encodingsThatAreNotHeldHereAreNamed() {
        #expect(throws: WireError.truncated("frame")) { try Frame.decode([]) }
        #expect(throws: WireError.unknownEncoding(9)) { try Frame.decode([9, 1, 2]) }
        #expect(throws: WireError.unknownDictionary(99)) { try Frame.decode([2, 99, 2, 3, 4, 5]) }
        #expect(throws: WireError.truncated("frame")) { try Frame.decode([2]) }
    }

    /// Messages of a desk's daily work are short and alike: what they share is in the dictionary.
    @Test func aDictionaryShortensWhatIsAlikeAndIsNamed() throws {
        let message = Array("all-missions consent PERSONAL Professor Head of Laboratory".utf8)
        let frame = try Frame.encode(message, dictionary: .latest)
        #expect(frame.prefix(2) == [2, 1])
        #expect(frame.count < message.count / 2)
        #expect(try Frame.decode(frame) == message)
        #expect(Frame.dictionary(of: frame) == .latest)
        #expect(Frame.dictionary(of: try Frame.encode(message)) == nil)
        #expect(Frame.dictionary(of: [2, 99, 0]) == nil)
        // Nothing is forced into it.
        let noise = (0..<64).map { UInt8(truncatingIfNeeded: $0 &* 167 ^ $0 << 3) }
        #expect(try Frame.encode(noise, dictionary: .latest) == [0] + noise)
    }

    @Test func aFrameWithADictionaryIsBoundedAndWhole() throws {
        let message = Array(repeating: Array("all-missions consent ".utf8), count: 9).flatMap(
            \.self
        )
        let frame = try Frame.encode(message, dictionary: .latest)
        for count in 2..<frame.count {
            #expect(throws: WireError.self) { try Frame.decode(Array(frame.prefix(count))) }
        }
        #expect(throws: WireError.malformed("frame: bytes behind the end")) {
            try Frame.decode(frame + [0])
        }
        for offset in frame.indices {
            var altered = frame
            altered[offset] ^= 0x55
            _ = try? Frame.decode(altered)
        }
    }

    /// Its bytes are part of the protocol, where implementations in other languages read them.
    @Test func theDictionaryIsTheOneOfTheProtocol() throws {
        let file = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Protocol/dictionary/1.txt")
        let data = Data(
            base64Encoded: try Data(contentsOf: file),
            options: .ignoreUnknownCharacters
        )
        #expect(data.map { [UInt8]($0) } == PresetDictionary.latest.bytes)
        #expect(PresetDictionary.latest.bytes.count == 4_096)
    }

    @Test func aStreamWithAPresetDictionaryIsNamed() throws {
        var stream = z_stream()
        #expect(attache_deflate_init(&stream, 6, 15) == Z_OK)
        defer { deflateEnd(&stream) }
        var dictionary = Array("preferred_name".utf8)
        #expect(deflateSetDictionary(&stream, &dictionary, 14) == Z_OK)
        var input = Array("preferred_name".utf8)
        var output = [UInt8](repeating: 0, count: 200)
        let written = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                _ = deflate(&stream, Z_FINISH)
                return Int(stream.total_out)
            }
        }
        let error = #expect(throws: WireError.self) {
            try Frame.decode([1] + output.prefix(written))
        }
        #expect(error?.code == .unknownDictionary)
    }

    @Test func anOversizedFrameIsRefused() {
        let frame = [UInt8](repeating: 0, count: Limits.frameBytes + 1)
        #expect(throws: WireError.tooLarge("frame", limit: Limits.frameBytes)) {
            try Frame.decode(frame)
        }
    }
}

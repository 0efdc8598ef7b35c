import CZlib

/// Deflate and inflate as whole zlib streams (RFC 1950), or as bare deflate streams (RFC 1951) behind
/// a preset dictionary, with a bound on what comes out.
enum Zlib {
    /// Compresses bytes into one stream, or returns nil where zlib fails for lack of memory.
    ///
    /// - Parameters:
    ///   - bytes: What is compressed.
    ///   - level: zlib's level, 0 to 9.
    ///   - blocks: Offsets, ascending, at which a block begins anew, with a code of its own.
    ///   - dictionary: What stands in the window at the start.
    /// - Returns: The stream, a bare one behind a dictionary.
    static func deflate(
        _ bytes: [UInt8],
        level: Int32,
        blocks: [Int] = [],
        after dictionary: PresetDictionary? = nil
    ) -> [UInt8]? {
        guard let count = UInt32(exactly: bytes.count) else { return nil }
        var stream = z_stream()
        let window = windowBits(after: dictionary)
        guard attache_deflate_init(&stream, level, window) == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        if let dictionary {
            let length = UInt32(dictionary.bytes.count)
            guard deflateSetDictionary(&stream, dictionary.bytes, length) == Z_OK else {
                return nil
            }
        }
        // The bound is for one run; a block's header and code come to a few hundred bytes at most.
        let bound = Int(deflateBound(&stream, UInt(count))) + 512 * blocks.count
        var isComplete = false
        // zlib declares its input as mutable though it never writes there; a copy would be waste.
        let output = bytes.withUnsafeBufferPointer { input in
            [UInt8](unsafeUninitializedCapacity: bound) { output, written in
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(clamping: bound)
                var start = 0
                for end in blocks where end > start && end < bytes.count {
                    stream.avail_in = UInt32(end - start)
                    _ = CZlib.deflate(&stream, Z_BLOCK)
                    start = end
                }
                stream.avail_in += UInt32(bytes.count - start)
                isComplete = CZlib.deflate(&stream, Z_FINISH) == Z_STREAM_END
                written = Int(stream.total_out)
            }
        }
        return isComplete ? output : nil
    }

    /// 32 KiB of window; negative where zlib is to leave out header and check sum.
    private static func windowBits(after dictionary: PresetDictionary?) -> Int32 {
        dictionary == nil ? 15 : -15
    }

    /// Decompresses a whole stream that nobody vouches for, a bare one behind a dictionary.
    ///
    /// No more than `limit` bytes come out, and no more than one chunk beyond is ever held.
    /// - Throws: `WireError.tooLarge`, `.truncated`, `.malformed` (also for bytes behind the
    ///   stream), `.unknownDictionary`.
    static func inflate(
        _ bytes: ArraySlice<UInt8>,
        limit: Int,
        after dictionary: PresetDictionary? = nil
    ) throws(WireError) -> [UInt8] {
        guard let count = UInt32(exactly: bytes.count) else {
            throw .tooLarge("frame", limit: Limits.frameBytes)
        }
        var stream = z_stream()
        guard attache_inflate_init(&stream, windowBits(after: dictionary)) == Z_OK else {
            throw .malformed("frame: zlib does not start")
        }
        defer { inflateEnd(&stream) }
        if let dictionary {
            let length = UInt32(dictionary.bytes.count)
            guard inflateSetDictionary(&stream, dictionary.bytes, length) == Z_OK else {
                throw .malformed("frame: zlib does not start")
            }
        }
        var output: [UInt8] = []
        let status = bytes.withUnsafeBufferPointer { input in
            stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.avail_in = count
            return drain(&stream, into: &output, limit: limit)
        }
        switch status {
        case Z_STREAM_END where stream.avail_in > 0: throw .malformed("frame: bytes behind the end")
        case Z_STREAM_END where output.count <= limit: return output
        case Z_STREAM_END, Z_OK: throw .tooLarge("inflated message", limit: limit)
        case Z_BUF_ERROR: throw .truncated("frame")
        case Z_NEED_DICT: throw .unknownDictionary(UInt32(truncatingIfNeeded: stream.adler))
        default: throw .malformed("frame: no zlib stream")
        }
    }

    /// Inflates chunk by chunk, growing with the output, until the stream ends, fails, wants more
    /// input than there is (`Z_BUF_ERROR`), or has gone beyond the limit (`Z_OK`).
    private static func drain(
        _ stream: inout z_stream,
        into output: inout [UInt8],
        limit: Int
    ) -> Int32 {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while output.count <= limit {
            let (status, room) = chunk.withUnsafeMutableBufferPointer { buffer in
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(buffer.count)
                return (CZlib.inflate(&stream, Z_NO_FLUSH), Int(stream.avail_out))
            }
            output.append(contentsOf: chunk[..<(chunk.count - room)])
            if status != Z_OK { return status }
        }
        return Z_OK
    }
}

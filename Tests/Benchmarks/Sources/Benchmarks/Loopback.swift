import Foundation

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Bytes sent over a TCP connection of this machine to itself.
enum Loopback {
    /// Sends so many bytes and waits until they are read.
    /// - Returns: How many were read.
    static func copy(_ count: Int) throws -> Int {
        #if canImport(Glibc)
        let kind = Int32(SOCK_STREAM.rawValue)
        #else
        let kind = SOCK_STREAM
        #endif
        let listener = socket(AF_INET, kind, 0)
        let sender = socket(AF_INET, kind, 0)
        defer {
            close(listener)
            close(sender)
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let receiver = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard bind(listener, address, length) == 0, listen(listener, 1) == 0,
                    getsockname(listener, address, &length) == 0,
                    connect(sender, address, length) == 0
                else { return Int32(-1) }
                return accept(listener, nil, nil)
            }
        }
        guard receiver >= 0 else { throw RawWork.Failure(message: "no connection to itself") }
        defer { close(receiver) }
        Thread.detachNewThread {
            let bytes = [UInt8](repeating: 7, count: 64 << 10)
            var left = count
            while left > 0 {
                let sent = write(sender, bytes, min(left, bytes.count))
                guard sent > 0 else { break }
                left -= sent
            }
            shutdown(sender, Int32(SHUT_WR))
        }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var total = 0
        while total < count {
            let got = read(receiver, &buffer, buffer.count)
            guard got > 0 else { break }
            total += got
        }
        return total
    }
}

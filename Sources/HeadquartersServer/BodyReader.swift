import Hummingbird
import NIOCore
import SyncProtocol
import Synchronization

/// The bytes of all bodies that are being read.
final class BodyRoom: Sendable {
    private let size: Int
    private let taken = Mutex(0)

    /// Creates room for so many bytes.
    init(_ size: Int) {
        self.size = size
    }

    /// Takes bytes of the room; false where there are not so many left.
    func take(_ count: Int) -> Bool {
        taken.withLock { taken in
            guard count <= size - taken else { return false }
            taken += count
            return true
        }
    }

    /// Gives bytes back that were taken.
    func giveBack(_ count: Int) {
        taken.withLock { $0 -= count }
    }
}

/// Reads the body of a request within bounds of size and time.
///
/// A body that stops is closed by the connection's idle time; what is measured here is one that
/// goes on too slowly, which never is idle.
struct BodyReader {
    let limits: ServiceLimits
    /// What this body shares with the others.
    let room: BodyRoom
    /// Bytes of the body at most.
    let bodyBytes: Int

    /// Returns the whole body.
    /// - Throws: `Refused` with `too_large`, `overloaded`, `timeout` or `truncated`; what the connection reports.
    func read(_ request: Request) async throws -> [UInt8] {
        let declared = request.headers[.contentLength].flatMap { Int($0) }
        try check(declared ?? 0)
        var body: [UInt8] = []
        // A length is only a promise: what has come is what is held.
        defer { room.giveBack(body.count) }
        let start = ContinuousClock.now
        for try await chunk in request.body {
            try check(body.count + chunk.readableBytes)
            guard room.take(chunk.readableBytes) else {
                throw Refused(.overloaded, retryAfter: 5, closesConnection: true)
            }
            body.append(contentsOf: chunk.readableBytesView)
            try checkRate(of: body.count, after: start.duration(to: .now))
        }
        if let declared, body.count < declared {
            throw Refused(.truncated, "\(body.count) of \(declared) bytes", closesConnection: true)
        }
        return body
    }

    private func check(_ count: Int) throws {
        guard count <= bodyBytes else {
            throw Refused(.tooLarge, "at most \(bodyBytes) bytes", closesConnection: true)
        }
    }

    private func checkRate(of count: Int, after elapsed: Duration) throws {
        guard elapsed > limits.slowStart else { return }
        let isTooSlow = Double(count) < elapsed.seconds * Double(limits.bytesPerSecond)
        guard !isTooSlow, elapsed < limits.exchange else {
            throw Refused(.timeout, "\(count) bytes so far", closesConnection: true)
        }
    }
}

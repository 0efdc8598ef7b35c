import Hummingbird
import NIOCore
import SyncProtocol

/// Reads the body of a request within bounds of size and time.
///
/// A body that stops is closed by the connection's idle time; what is measured here is one that
/// goes on too slowly, which never is idle.
struct BodyReader {
    let limits: ServiceLimits
    /// Bytes of the body at most.
    let bodyBytes: Int

    /// Returns the whole body.
    /// - Throws: `Refused` with `too_large`, `timeout` or `truncated`; what the connection reports.
    func read(_ request: Request) async throws -> [UInt8] {
        let declared = request.headers[.contentLength].flatMap { Int($0) }
        try check(declared ?? 0)
        var body: [UInt8] = []
        body.reserveCapacity(declared ?? 0)
        let start = ContinuousClock.now
        for try await chunk in request.body {
            try check(body.count + chunk.readableBytes)
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

import Hummingbird
import Logging
import NIOCore
import SyncProtocol
import Synchronization

/// Answers every request: routing, bounds, and what is counted and logged of it.
final class RequestResponder: HTTPResponder {
    typealias Context = RequestOrigin

    private let exchange: SignedExchange
    private let limits: ServiceLimits
    private let metrics = ServiceMetrics()
    private let gate: WorkGate
    private let room: BodyRoom
    private let failures: Mutex<FailureLimiter>
    private let begun = ContinuousClock.now

    /// How long a connection that is to be closed stays open for the answer to arrive: closed at
    /// once, the unread rest of the body would make the system reset it and drop the answer.
    private static let linger: Duration = .seconds(2)
    /// Bytes of an enrolment; a request is about two hundred.
    private static let enrolmentBytes = 16 << 10
    /// Bytes of an answer that any socket's buffer takes whole.
    private static let bufferedBytes = 64 << 10

    init(exchange: SignedExchange, limits: ServiceLimits) {
        self.exchange = exchange
        self.limits = limits
        gate = WorkGate(
            width: limits.parallelWork,
            room: limits.waitingWork,
            roomBytes: limits.waitingBytes,
            patience: limits.patience
        )
        room = BodyRoom(limits.readingBytes)
        failures = Mutex(FailureLimiter(failuresPerMinute: limits.failuresPerMinute))
    }

    /// What is known of a request while it is served.
    private struct Course {
        var note = ServiceMetrics.Request(path: "other", outcome: "ok")
        var desk: String?
        var hasReadBody = false
    }

    @Sendable
    func respond(to request: Request, context: RequestOrigin) async throws -> Response {
        let start = ContinuousClock.now
        let cutoff = context.close(after: limits.exchange)
        var course = Course()
        var response: Response
        do {
            response = try await serve(request, from: context, &course)
        } catch let refused as Refused {
            course.note.outcome = refused.problem.code
            response = refused.response
        } catch {
            context.logger.error("internal error", metadata: ["error": "\(error)"])
            let refused = Refused(.internalError)
            course.note.outcome = refused.problem.code
            response = refused.response
        }
        if !course.hasReadBody, Self.hasBody(request) { response.headers[.connection] = "close" }
        if response.headers[.connection] == "close" { _ = context.close(after: Self.linger) }
        course.note.bytesOut = response.body.contentLength ?? 0
        course.note.seconds = start.duration(to: .now).seconds
        metrics.note(course.note)
        log(course, to: context.logger)
        return Self.finishing(response, cutoff)
    }

    private static func hasBody(_ request: Request) -> Bool {
        request.headers[.transferEncoding] != nil
            || request.headers[.contentLength].map { $0 != "0" } ?? false
    }

    /// Lets the answer's end cancel the connection's end.
    private static func finishing(_ response: Response, _ cutoff: Scheduled<Void>) -> Response {
        guard let count = response.body.contentLength, count > bufferedBytes else {
            cutoff.cancel()
            return response
        }
        var response = response
        let body = response.body
        response.body = ResponseBody(contentLength: count) { writer in
            defer { cutoff.cancel() }
            try await body.write(writer)
        }
        return response
    }

    private func log(_ course: Course, to logger: Logger) {
        var metadata: Logger.Metadata = [
            "path": "\(course.note.path)", "outcome": "\(course.note.outcome)",
            "bytes_in": "\(course.note.bytesIn)", "bytes_out": "\(course.note.bytesOut)",
            "ms": "\(Int(course.note.seconds * 1000))",
        ]
        if let desk = course.desk { metadata["desk"] = "\(desk)" }
        // What a monitor asks every few seconds is not worth a line.
        let work = [Endpoint.sync, Endpoint.enrol, Endpoint.attachments]
        let isWork = work.contains(course.note.path)
        logger.log(level: isWork ? .info : .debug, "request", metadata: metadata)
    }

    // MARK: Routes

    private func serve(
        _ request: Request,
        from origin: RequestOrigin,
        _ course: inout Course
    ) async throws -> Response {
        let path = request.uri.path
        guard let route = Route(rawValue: path) else { throw Refused(.notFound) }
        course.note.path = path
        guard request.method == route.method else { throw Refused(.methodNotAllowed) }
        switch route {
        case .sync, .enrol, .attachments:
            return try await serve(signed: request, route, from: origin, &course)
        case .health:
            return Self.text("ok\n")
        case .readiness:
            guard try await gate.run({ try self.exchange.checkStore() }) != nil else {
                throw Refused(.overloaded, retryAfter: 5)
            }
            return Self.text("ready\n")
        case .metrics:
            // Desk codes and volumes are nobody else's business.
            guard origin.isLoopback else { throw Refused(.notFound) }
            return try await metricsPage()
        }
    }

    private enum Route: String {
        case sync = "/v1/sync"
        case enrol = "/v1/enrol"
        case attachments = "/v1/attachments"
        case health = "/healthz"
        case readiness = "/readyz"
        case metrics = "/metrics"

        var method: HTTPRequest.Method {
            switch self {
            case .sync, .enrol, .attachments: .post
            case .health, .readiness, .metrics: .get
            }
        }
    }

    private func serve(
        signed request: Request,
        _ route: Route,
        from origin: RequestOrigin,
        _ course: inout Course
    ) async throws -> Response {
        let address = origin.address
        if let wait = failures.withLock({ $0.wait(for: address, at: now) }) {
            throw Refused(.rateLimited, retryAfter: wait)
        }
        let limit = route == .enrol ? Self.enrolmentBytes : limits.bodyBytes
        let reader = BodyReader(limits: limits, room: room, bodyBytes: limit)
        let body = try await reader.read(request)
        course.hasReadBody = true
        course.note.bytesIn = body.count
        let answer: Answer?
        do {
            answer = try await gate.run(holding: body.count) { [exchange] in
                switch route {
                case .enrol: try exchange.enrol(body)
                case .attachments: try exchange.attachments(body)
                default: try exchange.sync(body)
                }
            }
        } catch let refused as Refused where refused.isFailedAttempt {
            failures.withLock { $0.noteFailure(of: address, at: now) }
            throw refused
        }
        guard let answer else { throw Refused(.overloaded, retryAfter: 5) }
        course.desk = answer.desk
        course.note.rawBytes = answer.rawBytes
        course.note.verdicts = answer.verdicts
        return Response(
            status: .ok,
            headers: [.contentType: Endpoint.mediaType],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body))
        )
    }

    private func metricsPage() async throws -> Response {
        guard var gauges = try await gate.run({ try self.exchange.gauges() }) else {
            throw Refused(.overloaded, retryAfter: 5)
        }
        (gauges.running, gauges.waiting) = gate.load
        return Self.text(metrics.text(gauges), ServiceMetrics.mediaType)
    }

    private var now: Double { begun.duration(to: .now).seconds }

    private static func text(
        _ text: String,
        _ mediaType: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: mediaType],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }
}

import CausalHistory
import RecordModel
import SyncProtocol

@testable import RecordStorage

/// What crosses the wire.
let messageTargets = [
    FuzzTarget("request", seeds: Seeds.vectorBytes) { bytes in
        guard let request = accepted({ try SyncRequest(decoding: bytes) }) else { return }
        let encoded = try must("encoding") { try request.encoded() }
        let again = try must("decoding again") { try SyncRequest(decoding: encoded) }
        try require(again == request, "the message decodes to another")
        try require(try again.encoded() == encoded, "the message has two forms")
        try checkMerge(of: request.spaces.map(\.page))
    },
    FuzzTarget("response", seeds: Seeds.vectorBytes) { bytes in
        guard let response = accepted({ try SyncResponse(decoding: bytes) }) else { return }
        let encoded = try must("encoding") { try response.encoded() }
        let again = try must("decoding again") { try SyncResponse(decoding: encoded) }
        try require(again == response, "the message decodes to another")
        try require(try again.encoded() == encoded, "the message has two forms")
        try checkMerge(of: response.spaces.map(\.page))
    },
    FuzzTarget("enrolment", seeds: Seeds.vectorBytes + Seeds.tokens) { bytes in
        if let request = accepted({ try EnrolRequest(decoding: bytes) }) {
            let encoded = try must("encoding") { try request.encoded() }
            let again = try must("decoding again") { try EnrolRequest(decoding: encoded) }
            try require(again == request, "the request decodes to another")
        }
        if let response = accepted({ try EnrolResponse(decoding: bytes) }) {
            let encoded = try must("encoding") { try response.encoded() }
            let again = try must("decoding again") { try EnrolResponse(decoding: encoded) }
            try require(again == response, "the answer decodes to another")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        if let token = accepted({ try EnrolmentToken(parsing: text) }) {
            let again = try must("its text") { try EnrolmentToken(parsing: token.text) }
            try require(again == token, "the token reads as another")
        }
    },
    FuzzTarget("frame", seeds: Seeds.vectorBytes) { bytes in
        guard let message = accepted({ try Frame.decode(bytes) }) else { return }
        let limit = max(Limits.inflationFree, Limits.inflationRatio * bytes.count)
        try require(message.count <= limit, "\(bytes.count) bytes became \(message.count)")
        for dictionary in [nil, PresetDictionary.latest] {
            let frame = try must("the frame") {
                try Frame.encode(message, dictionary: dictionary)
            }
            try require(frame.count <= message.count + 1, "the frame is longer than the message")
            let again = try must("the frame") { try Frame.decode(frame) }
            try require(again == message, "the frame holds another message")
        }
    },
    FuzzTarget("envelope", seeds: Seeds.vectorBytes + Seeds.problems) { bytes in
        if let request = accepted({ try SignedRequest(parsing: bytes) }) {
            try require(request.body == bytes, "the request has two forms")
        }
        if let response = accepted({ try SignedResponse(parsing: bytes) }) {
            try require(response.body == bytes, "the answer has two forms")
        }
        if let problem = Problem(parsing: bytes) {
            try require(Problem(parsing: problem.bytes) == problem, "the problem is another")
        }
        if let dump = accepted({ try WireDump(bytes) }) {
            let isPlain = dump.description.unicodeScalars.allSatisfy {
                $0 == "\n" || $0.properties.generalCategory != .control
            }
            try require(isPlain, "the account could command a terminal")
        }
    },
]

/// Merges accepted records as a replica would, and writes and reads them as its store would.
private func checkMerge(of pages: [Page]) throws {
    var states: [RecordUID: RecordState] = [:]
    for delta in pages.flatMap(\.records) {
        var state = states[delta.uid] ?? RecordState(kind: delta.kind)
        state.join(delta)
        let once = state
        state.join(delta)
        try require(state == once, "joining again changes the record")
        states[delta.uid] = state
        try checkStored(state)
        _ = state.digest(uid: delta.uid)
        _ = (state.life, state.delta(uid: delta.uid, for: VersionVector()))
        let kind = Schema.builtIn.kind(number: state.kind)
        for entry in state.fields {
            _ = RecordState.reading(of: entry, as: kind?.field(number: entry.key.number))
        }
    }
    let held = Array(states.values)
    for (left, right) in zip(held, held.dropFirst()) { _ = left.joined(with: right) }
}

private func checkStored(_ state: RecordState) throws {
    let numbers = Numbers()
    let row = try must("writing") { try StateCodec.encode(state, numbers) }
    let again = try must("reading") { try StateCodec.decode(row, kind: state.kind, numbers) }
    try require(again == state, "the row reads as another record")
}

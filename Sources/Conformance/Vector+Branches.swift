import CausalHistory
import RecordModel
import SyncProtocol

/// The cases of `Protocol/spec/04-proof.md` §3.
extension Vector {
    func branch() throws -> JSONValue {
        let branch = Branch(
            of: try notation.actor(input["actor"]?.string),
            after: try integer(input["shared"]),
            origin: BranchOrigin(
                root: try notation.actor(input["root"]?.string),
                digest: try need(UInt32(try text("digest"), radix: 16), "a digest")
            )
        )
        return object(
            ("name", .string(hexadecimal(branch.name.bytes))),
            ("vector", notation.json(branch.renamed(try notation.vector(input["vector"])))),
            ("state", notation.json(branch.renamed(try notation.state(input["state"]))))
        )
    }

    func chainHeads() throws -> JSONValue {
        let digests = try need(input["digests"]?.object, "“digests”").map { member in
            (
                try notation.dot(.string(member.name)),
                try need(UInt32(member.value.string ?? "", radix: 16), "a digest")
            )
        }
        let known = Dictionary(digests, uniquingKeysWith: { first, _ in first })
        let hash = ChainHeads.hash(
            of: try notation.vector(input["knowledge"]),
            told: try notation.vector(input["told"])
        ) { known[$0] }
        return object(("hash", .string(RecordUID(hash).description)))
    }
}

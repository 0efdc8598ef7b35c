import CausalHistory
import Foundation
import RecordModel
import RecordStorage
import ReplicaSync
import SyncProtocol
import TestSupport

/// What happens beside links: files, spaces that are taken and granted, desks that go and come, full disks.
extension Simulation {
    /// A file under way.
    struct Parcel {
        let path: String
        /// The desk that wrote it, or that it is for.
        let desk: SimulatedReplica
        let isForHeadquarters: Bool
        /// Whether an operator has to let it in: its desk has left the space.
        let isKept: Bool
        /// What its sender had seen, and the records in it.
        let seen: Set<Int>
        let records: [RecordUID]
    }

    /// Whether anything of this happens.
    var hasBroaderWorld: Bool {
        !profile.isDisjoint(with: [.files, .grants, .weather])
    }

    /// Something of it happens.
    func happen() throws {
        var acts: [() throws -> Void] = []
        if profile.contains(.files) { acts += [pack, pack, open, open, open] }
        if profile.contains(.grants) { acts += [changeGrant, changeGrant, replaceDesk, admit] }
        if profile.contains(.weather) { acts.append(fillOrFreeDisk) }
        do {
            try generator.pick(acts)?()
        } catch StoreError.diskFull {
            count("files that a full disk refused")
        }
    }

    // MARK: Files

    private func pack() throws {
        guard let desk = generator.pick(desks), try desk.hasSpace,
            let peer = try desk.deskReplica.headquarters()
        else { return }
        files += 1
        let path = directory.path("parcel-\(files)")
        let isForHeadquarters = generator.chance(50)
        do {
            if isForHeadquarters {
                try desk.deskReplica.pack(Self.space, for: peer, to: path)
            } else {
                let number = try desk.deskReplica.replicaID()
                try headquarters.headquarters.pack(Self.space, for: number, to: path)
            }
        } catch is FileRefusal {
            return
        }
        parcels.append(
            Parcel(
                path: path,
                desk: desk,
                isForHeadquarters: isForHeadquarters,
                isKept: false,
                seen: isForHeadquarters ? desk.seen : headquarters.seen,
                records: try Self.records(in: path)
            )
        )
        say(isForHeadquarters ? "\(desk.name) packs a file" : "hq packs a file for \(desk.name)")
    }

    private func open() throws {
        guard let parcel = generator.pick(parcels.filter { !$0.isKept }) else { return }
        try take(parcel)
    }

    private func take(_ parcel: Parcel) throws {
        let receiver = parcel.isForHeadquarters ? headquarters : parcel.desk
        do {
            let opened =
                parcel.isForHeadquarters
                ? try headquarters.headquarters.open(parcel.path, isAdmitted: parcel.isKept)
                : try parcel.desk.deskReplica.open(parcel.path)
            say("\(receiver.name) opens a file of \(parcel.records.map(\.value))")
            count(parcel.isKept ? "files admitted" : "files opened")
            let records = Set(parcel.records).subtracting(opened.leftOut)
            // What somebody deleted and gave up meanwhile, a person decides about.
            if parcel.isKept { returned.formUnion(records.intersection(givenUp)) }
            receiver.seen.formUnion(parcel.seen.filter { records.contains(truth.writes[$0].uid) })
        } catch let refusal as FileRefusal {
            say("\(receiver.name) refuses a file: \(refusal)")
            count("files refused")
            if case .altered = refusal { complaints.append("a file is not as it was written") }
        }
    }

    /// The records of a file, read by the protocol alone.
    private static func records(in path: String) throws -> [RecordUID] {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        return try SignedFile.frames(in: bytes.dropFirst(SignedFile.prefixBytes)).flatMap { frame in
            try SyncRequest(decoding: try Frame.decode(frame)).spaces.flatMap {
                $0.page.records.map(\.uid)
            }
        }
    }

    // MARK: Grants

    private func changeGrant() throws {
        guard let desk = generator.pick(desks) else { return }
        let side = headquarters.headquarters
        let isGranted = try side.desks().contains {
            $0.desk == desk.desk && $0.spaces.contains(Self.space)
        }
        let beyond = try headquarters.heldBeyondKnowledge()
        do {
            try side.setGrant(
                of: Self.space.text,
                toDesk: desk.desk,
                isGranted: !isGranted
            )
        } catch is RetirementFailure {
            return
        }
        // What it had pushed without an end headquarters has written again.
        if isGranted { returned.formUnion(beyond) }
        say("the space is \(isGranted ? "taken from" : "granted to") \(desk.desk)")
        count(isGranted ? "spaces taken" : "spaces granted again")
    }

    /// Notes that desks left the space.
    func note(_ departures: [Departure], of desk: SimulatedReplica) throws {
        for departure in departures where departure.space == Self.space {
            say("\(desk.name) leaves, \(departure.kept.records) records kept")
            count("departures")
            if let file = departure.file {
                parcels.append(
                    Parcel(
                        path: file,
                        desk: desk,
                        isForHeadquarters: true,
                        isKept: true,
                        seen: desk.seen,
                        records: try Self.records(in: file)
                    )
                )
            }
            desk.seen = []
        }
    }

    private func admit() throws {
        guard let parcel = generator.pick(parcels.filter(\.isKept)) else { return }
        try take(parcel)
    }

    /// Lets in all that desks kept when they left.
    func admitAll() throws {
        for parcel in parcels where parcel.isKept { try take(parcel) }
    }

    /// A desk's machine is gone, and another takes its place.
    private func replaceDesk() throws {
        guard desks.count > 2, let desk = generator.pick(desks) else { return }
        let side = headquarters.headquarters
        let number = try desk.deskReplica.replicaID()
        let beyond = try headquarters.heldBeyondKnowledge()
        do {
            _ = try side.retire(number.description)
        } catch is RetirementFailure {
            return
        }
        returned.formUnion(beyond)
        say("\(desk.name) is retired")
        count("desks retired")
        desks.removeAll { $0 === desk }
        files += 1
        if desks.count < 4 { try addDesk(files + 20) }
    }

    // MARK: Disks

    private func fillOrFreeDisk() throws {
        guard let replica = generator.pick(replicas) else { return }
        let isFull = generator.chance(50)
        say("the disk of \(replica.name) is \(isFull ? "full" : "free again")")
        try replica.store.setDiskFull(isFull)
    }

    /// Frees all disks.
    func clearUp() throws {
        guard profile.contains(.weather) else { return }
        for replica in replicas { try replica.store.setDiskFull(false) }
    }
}

extension SimulatedReplica {
    /// The records with changes that the replica holds beyond its knowledge.
    func heldBeyondKnowledge() throws -> [RecordUID] {
        let knowledge = try knowledge()
        return try Simulation.uids.filter { uid in
            let record = try store.read { reader in
                try reader.record(RecordKey(space: Simulation.space, uid: uid))
            }
            return record?.state.dots.contains { !knowledge.covers($0) } ?? false
        }
    }
}

import Foundation
import GRDB
import RecordModel

/// The tables of a replica's file and how they came to be.
enum StoreFormat {
    /// Marks the file as ours in SQLite's header (`ATT1`).
    static let applicationID = 0x4154_5431
    /// The version of the tables that this code reads and writes.
    static let version = 5

    /// The least number of the kinds that hold decisions about pairs of records, which are few and
    /// asked for often.
    static let leastDecisionKind: UInt32 = 15
    /// The condition of their index.
    static let decisionKinds = "kind >= 15"

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: "PRAGMA user_version = 1")
            try db.execute(sql: tables)
        }
        migrator.registerMigration("2") { db in
            try db.execute(sql: branches)
            try db.execute(sql: "PRAGMA user_version = 2")
        }
        migrator.registerMigration("3") { db in
            try db.execute(sql: collection)
            try db.execute(sql: "PRAGMA user_version = 3")
        }
        migrator.registerMigration("4") { db in
            try db.execute(sql: decisionsAndSounds)
            try db.execute(sql: "PRAGMA user_version = 4")
        }
        migrator.registerMigration("5") { db in
            try keepSchemas(db)
            try addAttachments(db)
            try db.execute(sql: settledChains)
            try db.execute(sql: "PRAGMA user_version = 5")
        }
        return migrator
    }

    /// Version 5: the bytes of attachments, and which records name them.
    ///
    /// - `attachment`: what is held of one, from `source` (0: this replica's own; at headquarters the desk
    ///   that sends it). `held` bytes are here from the start; `is_whole` once they are all here and proven
    ///   to be those that the hash names. At a desk `is_sent` says that headquarters has it, `asked` when
    ///   headquarters said that it lacks it.
    /// - `attachment_piece`: the bytes, in pieces as they came.
    /// - `attachment_reference`: derived from the visible records, as `lookup` is, and filled like it by
    ///   whoever opens a file of before.
    /// - `attachment_holder`, `attachment_space`: at headquarters, which desks have proven to have the bytes,
    ///   and in which spaces one of them has named them.
    private static func addAttachments(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE attachment(
                    id INTEGER PRIMARY KEY, hash BLOB NOT NULL, source INTEGER NOT NULL,
                    size INTEGER NOT NULL, held INTEGER NOT NULL DEFAULT 0,
                    is_whole INTEGER NOT NULL DEFAULT 0, is_sent INTEGER NOT NULL DEFAULT 0,
                    asked INTEGER, UNIQUE (hash, source));
                CREATE TABLE attachment_piece(
                    attachment INTEGER NOT NULL, start INTEGER NOT NULL, bytes BLOB NOT NULL,
                    PRIMARY KEY (attachment, start));
                CREATE TABLE attachment_reference(
                    record INTEGER NOT NULL, hash BLOB NOT NULL, size INTEGER NOT NULL,
                    PRIMARY KEY (record, hash)) WITHOUT ROWID;
                CREATE INDEX attachment_reference_hash ON attachment_reference(hash);
                CREATE TABLE attachment_holder(
                    hash BLOB NOT NULL, desk TEXT NOT NULL, PRIMARY KEY (hash, desk)) WITHOUT ROWID;
                CREATE TABLE attachment_space(
                    hash BLOB NOT NULL, space INTEGER NOT NULL,
                    PRIMARY KEY (hash, space)) WITHOUT ROWID;
                """
        )
    }

    /// Version 4: an index of the kinds that hold decisions, and a search index with the consonant keys
    /// of names; `search_word` reads its vocabulary.
    ///
    /// Whoever opens a file of before fills it, since no schema is kept there.
    private static let decisionsAndSounds = """
        CREATE INDEX record_decision ON record(kind) WHERE \(decisionKinds);
        DROP TABLE search;
        CREATE VIRTUAL TABLE search USING fts5(
            name, body, sounds, content='', tokenize='unicode61 remove_diacritics 2');
        INSERT INTO search(search, rank) VALUES('automerge', 8);
        CREATE VIRTUAL TABLE search_word USING fts5vocab(search, col);
        """

    /// Version 5: by which schema a peer works, and the store is indexed (see `SchemaStamp`).
    ///
    /// An earlier program, which would not keep the indexes by that schema, has to stay out.
    private static func keepSchemas(_ db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE peer ADD COLUMN schema INTEGER;
                CREATE TABLE indexed_schema(
                    id INTEGER PRIMARY KEY CHECK (id = 1), stamp TEXT NOT NULL, notation TEXT NOT NULL);
                """
        )
    }

    /// Version 5: the digests of the changes that left the journal (`ChainBlocks`).
    private static let settledChains = """
        CREATE TABLE chain(
            actor INTEGER NOT NULL, first INTEGER NOT NULL, digests BLOB NOT NULL,
            PRIMARY KEY (actor, first));
        """

    /// Version 2: which actors are this replica's own, whether it writes under them or did before it
    /// was restored or copied; and which actor another is a branch of, by what digest.
    private static let branches = """
        ALTER TABLE actor ADD COLUMN is_own INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE actor ADD COLUMN root BLOB;
        ALTER TABLE actor ADD COLUMN branch INTEGER;
        UPDATE actor SET is_own = 1 WHERE id IN (SELECT actor FROM space);
        """

    /// Version 3: what is given up below the stable cut, and by what a record's damage is found.
    ///
    /// - `space.forgotten`: the greatest cut that was applied; `cut`: the hashes of those that were
    ///   published.
    /// - `record.collectable`: whether the record, or an item of it, goes once all have seen it.
    /// - `present`: while a side returns late, the records that the other has told it of.
    /// - `record.digest`: the digest of the state when it was written, null before this version; what the
    ///   fingerprint counts. `damaged`: states that were found to be others, kept for a look.
    private static let collection = """
        ALTER TABLE space ADD COLUMN forgotten BLOB;
        ALTER TABLE record ADD COLUMN collectable INTEGER NOT NULL DEFAULT 0;
        UPDATE record SET collectable = 1 WHERE is_hidden = 1;
        CREATE INDEX record_collectable ON record(space) WHERE collectable = 1;
        ALTER TABLE record ADD COLUMN digest BLOB;
        CREATE TABLE damaged(
            space INTEGER NOT NULL, uid INTEGER NOT NULL, found INTEGER NOT NULL,
            state BLOB NOT NULL);
        CREATE TABLE cut(
            space INTEGER NOT NULL, hash INTEGER NOT NULL, PRIMARY KEY (space, hash)) WITHOUT ROWID;
        CREATE TABLE present(
            space INTEGER NOT NULL, peer INTEGER NOT NULL, uid INTEGER NOT NULL,
            PRIMARY KEY (space, peer, uid)) WITHOUT ROWID;
        ALTER TABLE peer_space ADD COLUMN lateness INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE peer_space ADD COLUMN late_cursor INTEGER NOT NULL DEFAULT 0;
        """

    /// - `record.state`: all that is known of a record's part (`StateCodec`); the other columns are
    ///   derived from it or say where it stands in the local sequence.
    /// - `change`, `change_record`: the journal. `digest` is the chain digest: 16 bytes where it
    ///   was computed or sent whole, else the 4 that crossed the wire.
    /// - `past`: versions that were superseded here, for history and as the base of reviews.
    /// - `lookup`: hashes of the identifiers by which people and imports name a record.
    /// - `search`: contentless, so that no text is stored twice. Its segments are merged eight at
    ///   a time, which halves the rewriting in an import.
    private static let tables = """
        CREATE TABLE setting(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
        CREATE TABLE clock(
            id INTEGER PRIMARY KEY CHECK (id = 1), epoch INTEGER NOT NULL,
            sequence INTEGER NOT NULL, latest_time INTEGER NOT NULL);
        CREATE TABLE nonce(sequence INTEGER PRIMARY KEY, nonce INTEGER NOT NULL);
        CREATE TABLE space(
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, actor INTEGER,
            head BLOB, fingerprint BLOB NOT NULL);
        CREATE TABLE actor(
            id INTEGER PRIMARY KEY, uuid BLOB NOT NULL UNIQUE, space INTEGER, replica BLOB,
            desk TEXT, public_key BLOB, signature BLOB);
        CREATE TABLE knowledge(
            space INTEGER NOT NULL, actor INTEGER NOT NULL, counter INTEGER NOT NULL,
            PRIMARY KEY (space, actor)) WITHOUT ROWID;
        CREATE TABLE attribution(
            id INTEGER PRIMARY KEY, author TEXT NOT NULL, reason INTEGER NOT NULL,
            note TEXT NOT NULL, UNIQUE (author, reason, note));
        CREATE TABLE record(
            id INTEGER PRIMARY KEY, space INTEGER NOT NULL, uid INTEGER NOT NULL,
            kind INTEGER NOT NULL, sequence INTEGER NOT NULL, is_hidden INTEGER NOT NULL,
            conflicts INTEGER NOT NULL, state BLOB NOT NULL);
        CREATE UNIQUE INDEX record_uid ON record(uid, space);
        CREATE INDEX record_sequence ON record(space, sequence);
        CREATE INDEX record_conflicts ON record(conflicts) WHERE conflicts > 0;
        CREATE TABLE change(
            actor INTEGER NOT NULL, counter INTEGER NOT NULL, time INTEGER, attribution INTEGER,
            digest BLOB NOT NULL, PRIMARY KEY (actor, counter)) WITHOUT ROWID;
        CREATE INDEX change_time ON change(time);
        CREATE TABLE change_record(
            actor INTEGER NOT NULL, counter INTEGER NOT NULL, record INTEGER NOT NULL,
            digest BLOB, PRIMARY KEY (actor, counter, record)) WITHOUT ROWID;
        CREATE TABLE past(
            record INTEGER NOT NULL, number INTEGER NOT NULL, item BLOB NOT NULL,
            actor INTEGER NOT NULL, counter INTEGER NOT NULL, cell BLOB NOT NULL,
            PRIMARY KEY (record, number, item, actor, counter, cell)) WITHOUT ROWID;
        CREATE TABLE lookup(
            hash INTEGER NOT NULL, record INTEGER NOT NULL,
            PRIMARY KEY (hash, record)) WITHOUT ROWID;
        CREATE VIRTUAL TABLE search USING fts5(
            name, body, content='', tokenize='unicode61 remove_diacritics 2');
        INSERT INTO search(search, rank) VALUES('automerge', 8);
        CREATE TABLE peer(
            id INTEGER PRIMARY KEY, replica BLOB NOT NULL UNIQUE, desk TEXT NOT NULL,
            public_key BLOB NOT NULL, state TEXT NOT NULL, mission TEXT, url TEXT,
            token BLOB, enrolled_at INTEGER, last_sync INTEGER, clock_skew INTEGER,
            has_all_spaces INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE peer_space(
            peer INTEGER NOT NULL, space INTEGER NOT NULL, knowledge BLOB, acknowledged BLOB,
            pushed INTEGER NOT NULL, pulled INTEGER NOT NULL, is_granted INTEGER NOT NULL,
            PRIMARY KEY (peer, space)) WITHOUT ROWID;
        CREATE TABLE enrolment(
            secret_hash BLOB PRIMARY KEY, desk TEXT NOT NULL, mission TEXT NOT NULL,
            spaces TEXT NOT NULL, has_all_spaces INTEGER NOT NULL, expires INTEGER NOT NULL,
            replaces INTEGER NOT NULL, used_by BLOB) WITHOUT ROWID;
        CREATE TABLE import_run(
            run TEXT PRIMARY KEY, started INTEGER NOT NULL, files TEXT NOT NULL,
            summary TEXT) WITHOUT ROWID;
        CREATE TABLE refusal(
            record INTEGER NOT NULL, number INTEGER NOT NULL, item BLOB NOT NULL,
            actor INTEGER NOT NULL, counter INTEGER NOT NULL, code TEXT NOT NULL,
            message TEXT NOT NULL, PRIMARY KEY (record, number, item, actor, counter)) WITHOUT ROWID;
        """
}

/// Makes what an earlier version wrote of a file of the present one.
public enum EarlierFormats {
    /// Turns a file of version 5 of the tables into one of version 4.
    public static let version4 = """
        ALTER TABLE peer DROP COLUMN schema;
        DROP TABLE indexed_schema;
        DROP TABLE chain;
        DROP TABLE attachment;
        DROP TABLE attachment_piece;
        DROP TABLE attachment_reference;
        DROP TABLE attachment_holder;
        DROP TABLE attachment_space;
        DELETE FROM grdb_migrations WHERE identifier = '5';
        PRAGMA user_version = 4;

        """

    /// Turns a file of version 4 into one of version 3, whose search index is empty.
    public static let version3 = """
        DROP TABLE search_word;
        DROP TABLE search;
        DROP INDEX record_decision;
        CREATE VIRTUAL TABLE search USING fts5(
            name, body, content='', tokenize='unicode61 remove_diacritics 2');
        DELETE FROM grdb_migrations WHERE identifier = '4';
        PRAGMA user_version = 3;

        """
}

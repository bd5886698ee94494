"""The database: engine and pragmas, read() and write(), metadata, migrations."""

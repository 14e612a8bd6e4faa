"""The database: column types, connections, the unit of work, migrations, integrity, backups."""

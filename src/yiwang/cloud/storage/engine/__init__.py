"""The database engine Django is given: its own for PostgreSQL, asking less often whether it lives."""

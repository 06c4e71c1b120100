"""数据库 storage: the embedded PostgreSQL server, its roles, and what any server must promise.

Serves “一朵云”. The binaries come from a wheel, its own manager is not used (see
``docs/decisions/0001``). A real server may stand here instead: ``DATABASE_URL``.
"""

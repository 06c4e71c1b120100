"""Roles, database and grants: the same on the embedded and on a real server."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg
from psycopg import sql

from yiwang.cloud.storage import rules
from yiwang.cloud.storage.definitions import DATABASE, Address, DatabaseRole
from yiwang.cloud.storage.refusals import NeedsApplicationRole, UnsafeDatabase, UnsupportedDatabase


def check(address: Address) -> int:
    """The server's version; refuses an unsupported one and one that may lose what it confirmed."""
    with _connect(address) as connection:
        version = connection.info.server_version
        if not rules.is_supported(version):
            raise UnsupportedDatabase(f"数据库版本 {version // 10000} 不受支持。")
        rows = connection.execute(
            "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)",
            [["fsync", "full_page_writes", "synchronous_commit"]],
        ).fetchall()
    problems = rules.durability_problems(dict(rows))
    if problems:
        raise UnsafeDatabase(f"数据库的设置不安全：{'，'.join(problems)}。")
    return version


def version(address: Address) -> int:
    """The server's version number, 180004 for 18.4."""
    with _connect(address) as connection:
        return connection.info.server_version


def prepare_embedded(admin: Address, *, owner: str, app: str) -> None:
    """Make both roles with their passwords and the database; again changes nothing."""
    with _connect(admin) as connection:
        make_role(connection, DatabaseRole.OWNER, owner)
        make_role(connection, DatabaseRole.APP, app)
    make_database(admin, name=DATABASE)


def make_database(admin: Address, *, name: str, template: str = "") -> None:
    """The owner's database of this name, a copy of another one when given; again changes nothing."""
    with _connect(admin) as connection:
        there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if there.fetchone() is None:
            statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                sql.Identifier(name),
                sql.Identifier(DatabaseRole.OWNER),
                sql.Identifier(template or "template1"),
            )
            connection.execute(statement)


def make_application_role(owner: Address, *, password: str) -> None:
    """On a real server: make ``yiwang_app`` when DATABASE_URL may, else NeedsApplicationRole."""
    with _connect(owner) as connection:
        row = connection.execute(
            "SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        if row is None or not row[0]:
            raise NeedsApplicationRole
        make_role(connection, DatabaseRole.APP, password)


def make_role(connection: psycopg.Connection, name: str, password: str) -> None:
    """A role that may log in and nothing more; its password is the given one from now on."""
    row = connection.execute(
        "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = %s", [name]
    ).fetchone()
    # Taking away what a role never had is refused to all but superusers, so it is left out then.
    limits = "" if row == (False,) else "NOSUPERUSER NOCREATEDB NOCREATEROLE "
    verb = "ALTER" if row else "CREATE"
    connection.execute(
        sql.SQL(f"{verb} ROLE {{}} LOGIN {limits}PASSWORD {{}}").format(
            sql.Identifier(name), sql.Literal(password)
        )
    )


def is_empty(address: Address, table: str) -> bool:
    """No row in a table, or no such table yet."""
    with _connect(address) as connection:
        if not _there(connection, table):
            return True
        statement = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table))
        found = connection.execute(statement).fetchone()
    return found is not None and not found[0]


def migrations(address: Address) -> frozenset[tuple[str, str]]:
    """App and name of every migration a database has seen."""
    with _connect(address) as connection:
        if not _there(connection, "django_migrations"):
            return frozenset()
        rows = connection.execute("SELECT app, name FROM django_migrations").fetchall()
    return frozenset((str(app), str(name)) for app, name in rows)


def _there(connection: psycopg.Connection, table: str) -> bool:
    found = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [table]).fetchone()
    return found is not None and bool(found[0])


def grant(owner: Address, *, app_user: str, append_only: Sequence[str]) -> None:
    """After migrations: the application reads and writes rows; history it may only add to."""
    app = sql.Identifier(app_user)
    with _connect(owner) as connection, connection.transaction():
        for statement in (
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
            "GRANT USAGE ON SCHEMA public TO {app}",
            "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {app}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app}",
            "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {app}",
        ):
            connection.execute(sql.SQL(statement).format(app=app))
        for table in append_only:
            connection.execute(
                sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {app}").format(
                    table=sql.Identifier(table), app=app
                )
            )


def _connect(address: Address) -> psycopg.Connection:
    return psycopg.connect(**address.conninfo, autocommit=True, connect_timeout=10)  # type: ignore[arg-type]

"""Ways the database cannot be started."""

from __future__ import annotations

from yiwang.kernel.refusals import Refusal


class CannotStartDatabase(Refusal):
    status = 503
    sentence = "数据库没有启动。"
    remedy = "请查看数据库日志后再试。"


class UnsafeDatabase(Refusal):
    status = 503
    sentence = "数据库的设置不安全：断电时可能丢失已出具回执的数据。"
    remedy = "请打开 fsync、full_page_writes 和 synchronous_commit 后再启动。"


class UnsupportedDatabase(Refusal):
    status = 503
    sentence = "数据库版本不受支持。"
    remedy = "请使用 PostgreSQL 15 至 18。"


class NeedsApplicationRole(Refusal):
    status = 503
    sentence = "DATABASE_URL 的账号不能创建应用账号 yiwang_app。"
    remedy = "请由数据库管理员创建，并用 DATABASE_APP_URL 告知其地址。"


class CannotCopyDatabase(Refusal):
    status = 503
    sentence = "数据库没有备份成。"
    remedy = "请查看数据库日志后再试。"

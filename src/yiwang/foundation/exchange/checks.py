"""What every verb of the exchange's books checks and tells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from django.db import connection

from yiwang.kernel.refusals import FieldProblem, InvalidInput

CODE: Final = re.compile(r"[0-9A-Z-]{2,32}/[a-z0-9-]{2,40}")


def code_problem(code: str) -> FieldProblem | None:
    """What is wrong with a service's or system's code."""
    if CODE.fullmatch(code):
        return None
    return FieldProblem("code", "编码应为“节点编码/名称”。", "名称用小写字母、数字和连字符。")


def if_(wrong: bool, field: str, sentence: str) -> list[FieldProblem]:
    """The problem when there is one."""
    return [FieldProblem(field, sentence)] if wrong else []


def refuse(problems: Sequence[FieldProblem | None]) -> None:
    """InvalidInput with every problem at once."""
    found = [problem for problem in problems if problem is not None]
    if found:
        raise InvalidInput(fields=found)


def tell_fast_path() -> None:
    """The server beside us reads its views again when this transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('exchange_changed', '')")

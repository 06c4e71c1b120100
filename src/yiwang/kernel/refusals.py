"""One family for every way to say no: the same on pages, in the API and on the command line.

JSON form (``Refusal.as_json``)::

    {"refusal": {"code": "CannotSubmit", "status": 409, "sentence": "…", "remedy": "…",
                 "fields": [{"field": "phone", "sentence": "…", "remedy": "…"}],
                 "request_id": "…"}}
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One field that is wrong: its key, what is wrong, what to do about it."""

    field: str
    sentence: str
    remedy: str = ""


class Refusal(Exception):
    """Something cannot be done. Subclasses name the impossibility (``CannotAccept``)."""

    status = 409
    sentence = "现在不能这样做。"
    remedy = "请刷新页面后再试，或拨打 12345 咨询。"

    def __init__(
        self, sentence: str = "", remedy: str = "", *, fields: Sequence[FieldProblem] = ()
    ) -> None:
        self.sentence = sentence or type(self).sentence
        self.remedy = remedy or type(self).remedy
        self.fields = tuple(fields)
        super().__init__(self.sentence)

    @property
    def code(self) -> str:
        return type(self).__name__

    def as_json(self, request_id: str = "") -> dict[str, object]:
        fields = [
            {"field": p.field, "sentence": p.sentence, "remedy": p.remedy} for p in self.fields
        ]
        return {
            "refusal": {
                "code": self.code,
                "status": self.status,
                "sentence": self.sentence,
                "remedy": self.remedy,
                "fields": fields,
                "request_id": request_id,
            }
        }


class NotFound(Refusal):
    """Also for things that exist but are not the actor's: the two must look the same."""

    status = 404
    sentence = "没有找到这项内容，可能已经不在，也可能您没有查看它的权限。"
    remedy = "请检查网址，或回到首页重新查找。"


class NotSignedIn(Refusal):
    status = 401
    sentence = "请先登录。"
    remedy = "登录后会回到这一页，已填的内容不会丢。"


class NotAllowed(Refusal):
    status = 403
    sentence = "您的账号没有做这件事的权限。"
    remedy = "如果工作需要，请联系本单位的管理员开通。"


class InvalidInput(Refusal):
    """Fields say what is wrong, one by one."""

    status = 422
    sentence = "有几处需要改一下。"
    remedy = "请按提示改好后再提交。"


class VersionConflict(Refusal):
    """The actor decided on a version that is no longer the newest."""

    sentence = "这件事刚刚被别人处理过，您看到的不是最新情况。"
    remedy = "页面已更新，请看过最新情况后再办理。"


class IdempotencyConflict(Refusal):
    sentence = "同一个提交编号已经用于另一份内容。"
    remedy = "请重新打开表单后再提交。"


class TryLater(Refusal):
    """A part is away or full: nothing was lost, nothing was promised."""

    status = 503
    sentence = "系统正忙，这次没有办成，您填的内容还在。"
    remedy = "请过一会儿再试。"
    retry_after_seconds = 30

"""What the register says about a person or a firm, in the words of the page under their boxes."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yiwang.capability.intake import queries as intake
from yiwang.capability.intake.definitions import (
    NUMBER_OF,
    Field,
    Kind,
    LookedUp,
    Said,
    named_key,
)
from yiwang.entrance.shell.forms.folding import Folded, attribute, fold, slot
from yiwang.entrance.shell.forms.state import PageState

_NOT_YET: Final = "NOT_YET"


def said_line(field: Field, place: str, value: Any, state: PageState) -> SafeString:
    """The line for what stands in the boxes now; before anything was looked up, what will happen."""
    told = _told(field, value, state)
    kind, text = (_NOT_YET, _before(field)) if told is None else _words(field, value, told, state)
    looks = looks_attribute(place, state)
    return _folded(kind, get_language() or "").put({"id": place, "text": text, "looks": looks})


def looks_attribute(place: str, state: PageState) -> SafeString | None:
    """Where htmx asks about one place of the form; none on a page that is not a draft's."""
    if not state.address:
        return None
    return attribute(f' hx-post="{escape(state.address)}look-up/{place}/"')


@lru_cache(maxsize=32)
def _folded(kind: str, language: str) -> Folded:
    context = {"kind": kind, "id": slot("id"), "text": slot("text"), "looks": slot("looks")}
    return fold("components/fields/said.html", context)


def _told(field: Field, value: Any, state: PageState) -> LookedUp | None:
    if not isinstance(value, dict):
        return None
    number = value.get(NUMBER_OF[field.kind], "")
    return state.looked_up.get(named_key(field.kind, value.get("name", ""), number))


def _before(field: Field) -> str:
    source = {"source": intake.register_label(field)}
    if field.kind is Kind.PERSON:
        return _("填好后和%(source)s核对。核对都有记录，本人看得到。") % source
    return _("填好后和%(source)s核对。") % source


def _words(field: Field, value: Any, told: LookedUp, state: PageState) -> tuple[str, str]:
    source = {"source": told.source_label}
    person = field.kind is Kind.PERSON
    match told.said:
        case Said.AGREES:
            whole = told.remark and f"，{told.remark}"
            who = intake.mask_answer(field, value) if person else f"{value['name']}{whole}"
            return "NOTE" if told.remark else "AGREES", _("和%(source)s对上了：%(who)s") % {
                **source,
                "who": who,
            }
        case Said.DIFFERS if person:
            return "WRONG", _("姓名和身份证号对不上。请对照证件把两栏再看一遍。")
        case Said.DIFFERS:
            return "WRONG", _("名称和统一社会信用代码对不上。请对照营业执照把两栏再看一遍。")
        case Said.NOT_LISTED if field.own_statement:
            return "NOTE", _(
                "%(source)s里没有查到。请再看一遍；没填错就接着填，办理人员会核对。"
            ) % source  # fmt: skip
        case Said.NOT_LISTED:
            return "WRONG", _("%(source)s里没有查到。请再看一遍；没填错的，请到窗口办。") % source
        case Said.PAUSED:
            return "AGAIN", _("核对得太多了，过一小时再核对。") + _then(field)
    return "AGAIN", _("%(source)s现在连不上。") % source + _then(field)


def _then(field: Field) -> str:
    if field.own_statement:
        return _("您可以先自己填，办理人员会核对。")
    return _("核对了才能提交，填的内容都存着。")

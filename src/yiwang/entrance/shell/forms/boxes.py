"""What goes into the slots of each kind: typed values, errors, sources, lists of choices."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yiwang.capability.intake.definitions import Field, Kind, Prefilled
from yiwang.entrance.shell.forms import naming
from yiwang.entrance.shell.forms.folding import Folded, attribute, fold, joined, slot
from yiwang.entrance.shell.forms.state import Choices, PageState
from yiwang.entrance.shell.speaking import speak_problem
from yiwang.kernel import masks, moments

_WIDTHS: Final = (2, 4, 6, 9, 12)
#: Kinds with one text box, which a browser always sends.
ONE_BOX: Final = frozenset(
    {Kind.TEXT, Kind.LONG_TEXT, Kind.NUMBER, Kind.CITIZEN_ID, Kind.PHONE, Kind.ACCOUNT}
)
_COMMON: Final = {
    "error": ("id", "text"),
    "source": ("id", "text", "href"),
    "source_open": ("text",),
    "differs": ("text",),
    "away": ("id", "text"),
    "conflict": ("id", "text"),
    "select": ("id", "level", "label", "options", "filled"),
    "found": ("id", "code", "label", "checked"),
    "nothing": ("text",),
    "file_row": ("id", "key", "filename"),
    "row": ("id", "index", "number", "fields"),
}


def common(name: str) -> Folded:
    """A small part every form uses, folded once per language."""
    return _fold_common(name, get_language() or "")


@lru_cache(maxsize=64)
def _fold_common(name: str, language: str) -> Folded:
    context: dict[str, Any] = {key: slot(key) for key in _COMMON[name]}
    if name == "row":
        context["field"] = {"row_name": slot("name")}
    return fold(f"components/fields/{name}.html", context)


def values_of(field: Field, key: str, value: Any, state: PageState) -> dict[str, object]:
    """The slots that show an answer, whatever its kind."""
    match field.kind:
        case Kind.DATE:
            return _day(value)
        case Kind.CHOICE | Kind.YES_NO:
            return (
                {f"checked:{as_typed(value)}": attribute(" checked")} if value is not None else {}
            )
        case Kind.CHOICES:
            chosen = value if isinstance(value, list) else []
            return {f"checked:{as_typed(code)}": attribute(" checked") for code in chosen}
        case Kind.PERSON | Kind.ORGANIZATION:
            return _pair(field, key, value, state)
        case Kind.DIVISION:
            return {"selects": division_selects(field, key, value, state)}
        case Kind.INDUSTRY:
            words = state.searches.get(key, "")
            return {"query": words, "results": industry_results(key, value, words, state)}
        case Kind.LICENCE:
            return {"results": licence_choices(field, key, value, state)}
        case Kind.FILE:
            return {"files": _files(key, value, state)}
        case Kind.GROUP:
            return {}
    return {"value": "" if value is None else as_typed(value)}


def as_typed(value: Any) -> str:
    """An answer as its box holds it: true is “yes”, 12.0 is “12”."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def parts_of(field: Field) -> tuple[tuple[str, str, int], ...]:
    """The boxes of a person or firm: part, label, most characters."""
    if field.kind is Kind.PERSON:
        return (("name", _("姓名"), 60), ("citizen_id", _("身份证号"), 30))
    if field.kind is Kind.ORGANIZATION:
        return (("name", _("名称"), 120), ("uscc", _("统一社会信用代码"), 30))
    return ()


def folded_parts(field: Field, name: str) -> list[dict[str, object]]:
    """The same for folding: slots in the places of values."""
    return [
        {
            "id": attribute(f"{name}-{part}"),
            "label": label,
            "limit": limit,
            "value": slot(f"value:{part}"),
            "state": slot(f"state:{part}"),
            "error": slot(f"error:{part}"),
        }
        for part, label, limit in parts_of(field)
    ]


def error_line(key: str, state: PageState) -> SafeString | None:
    """What is wrong and what to do, above the box."""
    problem = state.problems.get(key)
    conflict = state.conflicts.get(key)
    lines = []
    if conflict is not None:
        text = _("两台设备上填得不一样：现在是“%(kept)s”，后填的是“%(other)s”。") % {
            "kept": _shown(conflict.kept),
            "other": _shown(conflict.other),
        }
        lines.append(common("conflict").put({"id": key, "text": text}))
    if problem is not None:
        text = speak_problem(problem)
        lines.append(common("error").put({"id": key, "text": text}))
    return joined(lines) if lines else None


def aria(field: Field, key: str, state: PageState, *, readonly: bool = False) -> SafeString:
    """Attributes a screen reader needs now: wrong or not, described by what."""
    wrong = key in state.problems
    described = ([f"{key}-e"] if wrong else []) + ([f"{key}-h"] if field.help else [])
    text = ' aria-invalid="true"' if wrong and field.kind not in _SETS else ""
    text += f' aria-describedby="{" ".join(described)}"' if described else ""
    if readonly:
        text += " disabled" if field.kind in _SETS else " readonly"
    return attribute(text)


_SETS: Final = frozenset(
    {
        Kind.DATE, Kind.CHOICE, Kind.CHOICES, Kind.YES_NO, Kind.PERSON, Kind.ORGANIZATION,
        Kind.DIVISION, Kind.INDUSTRY, Kind.LICENCE, Kind.GROUP, Kind.FILE,
    }
)  # fmt: skip


def source_line(field: Field, state: PageState) -> SafeString | None:
    """Where a filled-in answer comes from, or that its source is away, or says otherwise."""
    fact = state.prefilled.get(field.key)
    if fact is None:
        label = state.away.get(field.key)
        if label is None:
            return None
        text = _("%(source)s现在连不上，您可以自己填。") % {"source": label}
        return common("away").put({"id": field.key, "text": text})
    if state.answers.get(field.key) != fact.value:
        text = _("%(source)s里不是这样写的。您可以照实填，办理人员会核对。") % {
            "source": fact.source_label
        }
        return common("differs").put({"text": text})
    text = _("来自%(source)s，%(when)s取得") % {
        "source": fact.source_label,
        "when": _when(fact, state.today),
    }
    if field.kind not in ONE_BOX:
        return common("source_open").put({"text": text})
    href = f"{state.address}?edit={field.key}#{field.key}"
    return common("source").put({"id": field.key, "text": text, "href": href})


def division_selects(field: Field, key: str, value: Any, state: PageState) -> SafeString:
    """One list per level from the root down to the next one to choose."""
    code = value if isinstance(value, str) and len(value) == 12 and value.isdigit() else ""
    parent, chosen = field.division_root, _chain(code, field.division_root)
    most = field.division_level or 5
    fact = state.prefilled.get(key)
    filled = attribute(" filled") if fact is not None and fact.value == value else None
    selects = []
    level = _level(parent)
    while level < most:
        level += 1
        choices = state.children_of(parent)
        if not choices:
            break
        current = next((c for c in chosen if _level(c) == level), "")
        selects.append(_select(key, level, choices, current, filled))
        if not current:
            break
        parent = current
    return joined(selects)


def level_labels() -> tuple[str, ...]:
    """What to choose on each level; the open page adds lists below and needs the same words."""
    return (
        "",
        _("选省"),
        _("选市（州）"),
        _("选县（区）"),
        _("选乡镇（街道）"),
        _("选村（社区）"),
    )


def _select(
    key: str, level: int, choices: Choices, current: str, filled: SafeString | None
) -> SafeString:
    options = [
        _OPTION.put(
            {
                "code": code,
                "name": name,
                "chosen": attribute(" selected") if code == current else "",
            }
        )
        for code, name in choices
    ]
    told = {"id": key, "level": level, "label": level_labels()[level], "options": joined(options)}
    return common("select").put({**told, "filled": filled})


_OPTION: Final = Folded(('<option value="', "code", '"', "chosen", ">", "name", "</option>"))


def licence_choices(field: Field, key: str, value: Any, state: PageState) -> SafeString:
    """The applicant's own licences of the asked type; a line saying so when there is none."""
    held = list(state.licences(field.licence))
    if not held:
        return common("nothing").put({"text": _("您名下没有可选的有效证照。")})
    return _radios(key, value, held)


def _radios(key: str, value: Any, choices: list[tuple[str, str]]) -> SafeString:
    lines = [
        common("found").put(
            {
                "id": key,
                "code": code,
                "label": label,
                "checked": attribute(" checked") if code == value else "",
            }
        )
        for code, label in choices
    ]
    return joined(lines)


def industry_results(key: str, value: Any, words: str, state: PageState) -> SafeString:
    """The chosen class first, then what the words found."""
    hits = list(state.industries(words)) if words else []
    if isinstance(value, str) and value not in {code for code, _name in hits}:
        hits.insert(0, (value, state.names.get(value, value)))
    return _radios(key, value, hits)


def _files(key: str, value: Any, state: PageState) -> SafeString:
    keys = [k for k in value if isinstance(k, str)] if isinstance(value, list) else []
    return joined([file_row(key, k, state.file_names.get(k, _("已上传"))) for k in keys])


def file_row(key: str, file_key: str, filename: str) -> SafeString:
    """One uploaded file with its “删掉”."""
    return common("file_row").put({"id": key, "key": file_key, "filename": filename})


def _pair(field: Field, key: str, value: Any, state: PageState) -> dict[str, object]:
    given = value if isinstance(value, dict) else {}
    slots: dict[str, object] = {}
    closed = field.sensitive and key in state.closed
    for part, _label, _limit in parts_of(field):
        name = f"{key}-{part}"
        hide = _HIDDEN.get(part, str) if closed and part in given else str
        slots[f"value:{part}"] = hide(str(given.get(part, "")))
        slots[f"error:{part}"] = error_line(name, state)
        wrong = f' aria-invalid="true" aria-describedby="{name}-e"'
        slots[f"state:{part}"] = attribute(wrong) if name in state.problems else None
    slots["looks"] = naming.looks_attribute(key, state)
    fact = state.prefilled.get(key)
    if key not in state.problems and (fact is None or fact.value != value):
        slots["said"] = naming.said_line(field, key, value, state)
    return slots


#: Parts of a person where they are only shown.
_HIDDEN: Final = {"name": masks.mask_name, "citizen_id": masks.mask_citizen_id}


def _day(value: Any) -> dict[str, object]:
    parts = str(value).split("-") if value else []
    year, month, day = [*parts, "", "", ""][:3]
    return {"year": year, "month": month.lstrip("0"), "day": day.lstrip("0")}


def _when(fact: Prefilled, today: str) -> str:
    local = fact.as_of.astimezone(moments.SHANGHAI)
    if local.date().isoformat() == today:
        return _("今天 %(time)s") % {"time": f"{local:%H:%M}"}
    return _("%(year)s年%(month)s月%(day)s日") % {
        "year": local.year,
        "month": local.month,
        "day": local.day,
    }


def _shown(value: Any) -> str:
    if value is None:
        return _("没有填")
    if isinstance(value, dict):
        return "，".join(str(part) for part in value.values())
    if isinstance(value, list):
        return _("%(count)s 项") % {"count": len(value)}
    return {"yes": _("是"), "no": _("否")}.get(as_typed(value), as_typed(value))


def _level(code: str) -> int:
    if not code:
        return 0
    return next((n for n, width in enumerate(_WIDTHS, 1) if set(code[width:]) <= {"0"}), 5)


def _chain(code: str, root: str) -> list[str]:
    if not code:
        return []
    return [code[:width].ljust(12, "0") for width in _WIDTHS[: _level(code)]]

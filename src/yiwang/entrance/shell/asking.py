"""A page that asks once more before an act: what will happen, what must be written, one button."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest

from yiwang.entrance.shell.typed import Field
from yiwang.kernel.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Form:
    """One act: its words, where it is sent, where it leads back."""

    title: str
    consequences: tuple[str, ...]
    button: str
    action: str
    back: str
    back_label: str
    version: int = 0
    fields: tuple[Field, ...] = ()
    kind: str = "main"
    hidden: tuple[tuple[str, str], ...] = ()  # what the page showed and is sent back as it was


@dataclass(frozen=True, slots=True)
class Box:
    """A field as it is drawn."""

    name: str
    label: str
    kind: str
    help: str
    value: str
    options: tuple[tuple[str, str], ...]
    optional: bool
    wrong: bool

    @property
    def chosen(self) -> tuple[str, ...]:
        """Of a field of several choices: those that are ticked."""
        return tuple(self.value.split())


def boxes(
    fields: tuple[Field, ...], request: HttpRequest, refusal: Refusal | None
) -> tuple[Box, ...]:
    """The fields with what was typed and which of them are wrong."""
    bad = {problem.field for problem in refusal.fields} if refusal else set()
    return tuple(
        Box(
            name=one.name,
            label=one.label,
            kind=one.kind,
            help=one.help,
            value=_value(one, request),
            options=one.options,
            optional=one.optional,
            wrong=one.name in bad,
        )
        for one in fields
    )


def context_of(request: HttpRequest, form: Form, refusal: Refusal | None) -> Mapping[str, object]:
    """What the page is drawn from; after a refusal with its reason on top and what was typed kept."""
    shown = {
        name: getattr(form, name)
        for name in ("title", "consequences", "button", "action", "back", "back_label", "version",
                     "kind", "hidden")
    }  # fmt: skip
    return {"form": {**shown, "fields": boxes(form.fields, request, refusal)}, "refusal": refusal}


def _value(field: Field, request: HttpRequest) -> str:
    if field.kind == "several" and request.method == "POST":
        return " ".join(request.POST.getlist(field.name))[:4000]
    return request.POST.get(field.name, field.value)[:4000]

"""One draft as pages need it, the applicant's and the counter's: form, item, addresses, the state to draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.core.cache import cache
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yiwang.capability import journey
from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.catalogue.definitions import Material
from yiwang.capability.catalogue.queries import ItemVersion
from yiwang.capability.commitments.definitions import PaperView
from yiwang.capability.intake import queries as intake
from yiwang.capability.intake.definitions import DraftView, Form, FormStep, Kind
from yiwang.entrance.shell.forms.state import Choices, PageState, by_field
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import FieldProblem, NotFound
from yiwang.network.directory import queries as directory

_CHILDREN_KEPT_SECONDS = 600


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft with its form and item; made once per request."""

    draft: DraftView
    form: Form
    version: ItemVersion
    actor: Actor
    at: datetime
    home: str  # where its pages are: "/my/drafts/<key>/"
    step: FormStep = field(init=False)
    papers: tuple[PaperView, ...] = field(init=False)  # undertakings to read and sign

    def __post_init__(self) -> None:
        step = self.form.find_step(self.draft.step) or self.form.steps[0]
        object.__setattr__(self, "step", step)
        papers = journey.list_papers(self.draft, language=self.language)
        object.__setattr__(self, "papers", papers)

    @property
    def language(self) -> str:
        """What the page speaks."""
        return get_language() or "zh-hans"

    def renewed(self, draft: DraftView) -> OpenDraft:
        """The same with newer answers."""
        return OpenDraft(draft, self.form, self.version, self.actor, self.at, self.home)

    def address(self, step: str) -> str:
        return f"{self.home}step/{step}/"

    @property
    def required(self) -> tuple[Material, ...]:
        """The materials this person's answers on the guide leave."""
        return catalogue.narrow(self.version.item, dict(intake.questions_now(self.draft))).materials

    @property
    def has_materials(self) -> bool:
        return bool(self.required)

    @property
    def step_names(self) -> tuple[str, ...]:
        names = [step.title for step in self.form.steps]
        further = [_("材料")] if self.has_materials else []
        further += [_("承诺书")] if self.papers else []
        return (*names, *further, _("核对提交"))

    def number_of(self, step: FormStep) -> int:
        return self.form.steps.index(step) + 1

    def after(self, step: FormStep) -> str:
        """The form's next step; "" after the last."""
        number = self.number_of(step)
        if number < len(self.form.steps):
            return self.address(self.form.steps[number].key)
        return ""

    @property
    def after_materials(self) -> str:
        """What was promised is signed before it is handed in."""
        return f"{self.home}undertaking/" if self.papers else f"{self.home}check/"

    @property
    def before_check(self) -> str:
        """Where “back” leads from the last step."""
        if self.papers:
            return f"{self.home}undertaking/"
        return f"{self.home}materials/" if self.has_materials else self.home

    def before(self, step: FormStep) -> str:
        number = self.number_of(step)
        if number == 1:
            return f"/items/{self.draft.item_code}/"
        return self.address(self.form.steps[number - 2].key)


def open_draft(key: str, actor: Actor, *, home: str) -> OpenDraft:
    """The actor's own draft. Refuses NotFound for anybody else's, and for a form that is not there."""
    draft = intake.get_draft(key, actor)
    spoken = get_language() or "zh-hans"
    form = intake.get_spoken_form(draft.item_code, draft.item_version, spoken)
    version = catalogue.get_item(draft.item_code, version=draft.item_version, language=spoken)
    return OpenDraft(draft, form, version, actor, moments.now(), home)


#: All questions at once, as the counter shows them.
WHOLE: Final = "all"


def whole_form(opened: OpenDraft) -> FormStep:
    """Every question of the form as one step."""
    return FormStep(WHOLE, opened.form.title, opened.form.fields)


def step_of(opened: OpenDraft, key: str) -> FormStep:
    """One step of the form. Refuses NotFound."""
    step = opened.form.find_step(key)
    if step is None:
        raise NotFound("这张表没有这一步。", "请从“我的”里打开草稿。")
    return step


def page_state(
    opened: OpenDraft,
    step: FormStep,
    *,
    problems: Sequence[FieldProblem] = (),
    away: Mapping[str, str] | None = None,
    wanted: Mapping[str, str] | None = None,
) -> PageState:
    """Everything the renderer wants to know; ``wanted`` is the query string."""
    draft, asked = opened.draft, dict(wanted or {})
    return PageState(
        answers=draft.answers,
        problems=by_field(tuple(problems)),
        prefilled=draft.prefilled,
        away=away or {},
        conflicts={conflict.field: conflict for conflict in draft.conflicts},
        visible=intake.visible_keys(opened.form, draft.answers),
        editing=frozenset(asked.get("edit", "").split(",")),
        extra_rows=_numbers(asked, "rows-"),
        searches={key[2:]: words for key, words in asked.items() if key.startswith("q-")},
        file_names=_file_names(opened, step),
        names=intake.names_of_codes(
            [f for f in step.fields if f.kind is Kind.INDUSTRY], draft.answers
        ),
        children_of=children_of,
        industries=intake.list_industries,
        licences=lambda kind: intake.list_licences(kind, draft.applicant, at=opened.at),
        looked_up=draft.looked_up,
        address=opened.address(step.key),
        today=moments.legal_date(opened.at).isoformat(),
    )


def children_of(parent: str) -> Choices:
    """The divisions right below, as pairs; they change a few times a year, so they are kept."""
    key = f"division-children:{parent}"
    kept: Choices | None = cache.get(key)
    if kept is None:
        kept = tuple((d.code, d.name) for d in directory.list_children(parent or None))
        cache.set(key, kept, _CHILDREN_KEPT_SECONDS)
    return kept


def _file_names(opened: OpenDraft, step: FormStep) -> Mapping[str, str]:
    if not any(f.kind is Kind.FILE for f in step.fields) or not opened.draft.files:
        return {}
    return intake.list_attachments(opened.draft.key, opened.actor)


def _numbers(asked: Mapping[str, str], prefix: str) -> dict[str, int]:
    found = {key.removeprefix(prefix): n for key, n in asked.items() if key.startswith(prefix)}
    return {key: int(n) for key, n in found.items() if n.isascii() and n.isdigit() and len(n) < 3}

"""What every template may say ``shell.…`` about: look, place, person, links."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yiwang.entrance.shell import looks, navigation, place
from yiwang.entrance.shell.sheets import SHEETS
from yiwang.kernel.actor import ANONYMOUS, Actor, ActorKind, Power
from yiwang.network.directory.definitions import LookView

_HTML_LANG = {"zh-hans": "zh-Hans", "en": "en"}


@dataclass(frozen=True, slots=True)
class Shell:
    """One page's frame. Links and the place are made only when a template asks."""

    path: str
    look: looks.Look
    actor: Actor
    language: str
    division_code: str
    sample: bool
    sheets: tuple[str, ...] = SHEETS

    @property
    def html_lang(self) -> str:
        return _HTML_LANG.get(self.language, "zh-Hans")

    @property
    def signed_in(self) -> bool:
        return self.actor.kind is not ActorKind.ANONYMOUS

    @property
    def acting(self) -> Power | None:
        """By what mandate the visitor acts for another; every page says so."""
        return self.actor.mandate

    @property
    def standing_in(self) -> bool:
        """Does an official do a colleague's work now?"""
        return self.actor.kind is ActorKind.OFFICIAL and self.actor.on_behalf_of is not None

    @property
    def look_of_place(self) -> LookView | None:
        """The name and colour the visitor's place chose."""
        return place.look_of(self.division_code)

    @property
    def who(self) -> str:
        return self.actor.display_name or _("我的")

    @property
    def division_name(self) -> str:
        return place.name_of(self.division_code)

    @property
    def site_name(self) -> str:
        own = self.look_of_place
        if own is not None and own.name:
            return own.name
        return _("甘肃政务服务") if self.division_code.startswith("62") else _("政务服务")

    @property
    def imprint(self) -> str:
        return str(settings.IMPRINT)

    @property
    def nav(self) -> tuple[navigation.Link, ...]:
        return navigation.main_links(self.path)

    @property
    def tabs(self) -> tuple[navigation.Link, ...]:
        return navigation.tab_links(self.path)

    @property
    def duties(self) -> tuple[navigation.Link, ...]:
        return navigation.duty_links()


def shell(request: HttpRequest) -> dict[str, Shell]:
    """The context processor; it asks the database for nothing."""
    return {
        "shell": Shell(
            path=request.get_full_path(),
            look=looks.parse(request.COOKIES.get(looks.COOKIE, ""), mourning=settings.MOURNING),
            actor=getattr(request, "actor", ANONYMOUS),
            language=get_language() or "zh-hans",
            division_code=place.of(request),
            sample=settings.SAMPLE,
        )
    }

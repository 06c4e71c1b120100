"""Operators see the sources and make them fail on purpose, on the sample only."""

from __future__ import annotations

import pytest

from yiwang.foundation.exchange import commands, simulator, sources
from yiwang.foundation.exchange.definitions import Misbehaviour


@pytest.fixture(autouse=True)
def _one_source(monkeypatch, settings, tmp_path):
    settings.YIWANG_HOME, settings.SAMPLE = tmp_path, True
    monkeypatch.setattr(sources, "_REGISTRY", {})
    sources.provides("person.name", label="姓名", source_label="人口库")(lambda **_: "x")


def test_the_list_names_every_source_and_its_state(capsys):
    assert commands.main(["list"]) == 0
    assert capsys.readouterr().out == "person.name\t姓名\t人口库\t正常\n"


def test_a_source_misbehaves_until_told_to_behave(capsys):
    assert commands.main(["misbehave", "person.name", "AWAY"]) == 0
    assert simulator.misbehaviour_of("person.name") is Misbehaviour.AWAY
    assert commands.main(["behave", "person.name"]) == 0
    assert simulator.misbehaviour_of("person.name") is None


def test_outside_the_sample_and_for_unknown_names_it_refuses(settings):
    with pytest.raises(commands.NoSuchSource):
        commands.main(["misbehave", "nobody.knows", "AWAY"])
    settings.SAMPLE = False
    with pytest.raises(commands.OnlyInSample):
        commands.main(["misbehave", "person.name", "AWAY"])


@pytest.mark.parametrize("arguments", [[], ["list", "x"], ["misbehave", "person.name", "LOUD"]])
def test_a_wrong_call_shows_how(arguments, capsys):
    assert commands.main(arguments) == 2
    assert "用法" in capsys.readouterr().err

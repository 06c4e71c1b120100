"""English is complete for citizens' pages, and the compiled catalogue is the written one."""

import re
from pathlib import Path

import polib
import pytest

ENTRANCE = Path(__file__).parents[2]
CATALOGUE = ENTRANCE / "shell" / "locale" / "en" / "LC_MESSAGES"
STAFF = {"desk", "console"}
TRANS = re.compile(r"""{%\s*trans(?:late)?\s+(?:"([^"]+)"|'([^']+)')""")
BLOCK = re.compile(r"{%\s*blocktrans(?:late)?\b[^%]*%}(.*?){%\s*endblocktrans", re.S)
CALL = re.compile(r'\b(?:_|gettext|gettext_lazy)\(\s*((?:"[^"]*"\s*)+)', re.S)


def used() -> set[str]:
    """Every Chinese sentence a citizen's page or its code may say."""
    found = set()
    for path in ENTRANCE.rglob("*.html"):
        if not STAFF & set(path.relative_to(ENTRANCE).parts):
            text = path.read_text()
            found |= {one or two for one, two in TRANS.findall(text)}
            for body in BLOCK.findall(text):
                singular = re.split(r"{%\s*plural\s*%}", body)[0]
                found.add(re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", singular))
    for path in ENTRANCE.rglob("*.py"):
        if not {"tests", *STAFF} & set(path.relative_to(ENTRANCE).parts):
            calls = CALL.findall(path.read_text())
            found |= {"".join(re.findall(r'"([^"]*)"', call)) for call in calls}
    return found


def test_every_word_of_a_citizens_page_has_its_english():
    said = {
        entry.msgid for entry in polib.pofile(str(CATALOGUE / "django.po")) if entry.translated()
    }
    assert used() - said == set()


def test_a_translation_keeps_every_value_of_the_sentence():
    def values(text: str) -> list[str]:
        return sorted(re.findall(r"%\(\w+\)s", text))

    entries = polib.pofile(str(CATALOGUE / "django.po"))
    assert [e.msgid for e in entries if e.msgstr and values(e.msgid) != values(e.msgstr)] == []


def test_the_compiled_catalogue_is_the_written_one():
    written = {e.msgid: e.msgstr for e in polib.pofile(str(CATALOGUE / "django.po"))}
    compiled = {e.msgid: e.msgstr for e in polib.mofile(str(CATALOGUE / "django.mo"))}
    assert compiled == written


@pytest.mark.django_db
def test_an_english_page_has_no_chinese_but_names(client):
    client.post("/language/", {"language": "en"})
    page = client.get("/accessibility/").content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert not re.findall(r"[\u4e00-\u9fff]+", main)

"""Three hundred files that lie, hide something, are cut or damaged; and what became of the kept ones.

Runs inside an installation: ``python -m trial.lies make FOLDER`` writes them and prints a list,
``python -m trial.lies look`` prints what was kept and is not clean.
"""

from __future__ import annotations

import io
import json
import os
import random
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

SEED = 20261124
CUTS = (0.05, 0.25, 0.5, 0.75, 0.9, 0.98)
FLIPS, NOISES = 12, 3
IN_FRONT = (b"MZ\x90\x00", b"\x7fELF\x02\x01", b"Rar!\x1a\x07", b"\n<html><script>")
MARK = b"<script>hostile-mark</script>"


@dataclass(frozen=True, slots=True)
class Lie:
    """``sentence``: how it must be refused; "" when damage may also leave a good file."""

    name: str
    filename: str
    content: bytes
    must_refuse: bool = True
    sentence: str = ""


def all_of_them() -> Iterator[Lie]:
    """Named by hand, then by mixing every honest kind with every kind of damage."""
    from yiwang.mechanisms.files import sample
    from yiwang.mechanisms.files.definitions import KIND_OF_EXTENSION, PROBLEMS, RULES, TEXTS
    from yiwang.mechanisms.files.tests.test_hostile_files import HOSTILE

    chance = random.Random(SEED)
    for name, filename, data, problem in HOSTILE:
        # Django drops what cannot be printed from a name on the way in: a good one may arrive.
        carried = filename.isprintable()
        content = data if isinstance(data, bytes) else data()
        yield Lie(name, filename, content, carried, PROBLEMS[problem][0] if carried else "")
    for kind in RULES:
        honest = sample.content(kind)
        text = kind in TEXTS
        for ending, claimed in KIND_OF_EXTENSION.items():
            if claimed is not kind and not (text and claimed in TEXTS):
                yield Lie(f"{kind} named {ending}", f"a.{ending}", honest)
        own = f"a.{next(e for e, k in KIND_OF_EXTENSION.items() if k is kind)}"
        for bytes_ in IN_FRONT[: 3 if text else 4]:
            yield Lie(f"{bytes_[:4]!r} before {kind}", own, bytes_ + honest)
        yield Lie(f"something behind {kind}", own, honest + MARK, must_refuse=False)
        for share in () if text else CUTS:
            cut = honest[: int(len(honest) * share)]
            yield Lie(f"{kind} cut at {share}", own, cut, must_refuse=False)
        for number in range(0 if text else FLIPS):
            yield Lie(f"{kind} damaged {number}", own, _flipped(honest, chance), must_refuse=False)
    for ending in KIND_OF_EXTENSION:
        for number in range(NOISES):
            noise = chance.randbytes(2000 + number)
            yield Lie(f"noise {number} named {ending}", f"a.{ending}", noise)


def honest_ones() -> list[tuple[str, bytes]]:
    """What must still be taken, so that refusing everything does not pass."""
    from yiwang.mechanisms.files import sample
    from yiwang.mechanisms.files.definitions import Kind

    kinds = {"a.pdf": Kind.PDF, "a.jpg": Kind.JPEG, "a.png": Kind.PNG}
    return [(name, sample.content(kind)) for name, kind in kinds.items()]


def _flipped(honest: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(honest)
    for _ in range(chance.randint(1, 8)):
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def _make(folder: Path) -> list[dict[str, object]]:
    rows = []
    for number, lie in enumerate(all_of_them()):
        (folder / str(number)).write_bytes(lie.content)
        rows.append({key: value for key, value in asdict(lie).items() if key != "content"})
    for number, (filename, content) in enumerate(honest_ones()):
        (folder / f"honest-{number}").write_bytes(content)
        rows.append({"name": f"honest {filename}", "filename": filename, "honest": number})
    return rows


def _look() -> list[str]:
    """Every kept upload opened again: pictures load, nothing carries the mark or a bad name."""
    from PIL import Image

    from yiwang.mechanisms.files import queries, rules
    from yiwang.mechanisms.files.definitions import IMAGES
    from yiwang.mechanisms.files.models import File

    unclean = []
    for file in File.objects.filter(stored_by__startswith="person:"):
        content = b"".join(queries.open_file(file.key).chunks)
        if rules.clean_name(file.filename) != file.filename:
            unclean.append(f"name {file.filename!r}")
        if file.kind in IMAGES:
            if MARK in content:
                unclean.append(f"{file.kind} with what was behind it")
            Image.open(io.BytesIO(content)).load()
    return unclean


def main(arguments: list[str]) -> None:
    """Inside the installation only."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.project.settings")
    import django

    django.setup()
    print(json.dumps(_make(Path(arguments[1])) if arguments[0] == "make" else _look()))


if __name__ == "__main__":
    main(sys.argv[1:])

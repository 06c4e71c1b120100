"""``yiwang pack …``: new, check, test, diff, publish, schema, words."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from django.conf import settings

from yiwang.applications import actions, queries, rules
from yiwang.applications.definitions import EXAMPLES_ADAPTER, TEXT_ADAPTER, Pack, PackProblem
from yiwang.applications.queries import NoSuchPack
from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.catalogue.definitions import item_schema
from yiwang.foundation.laws import actions as law_actions
from yiwang.foundation.laws import queries as laws
from yiwang.kernel import moments
from yiwang.kernel.actor import machine

SHELF = Path(settings.PACKS) / "services"
_SKELETON = Path(__file__).parent / "skeleton"


def main(arguments: list[str]) -> int:
    """One pack by folder or name; without a name ``check`` and ``test`` take the whole shelf."""
    options = _parser().parse_args(arguments)
    commands: Mapping[str, Callable[[argparse.Namespace], int]] = {
        "new": _new,
        "check": _check,
        "test": _test,
        "diff": _diff,
        "publish": _publish,
        "schema": _schema,
        "words": _words,
    }
    return commands[options.command](options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="yiwang pack", description="应用包")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, said in (("check", "检查"), ("test", "跑例子")):
        one = commands.add_parser(name, help=f"{said}；不给名称就是全部")
        one.add_argument("packs", nargs="*")
    for name, said in (("new", "新建"), ("diff", "和已发布的比"), ("words", "列出要翻译的词")):
        one = commands.add_parser(name, help=said)
        one.add_argument("pack")
    publish = commands.add_parser("publish", help="检查、跑例子、发布")
    publish.add_argument("packs", nargs="+")
    publish.add_argument("--approved-by", required=True, help="批准人（不能是发布人）")
    publish.add_argument("--by", default="machine:console", help="发布人")
    schema = commands.add_parser("schema", help="打印某个文件的 JSON Schema")
    schema.add_argument("file", choices=["item", "text", "examples"])
    return parser


def _folder(name: str) -> Path:
    given = Path(name)
    return given if given.is_dir() else SHELF / name


def _folders(names: Sequence[str]) -> list[Path]:
    if names:
        return [_folder(name) for name in names]
    return sorted(path for path in SHELF.iterdir() if (path / "item.yaml").exists())


def _read(folder: Path) -> Pack | None:
    pack = queries.read_pack(folder)
    if isinstance(pack, Pack):
        return pack
    _print(folder, pack)
    return None


def _print(folder: Path, problems: Sequence[PackProblem]) -> None:
    for problem in problems:
        print(f"{folder.name}/{problem.file}:{problem.key}　{problem.sentence}{problem.remedy}"
              + ("（提醒）" if problem.warning else ""))  # fmt: skip


def _check(options: argparse.Namespace) -> int:
    passed = failed = 0
    if not laws.list_laws(limit=1):
        law_actions.import_shipped(actor=machine("console"), at=moments.now())
        print("法律法规库是空的，已先导入随产品附带的法规。")
    for folder in _folders(options.packs):
        pack = _read(folder)
        problems = queries.check_pack(pack) if pack else ()
        _print(folder, problems)
        good = pack is not None and not any(not p.warning for p in problems)
        passed, failed = passed + good, failed + (not good)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def _test(options: argparse.Namespace) -> int:
    passed = failed = 0
    for folder in _folders(options.packs):
        pack = _read(folder)
        outcomes = actions.run_examples(pack) if pack else ()
        for one in outcomes:
            for difference in one.differences:
                print(f"{folder.name}　{one.name}：{difference}")
        wrong = sum(1 for one in outcomes if one.differences) + (pack is None)
        failed += wrong
        passed += len(outcomes) - sum(1 for one in outcomes if one.differences)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def _diff(options: argparse.Namespace) -> int:
    pack = _read(_folder(options.pack))
    if pack is None:
        return 1
    lines = queries.differences(pack)
    print("\n".join(lines) if lines else "和已发布的一样。")
    return 0


def _publish(options: argparse.Namespace) -> int:
    for name in options.packs:
        folder = _folder(name)
        version, warnings = actions.publish(
            folder=folder,
            approved_by=options.approved_by,
            actor=machine(options.by.removeprefix("machine:")),
            at=moments.now(),
        )
        _print(folder, warnings)
        print(f"{folder.name} 第 {version} 版已发布。")
    return 0


def _new(options: argparse.Namespace) -> int:
    folder = SHELF / options.pack if "/" not in options.pack else Path(options.pack)
    if folder.exists():
        raise NoSuchPack("这个文件夹已经有了。", "请换一个名称。")
    for source in sorted(_SKELETON.rglob("*")):
        if source.is_file():
            target = folder / source.relative_to(_SKELETON)
            target.parent.mkdir(parents=True, exist_ok=True)
            text = source.read_text(encoding="utf-8")
            target.write_text(text.replace("PACK-CODE", folder.name), encoding="utf-8")
    print(f"已建好 {folder}。改好后用 yiwang pack check {folder.name} 检查。")
    return 0


def _schema(options: argparse.Namespace) -> int:
    schemas = {
        "item": item_schema,
        "text": TEXT_ADAPTER.json_schema,
        "examples": EXAMPLES_ADAPTER.json_schema,
    }
    print(json.dumps(schemas[options.file](), ensure_ascii=False, indent=2))
    return 0


def _words(options: argparse.Namespace) -> int:
    pack = _read(_folder(options.pack))
    if pack is None:
        return 1
    words = {**catalogue.words_of(pack.item), **rules.form_words(pack), **rules.flow_words(pack)}
    known = pack.texts["en"].words if "en" in pack.texts else {}
    for path, said in words.items():
        print(f"  {json.dumps(path)}: {json.dumps(known.get(path, said), ensure_ascii=False)}")
    return 0

"""Reading packs from folders, and comparing a folder with what is published."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import TypeAdapter, ValidationError

from yiwang.applications import rules
from yiwang.applications.definitions import (
    EXAMPLES_ADAPTER,
    LANGUAGES,
    TEXT_ADAPTER,
    Example,
    Pack,
    PackProblem,
    RuleTable,
    TextFile,
)
from yiwang.capability.cases.definitions.flow_file import parse_flow
from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.catalogue.definitions import Item, dump_item, parse_item, problem_of
from yiwang.capability.intake.definitions import parse_form
from yiwang.foundation.laws import queries as laws
from yiwang.kernel.refusals import NotFound, Refusal

_CODE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MOST_BYTES: Final = 500_000
_KNOWN: Final = re.compile(
    r"(item|form|flow|licence)\.yaml|licence\.html|README\.md|rules/[a-z0-9-]+(\.tests)?\.json|"
    r"notices/[a-z0-9-]+\.txt|text/[a-z-]+\.yaml|examples/[a-z0-9-]+\.yaml"
)


class NoSuchPack(NotFound):
    sentence = "没有这个应用包。"
    remedy = "请检查文件夹名称；新建请用 yiwang pack new。"


class _Loader(yaml.SafeLoader):
    """Safe YAML that refuses a key written twice; only true and false are yes or no (``on`` is a day).

    What is referred to (``*name``) holds no reference itself: a few lines of those within those
    unfold to more than any memory holds.
    """

    _within: int = 0  # anchored nodes around the one being read

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) and self._within:
            mark: Any = event.start_mark
            raise yaml.composer.ComposerError(None, None, "引用里不能再有引用", mark)
        anchored = int(getattr(event, "anchor", None) is not None)
        self._within += anchored
        try:
            return super().compose_node(parent, index)
        finally:
            self._within -= anchored


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        if key_node.tag == "tag:yaml.org,2002:merge":
            continue
        if not isinstance(key_node, yaml.ScalarNode):
            raise yaml.constructor.ConstructorError(
                None, None, "名称只能是文字", key_node.start_mark
            )
        key = loader.construct_object(key_node)
        if key in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"“{key}”写了两次", key_node.start_mark
            )
        seen.add(key)
    loader.flatten_mapping(node)
    return {
        loader.construct_object(k, deep=True): loader.construct_object(v, deep=True)
        for k, v in node.value
    }


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in several if not tag.endswith(":bool")]
    for first, several in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)$"), list("tf"))
_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_pack(folder: Path) -> Pack | tuple[PackProblem, ...]:
    """A pack's folder → the pack with every part parsed, or every problem found on the way.

    Only shapes are looked at here; ``check_pack`` compares the parts with each other and the law.
    Refuses ``NoSuchPack``.
    """
    if not folder.is_dir():
        raise NoSuchPack
    reader = _Reader(folder)
    pack = reader.read()
    return pack if pack is not None and not reader.problems else tuple(reader.problems)


def check_pack(pack: Pack) -> tuple[PackProblem, ...]:
    """Everything that forbids publishing a pack, and warnings: rules, citations, words, examples."""
    citations = tuple(
        problem
        for place, law, article in rules.citations(pack)
        for problem in _citation(pack.item, place, law, article)
    )
    words = catalogue.words_of(pack.item)
    return (*catalogue.check_item(pack.item), *rules.check(pack, words), *citations)


def _citation(item: Item, place: str, law: str, article: str) -> tuple[PackProblem, ...]:
    """The article exists and is in force on the day the pack takes effect; a newer version warns."""
    file, key = place.split(":")
    try:
        found = laws.get_article(title=law, article=article, on=item.valid_from)
    except Refusal as refusal:
        remedy = f"请核对依据（生效日 {item.valid_from}）；新法规用 yiwang laws import 导入。"
        return (PackProblem(file, key, refusal.sentence, remedy),)
    if found.newer_from is not None:
        said = f"《{law}》{found.newer_from} 起有新版本。"
        return (PackProblem(file, key, said, "请核对条号和内容有没有变。", warning=True),)
    return ()


def differences(pack: Pack) -> tuple[str, ...]:
    """What a folder changes against the published version now in force, key by key."""
    try:
        published = catalogue.get_item(pack.code)
    except NotFound:
        return ("还没有发布过，全部是新的。",)
    before = {"item": dump_item(published.item)}
    before["item"].pop("faq"), before["item"].pop("short_text")
    now = dump_item(pack.item)
    now.pop("faq"), now.pop("short_text")
    words = catalogue.get_texts(pack.code, published.version)
    return tuple(
        rules.compare("item", before["item"], now)
        + rules.compare("text", dict(words), pack.texts_as_data)
    )


class _Reader:
    """Reads one folder; says where every problem is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[PackProblem] = []

    def say(self, file: str, key: str, sentence: str, remedy: str = "") -> None:
        self.problems.append(PackProblem(file, key, sentence, remedy))

    def read(self) -> Pack | None:
        self._strangers()
        documents = {name: self._yaml(f"{name}.yaml") for name in ("item", "form", "flow")}
        optional = "licence.yaml"
        licence = self._yaml(optional) if (self.folder / optional).exists() else None
        item = self._item(documents["item"])
        form = self._parsed("form.yaml", parse_form(documents["form"]))
        flow = self._parsed("flow.yaml", parse_flow(documents["flow"]))
        tables = self._tables()
        texts = self._texts()
        notices = {p.stem: self._text(p) for p in sorted(self.folder.glob("notices/*.txt"))}
        examples = self._examples()
        if item is None or form is None or flow is None:
            return None
        if licence is not None:
            documents["licence"] = licence
        code = self.folder.resolve().name
        return Pack(code, item, form, flow, tables, texts, notices, examples, licence, documents)

    def _strangers(self) -> None:
        if _CODE.fullmatch(self.folder.resolve().name) is None:
            self.say(".", "文件夹", "文件夹名只能用小写英文、数字和连字符。", "请改名。")
        for path in sorted(self.folder.rglob("*")):
            name = path.relative_to(self.folder).as_posix()
            if path.is_symlink():
                self.say(name, "（文件）", "不允许符号链接。", "请放真实的文件。")
            elif path.is_file() and _KNOWN.fullmatch(name) is None:
                self.say(name, "（文件）", "不认识这个文件。", "请核对文件名，或删去。")

    def _text(self, path: Path) -> str:
        name = path.relative_to(self.folder).as_posix()
        try:
            if path.stat().st_size > _MOST_BYTES:
                self.say(name, "（文件）", "文件太大。", f"不要超过 {_MOST_BYTES // 1000} KB。")
                return ""
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            self.say(name, "（文件）", "缺少这个文件，或者不是 UTF-8 文本。", "请补上。")
            return ""

    def _yaml(self, name: str) -> Any:
        text = self._text(self.folder / name)
        try:
            return yaml.load(text, Loader=_Loader) if text else {}  # noqa: S506 # nosec B506 a SafeLoader
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f"第 {mark.line + 1} 行" if mark else "（整个文件）"
            self.say(name, line, f"YAML 写错了：{getattr(error, 'problem', '')}。", "请改正格式。")
            return {}
        except (ValueError, RecursionError):  # a day that is none; brackets without end
            self.say(name, "（整个文件）", "YAML 写错了。", "请检查日期，不要层层嵌套。")
            return {}

    def _json(self, path: Path) -> Any:
        try:
            return json.loads(self._text(path) or "null")
        except json.JSONDecodeError as error:
            name = path.relative_to(self.folder).as_posix()
            self.say(name, f"第 {error.lineno} 行", "JSON 写错了。", "请改正格式。")
            return None
        except RecursionError:
            name = path.relative_to(self.folder).as_posix()
            self.say(name, "（整个文件）", "JSON 嵌套太深。", "请改正格式。")
            return None

    def _item(self, document: Any) -> Item | None:
        parsed = parse_item(document)
        if isinstance(parsed, Item):
            return parsed
        self.problems += parsed
        return None

    def _parsed(self, file: str, answer: tuple[Any, Any]) -> Any:
        parsed, problems = answer
        for problem in problems:
            self.say(file, problem.path or "（整个文件）", problem.sentence, "见 docs/look-up。")
        return parsed

    def _tables(self) -> dict[str, RuleTable]:
        tables = {}
        for path in sorted(self.folder.glob("rules/*.json")):
            if path.name.endswith(".tests.json"):
                continue
            table = self._json(path)
            tests_path = path.with_suffix(".tests.json")
            tests = self._json(tests_path) if tests_path.exists() else []
            if not isinstance(table, Mapping) or not isinstance(tests, list):
                self.say(
                    f"rules/{path.name}",
                    "（整个文件）",
                    "决策表或测试的格式不对。",
                    "见 docs/look-up/rule-table.md。",
                )
                continue
            tables[path.stem] = RuleTable(path.stem, table, tuple(tests))
        return tables

    def _texts(self) -> dict[str, TextFile]:
        texts = {}
        for language in LANGUAGES:
            parsed = self._strict(f"text/{language}.yaml", TEXT_ADAPTER)
            if parsed is not None:
                texts[language] = parsed
        return texts

    def _examples(self) -> tuple[Example, ...]:
        found: list[Example] = []
        for path in sorted(self.folder.glob("examples/*.yaml")):
            found += self._strict(f"examples/{path.name}", EXAMPLES_ADAPTER) or ()
        return tuple(found)

    def _strict(self, name: str, adapter: TypeAdapter[Any]) -> Any:
        document = self._yaml(name)
        try:
            return adapter.validate_python(document)
        except ValidationError as error:
            self.problems += [
                problem_of(name, e["loc"], e["type"], e["msg"], e) for e in error.errors()
            ]
            return None

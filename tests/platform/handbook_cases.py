"""What the handbooks print, line by line: what a reader puts in, what comes out, and what is run elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

OPERATOR: Final = "handbook/operator.md"
NODES: Final = "handbook/node-operator.md"
CALLING: Final = "handbook/integrator.md"
PACKS: Final = "handbook/pack-author.md"
Line = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """``fills``: placeholder → a value's name in the reader's notes; ``says``: words of what is printed;
    ``notes``: what is written down for later lines, name → pattern; ``answers``: question → reply."""

    says: str = ""
    fills: Mapping[str, str] = field(default_factory=dict)
    answers: tuple[tuple[str, str], ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    code: int = 0


_NEW: Final = {"用户名": "user", "姓名": "person", "部门统一社会信用代码": "department"}
CASES: Final[Mapping[Line, Case]] = {
    (OPERATOR, "./yiwang accounts open 用户名 姓名 部门统一社会信用代码"): Case(
        "已开通：shouce", _NEW, (("密码：", "Mima-2026-Yiwang"),)
    ),
    (OPERATOR, "./yiwang accounts second-factor 用户名"): Case(
        "otpauth://totp/", {"用户名": "user"}
    ),
    # Who is asked for is there from the beginning of the sample: the answer is the refusal the page names.
    (OPERATOR, "./yiwang accounts first-admins 用户名 用户名"): Case(
        "已经有安全管理员", {"用户名": "user"}, code=2
    ),
    (OPERATOR, "./yiwang accounts disable 用户名"): Case("已停用", {"用户名": "user"}),
    (OPERATOR, "./yiwang journal verify"): Case("核对通过"),
    (OPERATOR, "./yiwang rulings replay"): Case(),
    ("do/journal.md", "./yiwang journal verify"): Case("核对通过"),
    ("do/journal.md", "./yiwang journal tamper-test"): Case(" 0 failed"),
    ("do/journal.md", "./yiwang journal heads"): Case("sign-journal"),
    (OPERATOR, "./yiwang calendar show"): Case("放假安排"),
    (OPERATOR, "./yiwang calendar import 2027.csv"): Case("2027"),
    (OPERATOR, "./yiwang items import 目录.csv --dry-run"): Case("没有写入任何内容", {"目录.csv": "catalogue"}),
    (OPERATOR, "./yiwang items import 目录.csv --apply"): Case(
        "已写入", {"目录.csv": "catalogue"}, notes={"import": r"yiwang items undo (\S+)"}
    ),
    (OPERATOR, "./yiwang items runs"): Case("目录.csv"),
    (OPERATOR, "./yiwang items undo 导入编号"): Case("已撤销", {"导入编号": "import"}),
    (OPERATOR, "./yiwang pack check && ./yiwang pack test"): Case(" 0 failed"),
    (OPERATOR, "./yiwang pack publish packs/services/elderly-allowance --by 张三 --approved-by 李四"): Case("已发布"),
    (OPERATOR, "./yiwang laws import"): Case(),
    (OPERATOR, "./yiwang sources list"): Case("person.alive"),
    (OPERATOR, "./yiwang sources misbehave person.alive AWAY"): Case("person.alive：模拟"),
    (OPERATOR, "./yiwang sources behave person.alive"): Case("person.alive：正常"),
    (OPERATOR, "./yiwang sources misbehave department.real_estate AWAY"): Case("department.real_estate："),
    (PACKS, "./yiwang pack new my-item"): Case("已建好"),
    (PACKS, "./yiwang pack check my-item"): Case(" failed", code=1),
    (PACKS, "./yiwang pack test my-item"): Case(" 0 failed"),
    (PACKS, "./yiwang pack diff my-item"): Case("还没有发布过"),
    (PACKS, "./yiwang pack publish packs/services/my-item --by 张三 --approved-by 李四"): Case(code=2),
    (OPERATOR, "./yiwang backup take"): Case(),
    (OPERATOR, "./yiwang backup list"): Case(),
    (OPERATOR, "./yiwang backup drill"): Case(),
    ("do/backup.md", "./yiwang backup drill"): Case(),
    (CALLING, "client/bin/python call.py"): Case("True {"),
    (CALLING, "client/bin/yiwang-conformance declaration.json --address http://10.0.0.9:8080/household --report report.json"): Case(
        "", {"http://10.0.0.9:8080/household": "service"}
    ),
    (CALLING, "client/bin/yiwang-conformance --node $NODE --key-id $KEY --service 62/household-register --purpose 联调测试 --examples examples.json --report report.json"): Case(
        ""
    ),
    (NODES, "./yiwang node show"): Case("节点 62"),
    (NODES, "./yiwang node list"): Case("62\t正常"),
    ("do/keys.md", "./yiwang keys list"): Case("字段加密"),
    ("do/keys.md", "./yiwang keys rotate fields"): Case(),
    ("do/keys.md", "./yiwang keys renew"): Case(),
    ("do/keys.md", "./yiwang node rotate"): Case("新密钥"),
    ("do/keys.md", "./yiwang keys master"): Case(),
}  # fmt: skip

_START: Final = "every test of an installation begins with it (tests/installation.py)"
_NEWCOMER: Final = "`python -m trial newcomer` types it on a machine of its own"
_SETTING: Final = "names a machine or a channel only the reader has; what it sets is told in docs/look-up/settings.md"
NOT_HERE: Final[Mapping[Line, str]] = {
    (OPERATOR, "make run"): _START,
    (OPERATOR, "PORT=9000 make run"): _START,
    (OPERATOR, "make test"): "it runs this test",
    **{
        (OPERATOR, f"export {words}"): _SETTING
        for words in (
            "YIWANG_SAMPLE=0", "YIWANG_HOME=/srv/yiwang", "YIWANG_HOSTS=zwfw.example.gov.cn",
            "YIWANG_ADDRESS=https://zwfw.example.gov.cn", "YIWANG_TRUSTED_PROXIES=1",
            "YIWANG_SMS_DRIVER=…", "YIWANG_EMAIL_DRIVER=yiwang.support.messages.drivers.smtp.Smtp",
            "YIWANG_SMTP_HOST=mail.example.gov.cn YIWANG_EMAIL_FROM=no-reply@example.gov.cn",
        )
    },
    (OPERATOR, "./yiwang accounts first-staff …"): _NEWCOMER,
    (OPERATOR, "./yiwang rights sweep"): "minutes long: `python -m trial rights`",
    ("do/backup.md", "export YIWANG_BACKUP=/mnt/backup/yiwang"): "set for this installation from the start",
    ("do/backup.md", "make run"): _START,
    ("do/backup.md", "export YIWANG_HOME=/srv/yiwang-new"): "`python -m trial restore` restores on a new place",
    ("do/backup.md", './yiwang restore --from /mnt/backup/yiwang --to "2026-11-29 10:30:00" --master-key /media/usb/master-key'):
        "`python -m trial restore` restores on a new place",
    ("do/ledger.md", "YIWANG_WITNESSES=620100=https://lanzhou.example.gov.cn,91620000MA7XXXXX0X=https://…"):
        "others' machines; the sample's nodes are set so and countersign (tests/platform/test_nodes.py)",
    ("do/run.md", "make run"): _START,
    ("do/run.md", "export DATABASE_URL=postgresql://yiwang_owner:…@db.example/yiwang"): "tests/platform/test_real_database.py",
    ("do/run.md", "export DATABASE_APP_URL=postgresql://yiwang_app:…@db.example/yiwang"): "tests/platform/test_real_database.py",
    (CALLING, "export NODE=http://127.0.0.1:8010"): "set for the lines below it, as read from the node",
    (CALLING, "export KEY=密钥编号"): "set for the lines below it, as issued",
    (CALLING, "export YIWANG_SECRET=发放时显示的秘密"): "set for the lines below it, as issued",
    (CALLING, "python3 -m venv client"): _NEWCOMER,
    (CALLING, "client/bin/pip install ./clients/python"): _NEWCOMER,
    (NODES, "make run"): _START,
    (NODES, "make federation"): "needs networks of its own: `python -m trial federation`",
    (NODES, "set -a; . var/nodes/620100/environment; set +a"): _NEWCOMER,
    **{
        (NODES, f"export {words}"): _NEWCOMER
        for words in (
            "YIWANG_SAMPLE=0", "YIWANG_HOME=/srv/yiwang", "YIWANG_NODE=116201020000008602",
            "YIWANG_NODE_NAME=城关区教育局（示例）", "YIWANG_NODE_DIVISION=620102000000",
            "YIWANG_REGISTRY=https://exchange.province.example:8010",
            "YIWANG_EXCHANGE_ADDRESS=https://exchange.edu.example:8010",
        )
    },
    (NODES, "./yiwang node join f834 1d64 6ffa 6f7b"): _NEWCOMER,
    (NODES, "./yiwang accounts first-staff majun=马军 sunli=孙丽 zhaoqiang=赵强 baijie=白洁 hetao=何涛"):
        "it needs a node without people: below, with the department the page names, and `python -m trial newcomer`",
}  # fmt: skip
#: Blocks in other languages, by their first line, and what tries them.
OTHERS: Final[Mapping[Line, str]] = {
    (
        "do/halls.md",
        "class Bridge:",
    ): "a drawing of what a driver must have; test_handbooks compares it with the port",
    (CALLING, "# call.py"): "run here as `client/bin/python call.py`",
    (
        CALLING,
        'for message in client.fetch("62/licence-changes"):  # 自己来取',
    ): "foundation/exchange/tests/test_client_messages.py",
}

"""What the supervisor keeps running, in the order it starts them. No imports: it stays light."""

from typing import Final

KEPT: Final = ("web", "worker", "errands", "sealer", "clock", "exchange", "query")
#: Which of them is a program of its own, so that no Django is in its process; the web's is in its workers'.
PROGRAMS: Final = {
    "web": "yiwang.project.web",
    "exchange": "yiwang.foundation.exchange.fastpath",
    "query": "yiwang.foundation.datasources.runner",
}
#: What loads everything the others need and is divided into them (docs/decisions/0340).
BACKGROUND: Final = "background"
#: Kept as well on the sample installation: the departments' own services.
DEPARTMENTS: Final = "departments"
#: In the home: there once the departments of this run answer and the exchange was told where.
DEPARTMENTS_ANSWER: Final = "run/departments-answer"
#: Kept as well where a platform above is named (YIWANG_UPPER_DRIVER): the gateway to its services.
UPPER: Final = "upper"
#: Kept as well where a folder for backups is named (YIWANG_BACKUP).
FOLLOWER: Final = "backup"
#: One process for what these do apart, in an installation with little to do.
TOGETHER: Final = "together"
TAKEN_TOGETHER: Final = ("worker", "errands", "sealer", "clock")
#: What a further node of the sample keeps running.
KEPT_BY_SUBNODES: Final = (*(name for name in KEPT if name not in TAKEN_TOGETHER), TOGETHER)

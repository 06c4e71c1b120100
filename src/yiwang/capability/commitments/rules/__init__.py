"""What an undertaking says in which language, and who may do what about it. Pure."""

from yiwang.capability.commitments.rules import english as english
from yiwang.capability.commitments.rules.papers import WORDING as WORDING
from yiwang.capability.commitments.rules.papers import commitment_paper as commitment_paper
from yiwang.capability.commitments.rules.papers import tolerance_paper as tolerance_paper
from yiwang.capability.commitments.rules.papers import unticked as unticked
from yiwang.capability.commitments.rules.standing import CHECKERS as CHECKERS
from yiwang.capability.commitments.rules.standing import facts as facts
from yiwang.capability.commitments.rules.standing import may_take as may_take

"""Ways to say no to a seal. What waits for one is tried again by itself."""

from __future__ import annotations

from datetime import timedelta

from yiwang.kernel.refusals import Refusal, TryLater


class NotSealed(TryLater):
    """There is no seal yet; the document waits for it."""

    sentence = "这份文件还没有盖章，暂时不能下载。"
    remedy = "盖好以后自动制成，请过一会儿再看。"
    #: When it is asked for again.
    again_after = timedelta(minutes=1)


class SealAway(NotSealed):
    sentence = "现在连不上主节点的用印服务，文件正在等盖章。"
    remedy = "连上以后自动盖章，不用重新办理。"


class SealNotPermitted(NotSealed):
    """The host does not let this node use that body's seal."""

    sentence = "主节点没有许可本节点使用这个单位的印章，文件正在等盖章。"
    remedy = "请联系主节点的安全管理员登记用印许可；许可以后自动盖章。"
    again_after = timedelta(minutes=10)


class SealNotGenuine(NotSealed):
    """What came back is not the host's, or is about another document."""

    sentence = "主节点返回的印章值没有通过核对，没有采用，文件正在等盖章。"
    remedy = "请运维人员查看交换记录，并与主节点核对。"
    again_after = timedelta(minutes=10)


class MarkDiffers(Refusal):
    """Another mark must stand on the document; ``mark`` says which. Met by printing again."""

    sentence = "文件上印出的标注和印章不符，没有盖章。"
    remedy = "请按印章的标注重新制作。"

    def __init__(self, mark: str) -> None:
        super().__init__()
        self.mark = mark


class CannotPermit(Refusal):
    sentence = "不能登记这项用印许可。"
    remedy = "请核对节点和单位后再登记。"

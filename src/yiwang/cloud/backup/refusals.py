"""Ways a backup cannot be taken or brought back."""

from __future__ import annotations

from yiwang.kernel.refusals import Refusal


class CannotBackUp(Refusal):
    status = 503
    sentence = "备份没有做成。"
    remedy = "请检查备份文件夹能否写入、空间够不够，再试一次。"


class DamagedBackup(Refusal):
    """Something in the backup is missing, was changed, or does not open; the sentence names the file."""

    status = 422
    sentence = "备份里有文件损坏。"
    remedy = "请换另一份备份；不要删除这一份，它也许还能说明问题。"


class WrongKey(Refusal):
    status = 422
    sentence = "这把主密钥打不开这份备份。"
    remedy = "请给出做备份的那个安装的主密钥（--master-key 文件，或 YIWANG_MASTER_KEY）。"


class LivingInstallation(Refusal):
    status = 409
    sentence = "这里已经有一个安装，不能恢复在它上面。"
    remedy = "请把 YIWANG_HOME 设为一个空的文件夹。"


class NothingToRestore(Refusal):
    """There is no backup here, or none that reaches the moment asked for."""

    status = 404
    sentence = "这里没有能恢复到那个时刻的备份。"
    remedy = "请用 yiwang backup list 看有哪些备份、能恢复到什么时候。"

"""Rows about a case that are older than mandates learn of which item they are.

A mandate for some items shows only rows that say their item. Filled in small batches, each its own
transaction; broken off, it goes on with what is still empty. Rows of no case here stay empty.
"""

from __future__ import annotations

from collections import defaultdict

from django.db import migrations, transaction

BATCH = 1000
#: (app, model) with a column ``case`` ("case:<key>") and a column ``item_code``.
TABLES = (
    ("branches", "Branch"),
    ("visits", "Visit"),
    ("conversations", "Conversation"),
    ("licences", "ELicence"),
)


def fill(apps, _schema_editor):
    """Every table, from where it stands."""
    cases = apps.get_model("cases", "Case").objects
    for app, name in TABLES:
        rows, last = apps.get_model(app, name).objects.order_by("pk"), 0
        while batch := list(
            rows.filter(item_code="", pk__gt=last).values_list("pk", "case")[:BATCH]
        ):
            last = batch[-1][0]
            with transaction.atomic():
                fill_batch(cases, rows, batch)


def fill_batch(cases, rows, batch):
    """One batch: what is empty still gets the item of its case."""
    keys = {case.partition(":")[2] for _pk, case in batch}
    items = dict(cases.filter(key__in=keys).values_list("key", "item_code"))
    of_item = defaultdict(list)
    for pk, case in batch:
        code = items.get(case.partition(":")[2])
        if code:
            of_item[code].append(pk)
    for code, pks in of_item.items():
        rows.filter(pk__in=pks, item_code="").update(item_code=code)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ("cases", "0013_work_covered"),
        ("branches", "0002_branch_item_code"),
        ("visits", "0002_visit_item_code"),
        ("conversations", "0002_conversation_item_code"),
        ("licences", "0002_elicence_item_code"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

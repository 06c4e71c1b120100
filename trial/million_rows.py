"""What ``trial million_exchange`` fills a database with, as statements of the database itself."""

from __future__ import annotations

from typing import Any, Final

from yiwang.foundation.resources.definitions import (
    Content,
    Cycle,
    Datum,
    Format,
    Kind,
    Sharing,
)
from yiwang.foundation.standards.definitions import ElementType

ROWS: Final = 1_000_000
OWN: Final = "62"
BODY: Final = "D" + "0" * 16 + "7"
GRANT: Final = "g" + "0" * 15
SERVICE: Final = f"{OWN}/busy"
#: Whom one call in fifty is about.
NUMBER: Final = "62010219400101001X"

#: One body in two thousand; ``g`` counts the rows.
_D = "'D' || lpad((g %% 2000)::text, 17, '0')"
_RESOURCES = f"""
INSERT INTO resources_resource (key, code, name, kind, department, department_name, division_code,
    sharing, opening, data_class, grade, state, number, version, content, pairs, published_at,
    withdrawn_because)
SELECT 'r' || lpad(g::text, 15, '0'), '3' || lpad((g / 1000)::text, 5, '0') || '/'
       || lpad((g %% 1000)::text, 6, '0'), n.name, 'DEPARTMENT', {_D}, n.body, d.division,
       CASE WHEN g %% 50 = 0 THEN 'NONE' WHEN g %% 3 = 0 THEN 'UNCONDITIONAL' ELSE 'CONDITIONAL' END,
       CASE WHEN g %% 2000 = 0 THEN 'UNCONDITIONAL' ELSE 'NONE' END, 'GENERAL', 1 + g %% 4,
       CASE WHEN g %% 200 = 1 THEN 'DRAFT' WHEN g %% 500 = 2 THEN 'WITHDRAWN' ELSE 'PUBLISHED' END,
       1, 1, %(content)s::jsonb, ARRAY(SELECT substr(n.name || n.body, i, j)
       FROM generate_series(1, length(n.name || n.body)) i, generate_series(1, 2) j), now(), ''
  FROM generate_series(1, {ROWS}) g,
       LATERAL (SELECT '6201' || lpad((2 + g %% 8)::text, 2, '0') || '000000' AS division) d,
       LATERAL (SELECT (ARRAY['户籍','婚姻','车辆','房屋','企业','税务','社保','学籍'])[1 + g %% 8]
       || (ARRAY['登记','变更','处罚','许可','统计'])[1 + g %% 5] || '信息' || g AS name,
       '第' || g %% 2000 || '局' AS body) n
"""
#: Two items each; the first five thousand are sources, each of its own datum.
_ITEMS = """
INSERT INTO resources_resourceitem (resource_id, position, name, label, kind, length, element, grade,
    mask, authoritative)
SELECT id, p, 'item_' || p, '信息项' || p, 'TEXT', 50,
       CASE WHEN p = 1 THEN 'thing.e' || (n %% 6000) ELSE '' END, 1, 'NONE', p = 1 AND n <= 5000
  FROM (SELECT id, substr(key, 2)::int AS n FROM resources_resource) r, generate_series(1, 2) p
"""
_VERSIONS = """
INSERT INTO resources_resourceversion (key, resource_id, number, state, version, content, written_by,
    written_at, submitted_by, submitted_at, assessment, consented_by, published_by, published_at,
    remark, run, due_on)
SELECT 'v' || lpad(id::text, 15, '0'), id, CASE WHEN id %% 50 = 0 THEN NULL ELSE 1 END,
       CASE WHEN id %% 50 = 0 THEN 'SUBMITTED' ELSE 'PUBLISHED' END, 1, content, 'official:a', now(),
       'official:a', now(), '', '', 'official:b', now(), '', '', current_date + (id %% 20)::int - 10
  FROM resources_resource WHERE id %% 5 = 0
"""
_NEEDS = """
INSERT INTO resources_dataneed (key, item_code, item_name, department, department_name, element, label,
    why, basis, paper)
SELECT 'n' || lpad(g::text, 15, '0'), 'item-' || lpad((g / 5)::text, 6, '0'), '事项' || g / 5,
       'D' || lpad((g %% 2000)::text, 17, '0'), '第' || g %% 2000 || '局', 'thing.e' || (g %% 6500),
       '数据' || g, '表单', '', FALSE
  FROM generate_series(1, 20000) g
"""
_CORRECTIONS = """
INSERT INTO resources_datacorrection (key, applicant, element, label, resource_id, department,
    department_name, division_code, found_at, asked_by, from_department, from_department_name, wrong,
    "right", answer, state, version, asked_at, answered_at, answered_by)
SELECT 'c' || lpad(g::text, 15, '0'), 'person:x' || g, 'thing.e1', '数据', r.id, r.department,
       r.department_name, r.division_code, '', 'person:x' || g, '', '', '', '', '',
       CASE WHEN g %% 10 = 0 THEN 'ASKED' ELSE 'CORRECTED' END, 1, now(),
       CASE WHEN g %% 10 = 0 THEN NULL ELSE now() END, ''
  FROM generate_series(1, 200000) g JOIN resources_resource r
    ON r.key = 'r' || lpad(g::text, 15, '0')
"""
#: Half of the calls are between two parties of this node, so both sides lie here; half ask one service.
_RECEIPTS = f"""
INSERT INTO exchange_receipt (message, side, at, from_node, system, to_node, service, grant_key, purpose,
    item, case_no, subject_index, fields, rows, status, refusal, request_digest, reply_digest,
    milliseconds)
SELECT md5((g / 2)::text), CASE WHEN g %% 2 = 0 THEN 'CONSUMER' ELSE 'PROVIDER' END,
       now() - ({ROWS} - g) * interval '60 milliseconds', '{OWN}',
       '{OWN}/system-' || (h.n %% 300), '{OWN}',
       CASE WHEN h.n %% 2 = 0 THEN '{SERVICE}' ELSE '{OWN}/s' || (h.n %% 199) END,
       CASE WHEN h.n %% 2 = 0 THEN '{GRANT}' ELSE 'g' || lpad((h.n %% 2000)::text, 15, '0') END,
       '核对申请人情况', 'item-' || (h.n %% 500), '62-2026-' || (h.n %% 200000),
       CASE WHEN h.n %% 50 = 0 THEN %(index)s ELSE md5((h.n %% 100000)::text) END, ARRAY['name'], 1,
       CASE WHEN h.n %% 97 = 0 THEN 'REFUSED' WHEN h.n %% 89 = 0 THEN 'AWAY'
            WHEN h.n %% 20 = 0 THEN 'NOT_FOUND' ELSE 'FOUND' END,
       '', repeat('a', 64), repeat('b', 64), 20
  FROM generate_series(1, {ROWS}) g, LATERAL (SELECT g / 2 AS n) h
"""
_USES = f"""
INSERT INTO exchange_use (grant_key, day, calls, answered, refused, away, rows)
SELECT 'g' || lpad((g %% 1000)::text, 15, '0'), current_date - g / 1000, 500, 480, 10, 10, 480
  FROM generate_series(0, {ROWS} - 1) g
"""
#: A minute's figures of a hundred pairs over eight days.
_FIGURES = f"""
INSERT INTO exchange_figure (minute, side, from_node, system, to_node, service, calls, answered, refused,
    away, rows, milliseconds, slowest)
SELECT date_trunc('minute', now()) - m * interval '1 minute', 'PROVIDER', '{OWN}',
       '{OWN}/system-' || s, '{OWN}', '{OWN}/s' || (s %% 50), 20, 19, 1, 0, 19, 400, 60
  FROM generate_series(0, 11519) m, generate_series(1, 100) s
"""
_DAYS = f"""
INSERT INTO exchange_service_day (service, day, calls, answered, refused, away, rows, milliseconds,
    slowest)
SELECT '{OWN}/s' || s, current_date - d, 5000, 4900, 50, 50, 4900, 100000, 90
  FROM generate_series(0, 1099) d, generate_series(1, 200) s
"""
_REQUESTS = """
INSERT INTO agreements_request (key, resource, resource_name, sharing, consumer, consumer_name,
    consumer_division, consumer_node, provider, provider_name, provider_division, provider_node,
    purpose, basis, items, duty, scene, fields, clear_fields, way, needs_case, until, per_day,
    per_second, state, version, notes, missing, longer, longer_days, answer_words, article, off_list,
    service, drafted_by, signed_by, answered_by, created_at, received_at, answered_at, answered_late,
    agreed_at, delivered_at, delivered_late)
SELECT 'q' || lpad(g::text, 15, '0'), '3' || lpad((g / 1000)::text, 5, '0') || '/000001', '资源' || g,
       'CONDITIONAL', 'D' || lpad((g %% 2000)::text, 17, '0'), '第' || g %% 2000 || '局',
       '620102000000', '62', 'D' || lpad(((g + 1 + g / 2000 %% 400) %% 2000)::text, 17, '0'),
       '第' || (g + 1 + g / 2000 %% 400) %% 2000 || '局', '620103000000', '62', '核对', 'ITEM',
       ARRAY['item-1'], '', '审核', ARRAY['name'], ARRAY[]::text[], 'CALL', TRUE,
       current_date + 300, 100, 10,
       CASE WHEN g %% 20 = 0 THEN 'RECEIVED' WHEN g %% 20 = 1 THEN 'REFUSED' ELSE 'DELIVERED' END,
       1, '[]', '', 'NO', 0, '不符', '第十四条', FALSE, '', 'official:a', 'official:b', 'official:c',
       now() - g * interval '5 minutes', now() - g * interval '5 minutes',
       CASE WHEN g %% 20 = 0 THEN NULL ELSE now() - g * interval '5 minutes' + interval '3 days' END,
       CASE WHEN g %% 20 = 0 THEN NULL ELSE g %% 7 = 0 END,
       CASE WHEN g %% 20 < 2 THEN NULL ELSE now() END, CASE WHEN g %% 20 < 2 THEN NULL ELSE now() END,
       CASE WHEN g %% 20 < 2 THEN NULL ELSE FALSE END
  FROM generate_series(1, 200000) g
"""
_GRANTS = f"""
INSERT INTO agreements_grant (key, request_id, resource, service, consumer, consumer_name,
    consumer_division, consumer_node, provider, provider_name, provider_division, provider_node,
    purposes, items, needs_case, fields, clear_fields, way, valid_from, valid_until, per_day,
    per_second, state, version, origin, notes, stopped_here, misuse, end_asked_by, changed_at)
SELECT 'g' || lpad((g - 1)::text, 15, '0'), q.id, q.resource, '{OWN}/s' || g %% 199, q.consumer,
       q.consumer_name, q.consumer_division, '62', q.provider, q.provider_name, q.provider_division,
       '62', ARRAY['核对'], ARRAY[]::text[], TRUE, ARRAY['name'], ARRAY[]::text[], 'CALL',
       q.created_at, now() + interval '1 year', 100, 10,
       CASE WHEN g %% 10 = 0 THEN 'SUSPENDED' WHEN g %% 10 < 4 THEN 'ENDED' ELSE 'ACTIVE' END, 1,
       'LOCAL', '[]', FALSE, FALSE, '', q.created_at
  FROM generate_series(1, 200000) g JOIN agreements_request q
    ON q.key = 'q' || lpad(g::text, 15, '0')
"""

#: In the order of what refers to what.
STATEMENTS: Final = (
    "SET session_replication_role = replica",  # what refers to what is right by construction
    "SET maintenance_work_mem = '256MB'", "DROP INDEX resource_by_words", _RESOURCES,
    "CREATE INDEX resource_by_words ON resources_resource USING gin (pairs)", _ITEMS,
    _VERSIONS, _NEEDS, _CORRECTIONS, _RECEIPTS, _USES, _FIGURES, _DAYS, _REQUESTS, _GRANTS,
)  # fmt: skip


def content() -> dict[str, Any]:
    """What every one of the resources holds."""
    data = (
        Datum("item_1", "信息项1", ElementType.TEXT, 50, 1),
        Datum("item_2", "信息项2", ElementType.TEXT, 50, 1),
    )
    made = Content(
        code="300000/000000", name="示例", kind=Kind.DEPARTMENT, provider=BODY, summary="一百万项之一",
        format=Format.DATABASE, sharing=Sharing.CONDITIONAL, cycle=Cycle.DAILY, items=data,
    )  # fmt: skip
    return made.as_data()

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection, transaction
from procrastinate.contrib.django import app

from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.refusals import InvalidInput, NotFound
from yiwang.mechanisms.jobs import actions, queries, registry, rules
from yiwang.mechanisms.jobs.definitions import JobState
from yiwang.mechanisms.journal import queries as journal

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
OPERATOR = Actor(kind=ActorKind.OFFICIAL, reference="official:op")
done: list[dict[str, object]] = []


@registry.task("test.note")
def note(*, actor, at, **arguments):
    done.append({"actor": actor.reference, "at": at, **arguments})


@registry.task("test.break", attempts=2)
def break_down(*, actor, at, secret):
    raise ValueError(f"{secret} must not be kept")


@pytest.fixture(autouse=True)
def nothing_done():
    done.clear()


def acts_on(key):
    return [entry.act for entry in journal.list_entries(subject=f"job:{key}")]


def make_due():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL")


@pytest.mark.django_db
def test_a_job_runs_as_a_machine_with_its_arguments_and_the_moment():
    actions.defer(task="test.note", case="case:abc", version=3)
    assert actions.run_waiting(at=AT) == 1
    assert done == [{"actor": "machine:worker", "at": AT, "case": "case:abc", "version": 3}]
    assert [job.state for job in queries.list_jobs(state=JobState.DONE)] == [JobState.DONE]
    assert actions.run_waiting(at=AT) == 0


@pytest.mark.django_db(transaction=True)
def test_a_job_vanishes_with_the_transaction_that_asked_for_it():
    with transaction.atomic():
        actions.defer(task="test.note")
        transaction.set_rollback(True)
    assert queries.list_jobs(state=JobState.WAITING) == ()


@pytest.mark.django_db(transaction=True)
def test_a_job_is_refused_outside_a_transaction():
    with pytest.raises(RuntimeError, match="inside the transaction"):
        actions.defer(task="test.note")


@pytest.mark.django_db
@pytest.mark.parametrize("value", [None, {"name": "张三"}, 1.5, "x" * 501])
def test_arguments_are_short_references_and_numbers_only(value):
    with pytest.raises(TypeError):
        actions.defer(task="test.note", value=value)


@pytest.mark.django_db
def test_a_key_keeps_a_second_job_from_waiting_but_not_from_following():
    actions.defer(task="test.note", key="k", n=1)
    actions.defer(task="test.note", key="k", n=2)
    actions.run_waiting(at=AT)
    assert [row["n"] for row in done] == [1]
    actions.defer(task="test.note", key="k", n=3)
    actions.run_waiting(at=AT)
    assert [row["n"] for row in done] == [1, 3]


@pytest.mark.django_db
def test_a_failing_keyed_job_can_be_put_back_while_its_successor_waits():
    registry.TASKS.pop("test.follow", None)

    @registry.task("test.follow")
    def follow(*, actor, at):
        actions.defer(task="test.note", key="same")
        raise ValueError

    actions.defer(task="test.follow", key="same")
    assert actions.run_waiting(at=AT) == 2  # it fails, its successor is done
    (job,) = queries.list_jobs(state=JobState.WAITING)
    assert (job.task, job.attempts, job.failure.split()[0]) == ("test.follow", 1, "ValueError")


@pytest.mark.django_db
def test_a_job_that_keeps_failing_is_dead_and_its_error_text_is_not_kept():
    actions.defer(task="test.break", secret="620102199001011234")
    actions.run_waiting(at=AT)
    (waiting,) = queries.list_jobs(state=JobState.WAITING)
    assert waiting.scheduled_at is not None
    assert actions.run_waiting(at=AT) == 0  # its pause is not over
    make_due()
    actions.run_waiting(at=AT)
    (dead,) = queries.list_jobs(state=JobState.DEAD)
    assert dead.attempts == 2
    assert dead.failure.startswith("ValueError test_actions.py:")
    assert "620102199001011234" not in dead.failure
    assert queries.health().dead == 1


@pytest.mark.django_db
def test_an_unknown_task_is_dead_at_once_and_visible():
    actions.defer(task="test.nobody")
    actions.run_waiting(at=AT)
    (dead,) = queries.list_jobs(state=JobState.DEAD)
    assert dead.failure.startswith("LookupError")


@pytest.mark.django_db
def test_an_operator_retries_a_dead_job_with_all_its_tries():
    actions.defer(task="test.nobody")
    actions.run_waiting(at=AT)
    (dead,) = queries.list_jobs(state=JobState.DEAD)
    again = actions.retry_job(key=dead.key, actor=OPERATOR, at=AT)
    assert (again.state, again.attempts) == (JobState.WAITING, 0)
    assert acts_on(dead.key) == ["jobs.retried"]
    with pytest.raises(actions.CannotRetry):
        actions.retry_job(key=dead.key, actor=OPERATOR, at=AT)


@pytest.mark.django_db
def test_an_operator_closes_a_dead_job_once_and_with_a_reason():
    actions.defer(task="test.nobody")
    actions.run_waiting(at=AT)
    (dead,) = queries.list_jobs(state=JobState.DEAD)
    with pytest.raises(InvalidInput):
        actions.close_job(key=dead.key, reason=" ", actor=OPERATOR, at=AT)
    closed = actions.close_job(key=dead.key, reason="对方系统已下线", actor=OPERATOR, at=AT)
    assert (closed.state, closed.closed_reason) == (JobState.CLOSED, "对方系统已下线")
    assert queries.list_jobs(state=JobState.DEAD) == ()
    assert [job.key for job in queries.list_jobs(state=JobState.CLOSED)] == [dead.key]
    with pytest.raises(actions.CannotClose):
        actions.close_job(key=dead.key, reason="再次", actor=OPERATOR, at=AT)
    assert queries.health().dead == 0
    assert acts_on(dead.key) == ["jobs.closed"]


@pytest.mark.django_db
def test_a_job_that_does_not_exist_is_not_found():
    with pytest.raises(NotFound):
        queries.get_job(12345)


@pytest.mark.django_db
def test_the_jobs_of_a_silent_worker_are_handed_back(django_assert_max_num_queries):
    actions.defer(task="test.note", key="k")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        (worker,) = cursor.fetchone()
        cursor.execute("SELECT id FROM procrastinate_fetch_job_v2(ARRAY['normal'], %s)", [worker])
        assert actions.return_stalled(at=AT) == 0
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '121 s'")
    assert actions.return_stalled(at=AT) == 1
    (job,) = queries.list_jobs(state=JobState.WAITING)
    assert job.failure.startswith("ConnectionError")
    make_due()
    assert actions.run_waiting(at=AT) == 1
    assert len(done) == 1


@pytest.mark.django_db
def test_a_full_disk_is_the_databases_error_not_the_librarys():
    """Doors know the database's errors and answer 503; the library's once came out as 500."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp.full() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = 'disk_full'; END $$;"
            "CREATE TRIGGER full_disk BEFORE INSERT ON procrastinate_jobs"
            " FOR EACH ROW EXECUTE FUNCTION pg_temp.full()"
        )
    with pytest.raises(OperationalError, match="no space"), transaction.atomic():
        actions.defer(task="test.note")
    with pytest.raises(OperationalError, match="no space"), transaction.atomic():
        actions.defer(task="test.note", key="k")


@pytest.mark.django_db
def test_a_periodic_task_starts_once_a_period_and_catches_up_once(monkeypatch):
    monkeypatch.setattr(registry, "PERIODIC", {})
    registry.every(minutes=60, name="test.hourly")(note)
    assert actions.start_periodic(at=AT) == 1
    assert actions.start_periodic(at=AT + timedelta(minutes=59)) == 0
    actions.run_waiting(at=AT)
    assert actions.start_periodic(at=AT + timedelta(hours=50)) == 1
    assert actions.start_periodic(at=AT + timedelta(hours=50, minutes=1)) == 0
    actions.run_waiting(at=AT)
    assert len(done) == 2


@pytest.mark.django_db
def test_a_clock_set_right_again_starts_the_true_period(monkeypatch):
    """A day ahead by mistake, it once started nothing for a day."""
    monkeypatch.setattr(registry, "PERIODIC", {})
    registry.every(minutes=60, name="test.hourly")(note)
    assert actions.start_periodic(at=AT + timedelta(days=1)) == 1
    actions.run_waiting(at=AT)
    assert actions.start_periodic(at=AT) == 1
    assert actions.start_periodic(at=AT + timedelta(minutes=1)) == 0
    actions.run_waiting(at=AT)
    assert actions.start_periodic(at=AT + timedelta(minutes=61)) == 1
    actions.run_waiting(at=AT)
    assert actions.start_periodic(at=AT + timedelta(minutes=59)) == 0  # back by a moment only


@pytest.mark.django_db
@pytest.mark.parametrize("ahead", [timedelta(hours=20), timedelta(hours=26), timedelta(days=400)])
def test_a_daily_task_is_not_skipped_for_a_clock_that_was_ahead(monkeypatch, ahead):
    """One period ahead, tomorrow's run once counted as done."""
    monkeypatch.setattr(registry, "PERIODIC", {})
    registry.every(minutes=1440, name="test.daily")(note)
    for at in (AT + ahead, AT):
        actions.start_periodic(at=at)
        actions.run_waiting(at=at)
    assert queries.list_periodic_runs()["test.daily"] == rules.slot_of(at=AT, minutes=1440)
    assert actions.start_periodic(at=AT + timedelta(days=1)) == 1


@pytest.mark.django_db
def test_a_job_put_off_by_a_wrong_clock_is_brought_forward():
    actions.defer(task="test.note", n=1)
    actions.defer(task="test.note", n=2)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET scheduled_at = %s::timestamptz"
            " + CASE WHEN args->>'n' = '1' THEN interval '1 day' ELSE interval '1 hour' END",
            [AT],
        )
    assert actions.bring_forward(at=AT) == 1
    waiting = queries.list_jobs(state=JobState.WAITING)
    assert [job.scheduled_at - AT for job in waiting] == [timedelta(0), timedelta(hours=1)]


def test_two_functions_under_one_name_are_a_mistake():
    with pytest.raises(ValueError, match=r"test\.note"):
        registry.task("test.note")(break_down)


def test_the_library_is_told_every_task_with_its_own_tries():
    from yiwang.mechanisms.jobs import execution

    execution.as_library_tasks(lambda context, **_: None)
    assert app.tasks["test.break"].retry_strategy.attempts == 2

"""A turma em muitos processos: as mesmas notas, um só que escreve, e nada se perde quando um processo cai."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import cloudpickle
import pytest
from distributed import Client, LocalCluster
from rich.console import Console
from test_execution import hand_in

from corretor import cluster, gradebook, sandbox, tasks, warm
from corretor.answers import read_answers, submission
from corretor.build import write_notebook
from corretor.errors import CorretorError
from corretor.execution import IsolatedExecute
from corretor.grading import FAILED, GRADED, KEPT, Result, autograde
from corretor.progress import Watch, duration
from corretor.watchdog import descendants

pytestmark = pytest.mark.skipif(
    sandbox.unavailable_reason() is not None, reason=str(sandbox.unavailable_reason())
)


def hand_in_class(lab, size: int) -> list[str]:
    answers = read_answers(lab)
    students = [f"estudante-{i:03d}" for i in range(size)]
    for i, student in enumerate(students):
        write_notebook(submission(lab, answers[i % len(answers)]), lab.submitted(student))
    return students


def marks(lab) -> dict:
    return {student: dict(sorted(todos.items())) for student, todos in gradebook.auto_scores(lab).items()}


@pytest.fixture
def broken(mini):
    """Uma turma com uma entrega que não é um caderno."""
    hand_in_class(mini, 5)
    mini.submitted("estudante-003").write_text("isto não é um caderno")
    return mini


def test_two_workers_give_the_marks_of_one_and_only_the_coordinator_writes(broken, monkeypatch):
    autograde(broken)
    alone = marks(broken)

    where, run = [], IsolatedExecute.run

    def noted(self, *args, **kwargs):
        where.append(threading.current_thread())
        return run(self, *args, **kwargs)

    monkeypatch.setattr(IsolatedExecute, "run", noted)
    seen = []
    results = autograde(broken, force=True, workers=2, on_result=seen.append)
    assert [result.status for result in results] == [GRADED] * 3 + [FAILED, GRADED]
    assert {result.student for result in seen} == {result.student for result in results}
    assert marks(broken) == alone
    assert len(where) == 4 and threading.main_thread() not in where  # quem grava não executa, nem de novo
    assert all(result.slowest[0] and result.slowest[1] > 0 for result in results if result.status == GRADED)


def test_an_interruption_loses_only_what_was_running(mini):
    students = hand_in_class(mini, 5)

    def stop(result):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        autograde(mini, workers=2, on_result=stop)
    again = autograde(mini, workers=2)
    assert [result.student for result in again] == students
    assert sorted(result.status for result in again) == sorted([KEPT] + [GRADED] * 4)


def test_an_interruption_does_not_wait_for_the_cells_that_run(mini):
    hand_in(mini, "estudante-000")
    hand_in(mini, "estudante-001", "import time\ntime.sleep(40)")

    def stop(result):
        raise KeyboardInterrupt

    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        autograde(mini, workers=2, on_result=stop)
    assert time.monotonic() - begun < 30
    deadline = time.monotonic() + 10
    while _kernels() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not _kernels()


def _kernels() -> list[int]:
    """Os núcleos isolados que este processo ainda tem, sem contar o que os gera."""
    warm.stop()
    return [pid for pid in descendants(os.getpid()) if b"ipykernel" in _command(pid)]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def deadly(task):
    os._exit(1)


def test_a_submission_that_kills_workers_twice_is_left_and_the_others_go_on(mini, monkeypatch):
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    honest = tasks.execute

    def some_are_deadly(task, **options):
        return deadly(task) if "MATADORA" in task.notebook else honest(task, **options)

    monkeypatch.setattr(cluster, "execute", some_are_deadly)
    hand_in(mini, "estudante-000", "x = 'MATADORA'")
    hand_in(mini, "estudante-001")
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as machines:
        results = autograde(mini, scheduler=machines.scheduler_address)
    assert [result.status for result in results] == [FAILED, GRADED]
    assert "derrubou 2 processos" in results[0].error
    assert "estudante-001" in marks(mini)


def test_workers_of_a_cluster_in_other_folders_one_of_them_killed(mini, tmp_path):
    students = hand_in_class(mini, 8)
    autograde(mini)
    alone = marks(mini)
    address = tmp_path / "agrupamento.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
    started = []

    def start(kind: str, name: str, *options: str) -> subprocess.Popen:
        folder = tmp_path / name
        folder.mkdir()
        module = f"distributed.cli.dask_{kind}"
        command = [sys.executable, "-m", module, "--scheduler-file", str(address), *options]
        started.append(subprocess.Popen(command, cwd=folder, **quiet))
        return started[-1]

    try:
        start("scheduler", "agendador", "--port", "0", "--host", "127.0.0.1", "--no-dashboard")
        workers = [
            start("worker", name, "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1")
            for name in ("maquina-a", "maquina-b")
        ]
        for _ in range(300):
            if address.exists():
                break
            time.sleep(0.1)
        scheduler = json.loads(address.read_text())["address"]
        with Client(scheduler, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
        count = 0

        def kill_one(result: Result) -> None:
            nonlocal count
            count += 1
            if count == 2:
                os.killpg(workers[0].pid, signal.SIGKILL)

        results = autograde(mini, force=True, scheduler=scheduler, on_result=kill_one)
    finally:
        for process in started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert [(r.student, r.status) for r in results] == [(student, GRADED) for student in students]
    assert marks(mini) == alone


def test_nobody_at_the_address_is_said_in_one_line():
    with pytest.raises(CorretorError, match="Nenhum agrupamento"), cluster.connect(1, "tcp://127.0.0.1:9"):
        pass


def test_progress_in_lines_with_a_summary_of_what_needs_a_person():
    page = io.StringIO()
    with Watch(Console(file=page, width=100), 3) as watch:
        for result in (
            Result("a", GRADED, 2.5, slowest=("todo01-teste", 7.25)),
            Result("b", KEPT),
            Result("c", FAILED, 1.0, "c: não é um caderno."),
        ):
            watch.start(result.student)
            watch.done(result)
    watch.summary()
    text = page.getvalue()
    assert "[1/3] a: corrigida em 2,5 s" in text and "[2/3] b: em dia" in text
    assert "Corrigidas: 1; em dia: 1; recusadas: 1." in text
    assert "célula demorada: todo01-teste de a, 7,2 s" in text
    assert "Precisam de uma pessoa" in text and text.count("não é um caderno") == 2


def test_progress_for_programs_is_one_object_per_line(capsys):
    with Watch(Console(file=io.StringIO()), 1, machine=True) as watch:
        watch.done(Result("a", GRADED, 2.5))
    watch.summary()
    first, last = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert first["event"] == "result" and first["student"] == "a" and first["seconds"] == 2.5
    assert last["event"] == "summary" and last["graded"] == 1 and last["failed"] == 0


def test_progress_on_a_terminal_tells_the_rate_and_the_time_left():
    page = io.StringIO()
    with Watch(Console(file=page, force_terminal=True, width=120), 3) as watch:
        watch.start("a")
        watch.done(Result("a", GRADED, 1.0))
        watch.start("b")
        detail = watch._bar.tasks[0].fields["detail"]
    assert "por minuto" in detail and "faltam" in detail and "b" in detail


@pytest.mark.parametrize(("seconds", "text"), [(48.2, "48 s"), (200, "3 min 20 s"), (4320, "1 h 12 min")])
def test_durations_are_read_at_a_glance(seconds, text):
    assert duration(seconds) == text

"""Interrupções: morta a correção em qualquer ponto, nenhuma entrega fica com mistura de notas, e repeti-la conserta."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from corretor import gradebook, sandbox
from corretor.answers import Answer, submission
from corretor.build import write_notebook
from corretor.execution import IsolatedExecute
from corretor.grading import FAILED, GRADED, KEPT, autograde
from corretor.marks import questions
from corretor.records import read_verdicts

ROOT = Path(__file__).resolve().parents[2]
OLD = {"todo01": 10.0, "todo02": None, "todo03": 4.0}
NEW = {"todo01": 2.0, "todo02": None, "todo03": 0.0}
NONE = {"todo01": None, "todo02": None, "todo03": None}

pytestmark = pytest.mark.skipif(
    sandbox.unavailable_reason() is not None, reason=str(sandbox.unavailable_reason())
)

# Onde a correção morre, e as notas que ficam no livro até que se repita.
DEATHS = {
    "antes de gravar as notas": ("corretor.preprocessors", "SaveVerdicts.preprocess_cell", NONE),
    "entre as notas e o registro": ("corretor.preprocessors", "write_record", NEW),
    "entre o registro e o caderno": ("nbgrader.converters.autograde", "Autograde.write_single_notebook", NEW),
}


@pytest.fixture(scope="module")
def bench():
    """O módulo benchmarks/interruption.py, que não faz parte do pacote."""
    spec = importlib.util.spec_from_file_location(
        "interruption_benchmark", ROOT / "benchmarks" / "interruption.py"
    )
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def hand_in(lab, student: str, **cells: str) -> None:
    write_notebook(submission(lab, Answer(student, "", "referencia", cells, {}, {})), lab.submitted(student))


def hand_in_worse(lab, student: str) -> None:
    hand_in(lab, student, todo01="def media(valores):\n    return sum(valores)", todo03="contagem = 4")


def die(lab, module: str, name: str) -> None:
    """Corrige o lab num processo que se mata, sem aviso, ao chegar a uma função (na segunda volta, se é escrita)."""
    code = f"""
import importlib, os, signal
from corretor.course import Course
from corretor.grading import autograde
owner = importlib.import_module({module!r})
*path, last = {name!r}.split(".")
for part in path:
    owner = getattr(owner, part)
original, calls = getattr(owner, last), []
def deadly(*args, **kwargs):
    calls.append(1)
    if last != "write_single_notebook" or len(calls) == 2:  # a primeira escrita é a do caderno limpo
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*args, **kwargs)
setattr(owner, last, deadly)
autograde(Course.find().lab({lab.name!r}))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=lab.course.root, env=dict(os.environ))
    assert done.returncode == -9


def test_wherever_it_dies_there_is_no_mixture_and_repeating_repairs(mini):
    hand_in(mini, "estudante-001")
    autograde(mini)
    assert gradebook.auto_scores(mini) == {"estudante-001": OLD}
    hand_in_worse(mini, "estudante-001")
    for where, (module, name, left) in DEATHS.items():
        die(mini, module, name)
        assert gradebook.auto_scores(mini) == {"estudante-001": left}, where
        assert read_verdicts(mini, "estudante-001") is None and not questions(mini, "estudante-001"), where
    assert autograde(mini)[0].status == GRADED
    assert gradebook.auto_scores(mini) == {"estudante-001": NEW}
    assert [question.points for question in questions(mini, "estudante-001")] == [2.0, None, 0.0]
    assert autograde(mini)[0].status == KEPT


def test_killed_at_random_moments_the_class_gets_the_marks_of_a_quiet_run(mini, bench):
    students = [f"estudante-{i:03d}" for i in range(4)]
    old = bench.hand_in(mini, students, 0)
    seconds = sum(result.seconds for result in autograde(mini))
    new = bench.hand_in(mini, students, 1)
    assert all(old[student]["todo01"] != new[student]["todo01"] for student in students)
    bench.disturb(mini, old, new, kills=2, seed=os.getpid(), seconds=seconds)


def test_a_failed_regrade_keeps_no_mark_also_through_stock_nbgrader(mini, monkeypatch):
    hand_in(mini, "estudante-001")
    hand_in(mini, "estudante-002")
    autograde(mini)
    with gradebook.gradebook(mini.course) as book:
        book.find_grade("todo02", "lab0", mini.name, "estudante-001").manual_score = 4.0
        book.db.commit()
    mini.submitted("estudante-001").write_text("{")  # e o nbgrader nem chega a abri-la
    command = [f"{sys.prefix}/bin/nbgrader", "autograde", mini.name, "--force"]
    env = dict(os.environ) | {"PATH": f"{sys.prefix}/bin:{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=mini.course.root, env=env, capture_output=True, text=True)
    assert done.returncode != 0
    assert gradebook.auto_scores(mini) == {"estudante-001": NONE, "estudante-002": OLD}
    score = gradebook.scores(mini, "estudante-001")
    assert score["todo02"].value == 4.0 and all(entry.pending for entry in score.values())
    assert read_verdicts(mini, "estudante-002")["isolated"] is True

    def broken(self):
        raise RuntimeError("Kernel died before replying to kernel_info")

    monkeypatch.setattr(IsolatedExecute, "start_new_kernel_client", broken)
    assert autograde(mini, ["estudante-002"], force=True)[0].status == FAILED
    assert gradebook.auto_scores(mini)["estudante-002"] == NONE


def test_marks_are_written_by_a_single_commit_with_the_late_penalty(mini, monkeypatch):
    from datetime import datetime

    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    config = mini.course.root / "nbgrader_config.py"
    config.write_text(config.read_text() + "\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    gradebook.generate(mini, register=True)
    with gradebook.gradebook(mini.course) as book:
        book.find_assignment(mini.name).duedate = datetime(2026, 1, 1)
        book.db.commit()
    hand_in(mini, "estudante-001")
    mini.submitted("estudante-001").with_name("timestamp.txt").write_text("2026-01-02 10:00:00 UTC")
    pending, commits = set(), []

    def executed(conn, cursor, statement, parameters, context, many):
        if statement.startswith("UPDATE grade") or statement.startswith("UPDATE submitted_notebook"):
            pending.add(statement.split()[1])

    def committed(conn):
        if pending:
            commits.append(frozenset(pending))
            pending.clear()

    event.listen(Engine, "before_cursor_execute", executed)
    event.listen(Engine, "commit", committed)
    try:
        autograde(mini)
    finally:
        event.remove(Engine, "before_cursor_execute", executed)
        event.remove(Engine, "commit", committed)
    assert commits == [{"grade", "submitted_notebook"}]
    with gradebook.gradebook(mini.course) as book:
        notebook = book.find_submission_notebook("lab0", mini.name, "estudante-001")
        assert notebook.score == notebook.late_submission_penalty == 14.0


def test_a_lost_gradebook_and_a_forged_record_are_not_taken_for_a_correction(mini):
    hand_in(mini, "estudante-001")
    autograde(mini)
    (mini.course.root / "gradebook.db").unlink()
    assert autograde(mini)[0].status == GRADED
    assert gradebook.auto_scores(mini)["estudante-001"] == OLD
    nb = nbformat.read(mini.autograded("estudante-001"), as_version=4)
    del nb.metadata["corretor_run"]  # o caderno limpo, de uma correção que não acabou
    mini.autograded("estudante-001").unlink()
    nbformat.write(nb, mini.autograded("estudante-001"))
    mini.verdicts("estudante-001").unlink()
    mini.verdicts("estudante-001").write_text('{"run": "", "verdicts": []}')
    assert read_verdicts(mini, "estudante-001") is None
    assert autograde(mini)[0].status == GRADED

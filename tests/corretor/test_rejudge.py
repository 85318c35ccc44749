"""Julgar de novo: a turma inteira, das observações guardadas, sem perder notas dadas à mão nem mentir sobre o que é velho."""

from __future__ import annotations

import importlib.util
import shutil
import time
from datetime import datetime
from pathlib import Path

import nbformat
import pytest

from corretor import gradebook
from corretor import rejudge as module
from corretor.answers import read_answers, submission
from corretor.build import build_lab, write_notebook
from corretor.course import Course
from corretor.errors import CorretorError
from corretor.execution import IsolatedExecute
from corretor.grading import KEPT, autograde
from corretor.marks import questions
from corretor.records import read_verdicts
from corretor.rejudge import Change, rejudge

ROOT = Path(__file__).resolve().parents[2]
MODELS = ["modelo-0", "modelo-1", "modelo-2"]  # referência, esqueleto, soma no lugar da média
CLASS = 60


def _benchmark():
    """O módulo benchmarks/rejudge.py, que não faz parte do pacote."""
    spec = importlib.util.spec_from_file_location("rejudge_benchmark", ROOT / "benchmarks" / "rejudge.py")
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture(scope="module")
def corrected(tmp_path_factory) -> Path:
    """Um curso com as três respostas do banco do lab mínimo corrigidas, uma vez para todos os testes."""
    root = tmp_path_factory.mktemp("corrigido") / "curso"
    shutil.copytree(ROOT / "tests" / "curso_minimo", root)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    lab = Course.find(root).lab("lab0")
    build_lab(lab)
    for name, answer in zip(MODELS, read_answers(lab), strict=True):
        write_notebook(submission(lab, answer), lab.submitted(name))
    assert [result.error for result in autograde(lab)] == ["", "", ""]
    return root


@pytest.fixture
def graded(corrected, tmp_path, monkeypatch):
    """Uma cópia do curso corrigido; daqui em diante nenhum caderno executa."""
    shutil.copytree(corrected, tmp_path / "curso")

    def never(*_, **__):
        raise AssertionError("um caderno foi executado")

    monkeypatch.setattr(IsolatedExecute, "preprocess", never)
    return Course.find(tmp_path / "curso").lab("lab0")


def change(lab, old: str, new: str) -> None:
    path = lab.content / "checks.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def more_generous(lab) -> None:
    """A soma sem dividir passa a valer metade, e não um quarto, da verificação."""
    change(lab, "partial(0.25, ", "partial(0.5, ")


def autos(lab) -> dict[str, dict]:
    return gradebook.auto_scores(lab)


def test_the_whole_class_is_marked_again_in_seconds_and_everything_agrees(graded):
    students = [f"estudante-{i:03d}" for i in range(CLASS - len(MODELS))]
    _benchmark().multiply(graded, MODELS, students)
    before = autos(graded)
    more_generous(graded)
    begun = time.monotonic()
    done = {entry.student: entry for entry in rejudge(graded)}
    assert time.monotonic() - begun < 10 * CLASS / 500 + 2  # e 2 s para uma máquina ocupada
    assert len(done) == CLASS and not [entry for entry in done.values() if entry.problem]
    affected = {"modelo-2", *students[2::3]}
    for student, entry in done.items():
        expected = (Change("todo01", 2.0, 4.0, None),) if student in affected else ()
        assert entry.changes == expected, student
    after = autos(graded)
    assert {s for s in after if after[s] != before[s]} == affected
    for student in students[:3]:  # registro, caderno e livro dizem o mesmo
        record = read_verdicts(graded, student)
        marks = {verdict["todo"]: verdict["points"] for verdict in record["verdicts"]}
        assert marks == {todo: value for todo, value in after[student].items() if todo != "todo02"}
        nb = nbformat.read(graded.autograded(student), as_version=4)
        nbformat.validate(nb)
        shown = {
            cell.metadata.nbgrader.grade_id: cell.get("outputs")
            for cell in nb.cells
            if "nbgrader" in cell.metadata
        }
        assert shown["todo01-teste"][1]["data"]["text/plain"] == repr(marks["todo01"])
    assert [result.status for result in autograde(graded)] == [KEPT] * CLASS  # o registro diz que está em dia
    assert not [entry for entry in rejudge(graded) if entry.changes or entry.reworded]
    assert not list(graded.course.root.glob("autograded/**/*.parcial"))


def test_simulating_shows_the_same_and_writes_nothing(graded):
    more_generous(graded)
    files = sorted(path for path in (graded.course.root / "autograded").rglob("*") if path.is_file())
    before = autos(graded), [path.read_bytes() for path in files]
    shown = rejudge(graded, simulate=True)
    assert (autos(graded), [path.read_bytes() for path in files]) == before
    assert rejudge(graded) == shown and [len(entry.changes) for entry in shown] == [0, 0, 1]


def test_hand_given_marks_and_comments_stay_and_come_back_for_review(graded):
    with gradebook.gradebook(graded.course) as book:
        for todo, mark in (("todo01-teste", 9.5), ("todo02", 4.0), ("todo03-teste", 1.0)):
            grade = book.find_grade(todo, "lab0", graded.name, "modelo-2")
            grade.manual_score, grade.needs_manual_grade = mark, False
        comment = book.find_comment("todo02", "lab0", graded.name, "modelo-2")
        comment.manual_comment = "Boa explicação."
        book.db.commit()
    more_generous(graded)
    assert rejudge(graded)[2].changes == (Change("todo01", 2.0, 4.0, 9.5),)
    found = gradebook.scores(graded, "modelo-2")
    assert {todo: score.value for todo, score in found.items()} == {
        "todo01": 9.5,
        "todo02": 4.0,
        "todo03": 1.0,
    }
    assert {todo: score.pending for todo, score in found.items()} == {
        "todo01": True,
        "todo02": False,
        "todo03": False,
    }
    assert found["todo01"].auto == 4.0 and found["todo02"].comment == "Boa explicação."


def test_what_is_stale_is_said_per_submission_and_left_alone(graded):
    before = autos(graded)
    write_notebook(submission(graded, read_answers(graded)[1]), graded.submitted("modelo-0"))
    graded.verdicts("modelo-1").unlink()
    more_generous(graded)
    first, second, third = rejudge(graded)
    assert "a entrega mudou" in first.problem and "corretor autograde lab0-minimo" in first.problem
    assert "sem correção" in second.problem and not third.problem and third.changes
    path = graded.content / "notebook.py"
    path.write_text(path.read_text().replace("Lab 0, o menor possível\n\n", "Lab 0, o menor de todos\n\n"))
    build_lab(graded)
    lab = graded.course.lab(graded.name)
    assert not rejudge(lab)[2].problem  # só o texto mudou: o que se observou ainda vale
    path.write_text(path.read_text().replace("[7.25]", "[7.75]"))
    build_lab(graded)
    lab = graded.course.lab(graded.name)
    assert all("sondas" in entry.problem or "sem correção" in entry.problem for entry in rejudge(lab)[1:])
    assert autos(graded)["modelo-0"] == before["modelo-0"]


def test_points_and_late_penalties_follow_the_new_judgement(graded):
    config = graded.course.root / "nbgrader_config.py"
    config.write_text(config.read_text() + "\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    with gradebook.gradebook(graded.course) as book:
        book.find_assignment(graded.name).duedate = datetime(2026, 1, 1)
        book.find_submission(graded.name, "modelo-2").timestamp = datetime(2026, 1, 2)
        book.db.commit()
    change(graded, 'check("todo03", points=4)', 'check("todo03", points=6)')
    with pytest.raises(CorretorError, match="make notebooks"):
        rejudge(graded)
    path = graded.content / "notebook.py"
    path.write_text(path.read_text().replace('test="todo03" points=4', 'test="todo03" points=6'))
    build_lab(graded)
    lab = graded.course.lab(graded.name)
    assert rejudge(lab)[2].changes == (Change("todo03", 4.0, 6.0, None),)
    with gradebook.gradebook(graded.course) as book:
        late = book.find_submission_notebook("lab0", graded.name, "modelo-2")
        assert late.max_score == 21.0 and late.score == late.late_submission_penalty == 8.0
        on_time = book.find_submission_notebook("lab0", graded.name, "modelo-0")
        assert on_time.score == 16.0 and on_time.late_submission_penalty is None


def test_a_check_that_breaks_takes_no_mark_away_in_silence(graded):
    change(graded, 'number(contagem, "contagem") == 3', "contagem['x'] == 3")
    assert rejudge(graded)[0].changes == (Change("todo03", 4.0, None, None),)
    score = gradebook.scores(graded, "modelo-0")["todo03"]
    assert score.auto is None and score.pending
    (graded.content / "checks.py").write_text("def (")
    with pytest.raises(CorretorError, match=r"checks\.py não carrega"):
        rejudge(graded)


def test_a_failure_in_the_middle_changes_nothing_and_the_next_time_does_it_all(graded, monkeypatch):
    more_generous(graded)
    before = autos(graded), [read_verdicts(graded, name) for name in MODELS]

    mark = module._mark

    def full(*args):
        if len(args) == 4:  # no lugar de _mark: depois de mudar a sessão, antes de gravá-la
            mark(*args)
        raise OSError(28, "disco cheio")

    with monkeypatch.context() as patch:
        patch.setattr(module, "_mark", full)
        with pytest.raises(OSError, match="disco cheio"):
            rejudge(graded)
    assert (autos(graded), [read_verdicts(graded, name) for name in MODELS]) == before
    with monkeypatch.context() as patch:  # morto entre as notas e os registros
        patch.setattr(module.os, "replace", full)
        with pytest.raises(OSError, match="disco cheio"):
            rejudge(graded)
    assert autos(graded)["modelo-2"]["todo01"] == 4.0
    assert rejudge(graded)[2].reworded
    found = {question.todo: question for question in questions(graded, "modelo-2")}
    assert found["todo01"].points == found["todo01"].items[0]["points"] == 4.0
    assert [result.status for result in autograde(graded)] == [KEPT] * 3


def test_the_command_says_who_what_and_what_to_do_next(graded, monkeypatch, capsys):
    from corretor import cli

    def run(*argv: str) -> tuple[int, str, str]:
        monkeypatch.chdir(graded.course.root)
        monkeypatch.setattr("sys.argv", ["corretor", *argv])
        monkeypatch.setattr(cli.console, "_width", 120)
        with pytest.raises(SystemExit) as exit_info:
            cli.main()
        printed = capsys.readouterr()
        return int(exit_info.value.code or 0), printed.out, printed.err

    more_generous(graded)
    code, out, _ = run("rejudge", "lab0", "--simular")
    assert code == 0 and "Nada foi gravado." in out and "com outra nota: 1" in out
    code, out, _ = run("rejudge", "lab0")
    row = next(line for line in out.splitlines() if "modelo-2" in line)
    assert code == 0 and row.split()[1::2][:4] == ["modelo-2", "todo01", "2", "4"]
    assert "corretor feedback lab0-minimo" in out
    graded.verdicts("modelo-1").unlink()
    code, out, err = run("rejudge", "lab0")
    assert code == 1 and "modelo-1: sem correção" in out and err.count("\n") == 1

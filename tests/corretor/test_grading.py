"""A correção de ponta a ponta, num lab mínimo: notas exatas, recusas, repetições, mortes e pressa."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from corretor import gradebook, sandbox
from corretor.answers import Answer, read_answers, submission
from corretor.build import write_notebook
from corretor.demo import grade_bank
from corretor.errors import CorretorError
from corretor.feedback import write_feedback
from corretor.grading import FAILED, GRADED, KEPT, autograde, read_verdicts
from corretor.marks import questions
from corretor.report import write_report


def hand_in(lab, student: str, first: str = "", base: str = "referencia", **cells: str) -> None:
    """Entrega um caderno; `first` é código posto na primeira célula, antes de tudo."""
    nb = submission(lab, Answer(student, student, base, cells, {}, {}))
    if first:
        nb.cells.insert(0, nbformat.v4.new_code_cell(first, id="primeira"))
    write_notebook(nb, lab.submitted(student))


def points(lab, student: str) -> dict[str, float]:
    return {todo: score.auto for todo, score in gradebook.scores(lab, student).items()}


def test_every_answer_gets_its_exact_mark_and_messages_then_is_kept(mini):
    graded = grade_bank(mini, read_answers(mini))
    assert [entry.mismatches for entry in graded] == [[], [], []]
    assert [entry.total for entry in graded] == [14.0, 0.0, 6.0]
    assert [entry.result.status for entry in grade_bank(mini, read_answers(mini))] == [KEPT] * 3


def test_stock_nbgrader_goes_through_sandbox_and_judge(mini):
    hand_in(mini, "estudante-001", todo01="def media(valores):\n    return sum(valores)")
    for step in ("generate_assignment", "autograde"):
        command = [str(Path(sys.prefix) / "bin" / "nbgrader"), step, mini.name, "--force"]
        done = subprocess.run(command, cwd=mini.course.root, capture_output=True, text=True, env=_env())
        assert done.returncode == 0, done.stderr[-2000:]
    assert points(mini, "estudante-001") == {"todo01": 2.0, "todo02": None, "todo03": 4.0}
    assert read_verdicts(mini, "estudante-001")["isolated"] is True


def test_the_demo_folder_grades_with_the_course_configuration(mini):
    from corretor.demo import demo_answers, demo_course

    (mini.course.root / "gradebook.db").unlink()
    lab = demo_course(mini.course).lab("lab0")
    graded = grade_bank(lab, demo_answers(lab))
    assert [entry.mismatches for entry in graded] == [[], [], []]
    assert lab.course.root == mini.course.root / "demo" and not (mini.course.root / "gradebook.db").exists()


def _env() -> dict:
    import os

    return dict(os.environ) | {"PATH": f"{sys.prefix}/bin:{os.environ['PATH']}"}


def test_hidden_probes_and_their_tracebacks_are_nowhere_after_grading(mini):
    # Uma resposta que falha só dentro da sonda, e outra célula que tenta imprimir as sondas.
    spy = "import atexit\nfrom IPython import get_ipython\n"
    hand_in(
        mini,
        "estudante-001",
        first=spy,
        todo01="def media(valores):\n    return valores[5]",
        todo03="contagem = 3\nprint('\\n'.join(get_ipython().user_ns['In']))",
    )
    autograde(mini)
    write_feedback(mini, "estudante-001")
    html = mini.feedback("estudante-001").read_text()
    notebook = mini.autograded("estudante-001").read_text()
    for secret in ('observe("medias"', "[10.0, 30.0]", "7.25", "de_array"):
        assert secret not in html and secret not in notebook
    assert "saída omitida" in html
    assert 'lang="pt-BR"' in html and "http" not in html
    assert "&#34;" not in html.split("</style>")[0]  # a folha de estilo chega inteira, sem aspas escapadas


def test_one_bad_file_is_refused_alone_and_loses_no_other(mini):
    hand_in(mini, "estudante-001")
    hand_in(mini, "estudante-003")
    for student, content in [("estudante-002", b"isto nao e JSON"), ("estudante-004", b"[]")]:
        mini.submitted(student).parent.mkdir(parents=True)
        mini.submitted(student).write_bytes(content)
    other = mini.submitted("estudante-005").with_name("meu trabalho.ipynb")
    other.parent.mkdir(parents=True)
    other.write_text("{}")
    results = autograde(mini)
    assert [result.status for result in results] == [GRADED, FAILED, GRADED, FAILED, FAILED]
    assert all("\n" not in result.error for result in results)
    assert "não é um caderno" in results[1].error and "meu trabalho.ipynb" in results[4].error
    assert mini.submitted("estudante-002").read_bytes() == b"isto nao e JSON"
    html = write_report(mini).read_text()
    assert "não é um caderno" in html and "sem isolamento" not in html


def test_a_refused_resubmission_keeps_no_old_mark_but_keeps_the_hand_given_one(mini):
    hand_in(mini, "estudante-001")
    autograde(mini)
    with gradebook.gradebook(mini.course) as book:
        grade = book.find_grade("todo02", "lab0", mini.name, "estudante-001")
        grade.manual_score = 4.0
        book.db.commit()
    mini.submitted("estudante-001").write_text("{")
    assert autograde(mini)[0].status == FAILED
    found = gradebook.scores(mini, "estudante-001")
    assert found["todo01"].auto is None and found["todo01"].pending
    assert found["todo02"].manual == 4.0
    hand_in(mini, "estudante-001")
    autograde(mini)
    assert gradebook.scores(mini, "estudante-001")["todo01"].auto == 10.0
    found = {question.todo: question for question in questions(mini, "estudante-001")}
    assert found["todo02"].points == 4.0 and found["todo02"].state_name == "corrigido à mão"


def test_a_changed_submission_is_graded_again(mini):
    hand_in(mini, "estudante-001")
    autograde(mini)
    hand_in(mini, "estudante-001", todo03="contagem = 4")
    assert autograde(mini)[0].status == GRADED
    assert points(mini, "estudante-001")["todo03"] == 0.0


def test_a_dead_kernel_costs_the_cell_that_killed_it_not_the_class(mini):
    hand_in(mini, "estudante-001", todo03="import os\nos._exit(1)")
    hand_in(mini, "estudante-002")
    autograde(mini)
    assert points(mini, "estudante-001")["todo01"] == 10.0
    assert points(mini, "estudante-001")["todo03"] == 0.0
    assert points(mini, "estudante-002")["todo03"] == 4.0
    states = {v["todo"]: v["state"] for v in read_verdicts(mini, "estudante-001")["verdicts"]}
    assert states == {"todo01": "correct", "todo03": "crashed"}


def test_an_endless_loop_is_a_timeout_and_the_rest_is_graded(mini):
    hand_in(
        mini, "estudante-001", first="while True: pass", todo01="def media(valores):\n    while True: pass"
    )
    result = autograde(mini)[0]
    assert result.seconds < 100  # o limite por célula é o do lab (5 s), e não o geral (120 s)
    verdicts = {v["todo"]: v for v in read_verdicts(mini, "estudante-001")["verdicts"]}
    assert verdicts["todo01"]["state"] == "timeout" and verdicts["todo03"]["state"] == "correct"


def test_a_broken_check_leaves_the_cell_to_a_human(mini):
    path = mini.content / "checks.py"
    path.write_text(path.read_text().replace('number(contagem, "contagem") == 3', "contagem['x'] == 3"))
    hand_in(mini, "estudante-001")
    autograde(mini)
    score = gradebook.scores(mini, "estudante-001")["todo03"]
    assert score.auto is None and score.pending


def test_stderr_and_numpy_numbers_cost_nothing(mini):
    hand_in(
        mini,
        "estudante-001",
        todo01="def media(valores):\n    import sys\n    print('aviso', file=sys.stderr)\n    return np.mean(valores)",
    )
    autograde(mini)
    assert points(mini, "estudante-001")["todo01"] == 10.0


def test_without_isolation_only_on_demand_and_the_report_says_so(mini, monkeypatch):
    hand_in(mini, "estudante-001")
    monkeypatch.setattr(sandbox, "unavailable_reason", lambda: "não há bwrap.")
    with pytest.raises(CorretorError, match="--sem-isolamento"):
        autograde(mini)
    monkeypatch.setenv(sandbox.NO_ISOLATION, "1")
    assert autograde(mini)[0].status == GRADED
    assert points(mini, "estudante-001")["todo01"] == 10.0
    assert "sem isolamento" in write_report(mini).read_text()
    monkeypatch.undo()
    assert autograde(mini)[0].status == GRADED  # uma correção não isolada não vale por uma isolada
    assert "sem isolamento" not in write_report(mini).read_text()


def test_nobody_handed_in_and_unknown_student(mini):
    with pytest.raises(CorretorError, match="Não há entregas"):
        autograde(mini)
    hand_in(mini, "estudante-001")
    with pytest.raises(CorretorError, match="estudante-009"):
        autograde(mini, ["estudante-009"])


def test_verdict_file_is_valid_json_with_observations(mini):
    hand_in(mini, "estudante-001")
    autograde(mini)
    record = json.loads(mini.verdicts("estudante-001").read_text())
    assert record["observations"]["todo03"][0]["value"] == 3
    assert {v["todo"] for v in record["verdicts"]} == {"todo01", "todo03"}

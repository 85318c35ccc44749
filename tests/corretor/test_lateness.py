"""A multa por atraso: nos limites exatos, com tolerância e teto, e de acordo com as notas de agora."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from corretor import gradebook, lateness
from corretor.answers import read_answers, submission
from corretor.build import build_lab, write_notebook
from corretor.course import Course
from corretor.errors import CorretorError
from corretor.feedback import write_feedback
from corretor.grading import autograde
from corretor.lateness import LateRule

DUE = datetime(2026, 3, 10, 12, 0)
HOUR, DAY = 3600, 86400
STUDENT = "estudante-001"


@pytest.mark.parametrize(
    "seconds, percent",
    [
        (0, 0),
        (15 * 60, 0),  # a tolerância inteira
        (15 * 60 + 1, 10),  # e um segundo depois dela começa o primeiro dia
        (DAY + 15 * 60, 10),
        (DAY + 15 * 60 + 1, 20),
        (4 * DAY + 15 * 60, 40),
        (4 * DAY + 15 * 60 + 1, 50),
        (5 * DAY + 15 * 60 + 1, 50),  # o teto
        (365 * DAY, 50),
    ],
)
def test_started_days_with_grace_and_cap(seconds, percent):
    rule = LateRule.read({"grace_minutes": 15, "percent_per_day": 10, "max_percent": 50})
    assert rule.percent(seconds) == percent


def test_started_hours_add_to_days_and_never_pass_the_mark():
    hours = LateRule.read({"percent_per_hour": 2})
    assert [hours.percent(s) for s in (1, HOUR, HOUR + 1, 51 * HOUR)] == [2, 2, 4, 100]
    both = LateRule.read({"percent_per_hour": 1, "percent_per_day": 5})
    assert both.percent(2 * HOUR) == 7
    assert LateRule.read({}).percent(10 * DAY) == 0


@pytest.mark.parametrize(
    "settings, words",
    [
        ({"tolerancia": 5}, "não conheço 'tolerancia'"),
        ({"percent_per_day": "10"}, "percent_per_day"),
        ({"percent_per_day": -1}, "positivo ou zero"),
        ({"grace_minutes": True}, "grace_minutes"),
        ({"max_percent": 101}, "de 0 a 100"),
        ({"percent_per_hour": float("nan")}, "percent_per_hour"),
        (["percent_per_day"], "pares chave e valor"),
    ],
)
def test_a_rule_that_says_nothing_clear_is_refused(settings, words):
    with pytest.raises(CorretorError, match=words):
        LateRule.read(settings)


def test_a_bad_header_stops_the_build(mini):
    _header(mini, "late: {percent_per_week: 10}")
    with pytest.raises(CorretorError, match=r"cabeçalho.*percent_per_week"):
        build_lab(mini)


def test_the_lab_header_rules_what_the_gradebook_keeps_and_the_configuration_comes_second(mini):
    """Uma correção só; depois, outros atrasos, nota à mão e regra mudada, sem executar nada de novo."""
    _header(mini, "late: {grace_minutes: 15, percent_per_day: 10, max_percent: 50}")
    build_lab(mini)
    lab = Course.find(mini.course.root).lab("lab0")
    gradebook.generate(lab, register=True)
    with gradebook.gradebook(lab.course) as book:
        book.update_or_create_assignment(lab.name, duedate=DUE)
    answer = read_answers(lab)[0]
    write_notebook(submission(lab, answer), lab.submitted(STUDENT))
    (lab.submitted(STUDENT).parent / "timestamp.txt").write_text(f"{_late(16):%Y-%m-%d %H:%M:%S} UTC")
    assert [result.error for result in autograde(lab)] == [""]
    assert lateness.penalty(lab, STUDENT) == pytest.approx(1.4)  # 10 % de 14
    page = write_feedback(lab, STUDENT).read_text()
    assert "Multa por atraso: 1,4 pontos" in page and "12,6 <span" in page
    for minutes, expected in ((-1, 0), (15, 0), (16, 1.4), (9999, 7.0)):
        with gradebook.gradebook(lab.course) as book:
            book.find_submission(lab.name, STUDENT).timestamp = _late(minutes)
            book.db.commit()
        lateness.refresh(lab)
        assert lateness.penalty(lab, STUDENT) == pytest.approx(expected)
    # A nota à mão, dada no formgrader depois, entra na base da multa.
    with gradebook.gradebook(lab.course) as book:
        grade = book.find_grade("todo02", lab.notebook, lab.name, STUDENT)
        grade.manual_score, grade.needs_manual_grade = 5.0, False
        book.db.commit()
    assert lateness.refresh(lab) == [STUDENT]
    assert lateness.penalty(lab, STUDENT) == pytest.approx(9.5)
    assert lateness.refresh(lab) == []  # repetir não muda nada

    _header(mini, "")
    build_lab(mini)
    lab = Course.find(mini.course.root).lab("lab0")
    assert lateness.refresh(lab) == [STUDENT]
    assert lateness.penalty(lab, STUDENT) == 0  # sem regra, sem multa
    config = lab.course.root / "nbgrader_config.py"
    config.write_text(config.read_text() + "\nc.LatePenalty.late = {'percent_per_hour': 1}\n")
    assert lateness.refresh(lab) == [STUDENT]
    assert lateness.penalty(lab, STUDENT) == 19.0  # 167 horas começadas: toda a nota, e nunca mais do que ela
    assert lateness.penalty(lab, "ninguem") == 0


def _header(lab, line: str) -> None:
    """Põe (ou tira) a linha `late:` do cabeçalho do lab."""
    path = lab.content / "notebook.py"
    lines = [one for one in path.read_text().split("\n") if "late:" not in one]
    if line:
        place = next(i for i, one in enumerate(lines) if "grading:" in one)
        lines.insert(place, f"#     {line}")
    path.write_text("\n".join(lines))


def _late(minutes: int) -> datetime:
    return DUE + timedelta(minutes=minutes)

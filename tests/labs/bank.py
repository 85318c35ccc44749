"""Corrige o banco inteiro de um lab pelo corretor de verdade, uma vez, para os testes lerem o resultado."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import nbformat

from corretor import sandbox
from corretor.answers import REFERENCE, STUB, Answer, read_answers
from corretor.course import Course, Lab
from corretor.demo import Graded, demo_course, grade_bank
from corretor.preprocessors import hidden_lines
from corretor.rehearsal import Rehearsal, filled, rehearse

ROOT = Path(__file__).resolve().parents[2]


def course_copy(folder: Path) -> Course:
    """Um curso com os labs do repositório, em `folder`, fora do livro de notas de quem testa."""
    (folder / "content").symlink_to(ROOT / "content")
    for name in ("source", "release"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "nbgrader_config.py").symlink_to(ROOT / "nbgrader_config.py")
    return demo_course(Course(folder, folder / "content"))


def grade_answers(
    name: str, folder: Path, wanted: Callable[[Answer], bool] = lambda answer: True
) -> tuple[Lab, list[Graded]]:
    """Corrige as respostas do banco (todas, ou as que `wanted` escolher), isoladas."""
    sandbox.require()
    lab = course_copy(folder).lab(name)
    return lab, grade_bank(lab, [answer for answer in read_answers(lab) if wanted(answer)])


def rehearsal_mismatches(
    lab: Lab, *, todos: Sequence[str] = (), data_dir: Path | None = None
) -> dict[str, list[str]]:
    """O que cada resposta do banco recebeu, em cada ToDo, de diferente do que promete.

    As respostas são ensaiadas todas em um processo, no caderno da referência; o caderno inteiro de cada uma é
    o que `corretor banco LAB` executa.
    """
    answers = {answer.name: answer for answer in read_answers(lab)}
    notebooks = {name: filled(lab, answer) for name, answer in answers.items()}
    automatic = [
        todo for todo, (_, manual) in lab.points.items() if not manual and (not todos or todo in todos)
    ]
    same: dict[
        tuple[str, str], str
    ] = {}  # de que resposta é o veredito: muitas repetem a referência ou o esqueleto
    variants: dict[str, dict[str, str]] = {todo: {} for todo in automatic}
    for todo in automatic:
        texts = {name: _cell(nb, todo) for name, nb in notebooks.items()}
        for name, text in texts.items():
            same[todo, name] = next((model for model in (REFERENCE, STUB) if texts[model] == text), name)
            if same[todo, name] == name:
                variants[todo][name] = text
    run = Rehearsal(notebooks[REFERENCE], variants=variants)
    rehearse(lab, [run], data_dir=data_dir)
    wrong = {}
    for name, answer in answers.items():
        verdicts = {todo: run.results[todo].get(same[todo, name]) for todo in automatic}
        points = {todo: verdict.points if verdict else None for todo, verdict in verdicts.items()}
        messages = {todo: verdict.messages if verdict else [] for todo, verdict in verdicts.items()}
        found = answer.mismatches(points, messages)
        if found := [text for text in found if text.split(":")[0] in automatic]:
            wrong[name] = found
    return wrong


def _cell(nb, name: str) -> str:
    return next(c.source for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def assert_bank(graded: list[Graded]) -> None:
    """Cada resposta recebeu a nota e as mensagens que o banco promete."""
    wrong = {entry.answer.name: entry.mismatches for entry in graded if entry.mismatches}
    assert not wrong, wrong  # este módulo não é de teste: sem isto o pytest não diria o que diferiu
    by_name = {entry.answer.name: entry for entry in graded}
    automatic = sum(
        question.max_points for question in by_name["referencia"].questions if not question.manual
    )
    assert by_name["referencia"].total == automatic
    assert by_name["esqueleto"].total == 0


def assert_no_probe(lab: Lab, graded: list[Graded]) -> None:
    """Nem a devolutiva nem o caderno corrigido mostram uma linha que só o professor tem."""
    source = nbformat.read(lab.source, as_version=4)
    public = "\n".join(cell.source for cell in nbformat.read(lab.release, as_version=4).cells)
    secrets = {line for line in hidden_lines(source) if line not in public}
    assert len(secrets) > 20
    for entry in graded:
        for path in (lab.feedback(entry.student), lab.autograded(entry.student)):
            text = path.read_text(encoding="utf-8")
            text = text if path.suffix == ".html" else "\n".join(_strings(json.loads(text)))
            assert not [line for line in secrets if line in text], path


def _strings(value):
    """Todos os textos de um JSON, com as linhas de uma lista de linhas juntas."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            yield "".join(value)
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)

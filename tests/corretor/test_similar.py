"""Semelhanças: a cópia disfarçada aparece; a resposta natural, o esqueleto e o estudo independente, não."""

from __future__ import annotations

import random
import re
import shutil
import time
from pathlib import Path

import pytest

from corretor import cli
from corretor.answers import Answer, read_answers, submission
from corretor.build import write_notebook
from corretor.course import Course
from corretor.similar import CODE, WINDOW, _grams, compare, symbols, winnow, write_similar

ROOT = Path(__file__).resolve().parents[2]
LAB1 = "lab1-gradientes"


def pairs(found) -> set[frozenset[str]]:
    return {frozenset((pair.first, pair.second)) for pair in found.pairs}


def disguised(text: str, seed: int = 0) -> str:
    """O código com nomes, comentários e linhas em branco de outra pessoa; as funções pedidas ficam."""
    chosen = random.Random(seed)
    bound = set(re.findall(r"\b(\w+)\s*(?:=(?!=)|,|\bin\b)", text)) | set(
        re.findall(r"def \w+\((.*?)\)", text)
    )
    names = sorted(
        {name for one in bound for name in re.findall(r"[a-z]\w*", one)} - {"np", "axis", "strict"}
    )
    for name in names:
        text = re.sub(rf"(?<![\w.]){name}\b(?!\s*\()", f"{name}_{chosen.randint(10, 99)}", text)
    lines = []
    for line in text.split("\n"):
        lines += [line + "  # aqui faço a conta" if chosen.random() < 0.3 and line.strip() else line]
        lines += ["", ""] if chosen.random() < 0.2 else []
    return "\n".join(lines)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """O Lab 1 sem o banco de respostas: as soluções dele são aqui a turma."""
    root = tmp_path_factory.mktemp("semelhantes")
    shutil.copytree(ROOT / "content" / "labs" / LAB1, root / "content" / "labs" / LAB1)
    shutil.rmtree(root / "content" / "labs" / LAB1 / "answers")
    for step in ("source", "release"):
        shutil.copytree(ROOT / step / LAB1, root / step / LAB1)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    return Course.find(root).lab("lab1")


@pytest.fixture(scope="module")
def bank(lab) -> dict[str, Answer]:
    """As respostas que se escreveram sem olhar as outras: respondem tudo, ou partem do esqueleto."""
    todos = {todo for todo, (_, manual) in lab.points.items() if not manual}
    real = Course.find(ROOT).lab("lab1")
    return {
        one.name: Answer(one.name, one.title, "esqueleto", one.cells, {}, {})
        for one in read_answers(real)
        if one.name != "celula-quebrada" and (todos <= set(one.cells) or one.base == "esqueleto")
    } | {"referencia": next(one for one in read_answers(real) if one.name == "referencia")}


def hand_in(lab, **answers: Answer) -> None:
    shutil.rmtree(lab.course.root / "submitted", ignore_errors=True)
    for student, answer in answers.items():
        write_notebook(submission(lab, answer), lab.submitted(student))


def test_a_disguised_copy_is_found_and_nobody_else(lab, bank):
    original = bank["corretas-com-lacos"]
    broken = dict(original.cells)
    broken["todo05"] = broken["todo05"].replace("zip(x, y, strict=True)", "zip(x, y, strict=True", 1)
    copies = {
        "renomeada": {todo: disguised(text) for todo, text in broken.items()},
        # Três ToDos seus, o resto de outra pessoa.
        "em-parte": dict(original.cells)
        | {todo: bank["corretas-com-tensorflow"].cells[todo] for todo in ("todo01", "todo02", "todo07")},
    }
    answers = {name: Answer(name, "", "esqueleto", cells, {}, {}) for name, cells in copies.items()}
    hand_in(lab, **bank, **answers)
    path = lab.submitted("renomeada")
    cells = path.read_text()
    assert "zip(x_" not in bank["corretas-com-lacos"].cells["todo05"] and "aqui faço a conta" in cells
    found = compare(lab)
    group = ("corretas-com-lacos", "em-parte", "renomeada")
    assert pairs(found) == {frozenset(pair) for pair in zip(group, group[1:] + group[:1], strict=True)}
    best = {frozenset((p.first, p.second)): p for p in found.pairs}[
        frozenset(("renomeada", "corretas-com-lacos"))
    ]
    assert best.similarity > 0.85 and {"ToDo 4", "ToDo 5", "ToDo 6", "ToDo 9"} <= set(best.places)
    shared = "".join(piece.text for side in best.left for piece in side.pieces if piece.shared)
    assert "np.ndindex" in shared


def test_independent_solutions_and_empty_ones_are_not_flagged(lab, bank):
    stub = Answer("esqueleto", "", "esqueleto", {}, {}, {})
    hand_in(lab, **bank, vazio1=stub, vazio2=stub, vazio3=stub)
    found = compare(lab)
    assert found.compared == len(bank) + 3 >= 9 and not found.pairs and not found.unread
    # Nem perto: as soluções independentes mais próximas não chegam à metade do mínimo.
    assert max((pair.similarity for pair in compare(lab, minimum=0.05).pairs), default=0) < 0.45


def test_the_natural_answer_of_a_class_accuses_nobody(mini):
    natural = "def media(valores):\n    total = sum(valores)\n    return total / len(valores)"
    for i in range(12):
        answer = Answer(
            "x", "", "referencia", {"todo01": natural if i % 2 else disguised(natural, i)}, {}, {}
        )
        write_notebook(submission(mini, answer), mini.submitted(f"estudante-{i:03d}"))
    assert compare(mini, minimum=0.0).pairs == []


LONG = """
def media(valores):
    acumulado, vistos, historia = 0.0, 0, []
    for posicao, valor in enumerate(reversed(list(valores))):
        if posicao % 7 == 3 and valor != valor:
            historia.append("</code></pre><script>alert(1)</script><img src=x onerror=alert(2)>")
            continue
        acumulado, vistos = acumulado + float(valor) * 1.0, vistos + 1
        while len(historia) > 5 and historia[-1] is not None:
            historia.pop(0)
    if not vistos:
        raise ZeroDivisionError("nada a somar")
    return round(acumulado / max(vistos, 1), 12) if historia is not None else {"chave": [acumulado]}
"""


def test_hostile_submissions_survive_and_reach_the_page_as_text(mini, monkeypatch, capsys):
    huge = "media = [" + "1, " * 300_000 + "]"
    answers = {
        "estudante-001": LONG,
        "<img src=x onerror=alert(3)>": disguised(LONG),
        "estudante-003": huge,
        "estudante-004": huge,
        "estudante-005": "def media(valores):\n\treturn '\x00\ud800 \u202e",
        "estudante-006": "(" * 5000,
    }
    for student, text in answers.items():
        answer = Answer("x", "", "esqueleto", {"todo01": text.replace("\ud800", "")}, {}, {})
        write_notebook(submission(mini, answer), mini.submitted(student))
    broken = mini.submitted("<b>quebrado")
    broken.parent.mkdir(parents=True)
    broken.write_text('{"cells": [')
    begun = time.monotonic()
    found = compare(mini)
    assert time.monotonic() - begun < 10
    assert list(found.unread) == ["<b>quebrado"]
    assert pairs(found) == {frozenset(("estudante-001", "<img src=x onerror=alert(3)>"))}
    page = write_similar(mini, found).read_text()
    assert "Indícios, nunca vereditos" in page and "<mark>" in page and "A turma é pequena" in page
    for text in ("<script", "<img", "<b>", "http:", "https:"):
        assert text not in page
    monkeypatch.chdir(mini.course.root)
    monkeypatch.setattr("sys.argv", ["corretor", "similar", "lab0", "--minimo", "0.6"])
    with pytest.raises(SystemExit) as done:
        cli.main()
    out = capsys.readouterr().out
    assert not done.value.code
    assert "Comparadas: 6 entregas" in out and "Não comparada: <b>quebrado" in out
    shutil.rmtree(mini.course.root / "submitted")
    with pytest.raises(SystemExit) as done:
        cli.main()
    assert not done.value.code and "Comparadas: 0" in capsys.readouterr().out


def test_renaming_comments_and_layout_change_no_symbol():
    one = (
        "def f(x, y):\n    '''Soma.'''\n    z = np.sum(x, axis=0) + y['chave']  # conta\n    return len(z)\n"
    )
    two = 'def g(alfa,   b):\n\n    t = k.sum(\n        alfa, eixo=0\n    ) + b["outra"]\n    return len(t)'
    assert [token.value for token in symbols(one)] == [token.value for token in symbols(two)]
    three = one.replace(".sum(", ".mean(")
    assert [token.value for token in symbols(one)] != [token.value for token in symbols(three)]
    for token in symbols(one):
        assert one[token.start : token.end].strip()


def test_any_long_enough_shared_run_leaves_a_common_fingerprint():
    chosen = random.Random(3)
    for _ in range(200):
        run = [str(chosen.random()) for _ in range(CODE + WINDOW - 1)]
        first, second = (
            [str(chosen.random()) for _ in range(chosen.randint(0, 40))]
            + run
            + [str(chosen.random()) for _ in range(chosen.randint(0, 40))]
            for _ in range(2)
        )
        assert winnow(_grams(first, CODE)) & winnow(_grams(second, CODE))
    assert winnow([]) == set() and winnow([5]) == {5}

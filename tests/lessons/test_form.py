"""A forma de toda lição: cartão, palpite, explicação, afirmações em ordem, figuras que se leem sem vê-las."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest

from corretor.build import executed_path, lessons, read_percent
from corretor.course import Course

COURSE = Course.find(Path(__file__).resolve().parents[2])
CARD = ("Ao final você saberá", "Você precisa saber", "Tempo de leitura", "Tempo de execução", "Palavras que")
MAX_LINES = 26  # uma ideia por célula; as de figura levam também o texto alternativo

every_lesson = pytest.mark.parametrize("path", list(lessons(COURSE)), ids=lambda path: path.stem)


def sources(path, kind):
    return [cell.source for cell in read_percent(path).cells if cell.cell_type == kind]


def calls(path, name):
    """As chamadas `name(...)` ou `algo.name(...)` do código da lição."""
    found = []
    for source in sources(path, "code"):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call):
                called = getattr(node.func, "id", getattr(node.func, "attr", None))
                found += [node] if called == name else []
    return found


@every_lesson
def test_card_and_title(path):
    nb = read_percent(path)
    first = nb.cells[0].source
    assert first.startswith(f"# {path.stem[:2]} · {nb.metadata['gradiente']['title']}\n")
    assert [row for row in CARD if f"**{row}" not in first] == []


@every_lesson
def test_claims_are_numbered_in_order_and_enough(path):
    code = read_percent(path).metadata["gradiente"]["id"]
    ids = [node.args[0].value for node in calls(path, "claim")]
    assert ids == [f"{code}-{number:02d}" for number in range(1, len(ids) + 1)]
    assert len(ids) >= 6


def claim_ids():
    """As identificações de todas as afirmações do curso."""
    return {node.args[0].value for path in lessons(COURSE) for node in calls(path, "claim")}


def test_every_claim_mentioned_exists():
    """Nas lições, nos labs e nas páginas do professor: ninguém manda olhar uma afirmação que não há."""
    texts = {path: "\n".join(sources(path, "markdown")) for path in lessons(COURSE)}
    texts |= {path: path.read_text("utf-8") for path in (COURSE.root / "docs/professor").glob("*.md")}
    for path in (COURSE.root / "content/labs").glob("*/notebook.py"):
        texts[path] = "\n".join(sources(path, "markdown"))
    known = claim_ids()
    codes = "|".join(sorted({claim.split("-")[0] for claim in known}))
    missing = {
        path.name: set(re.findall(rf"\b(?:{codes})-\d+\b", text)) - known for path, text in texts.items()
    }
    assert {name: ids for name, ids in missing.items() if ids} == {}


@every_lesson
def test_no_claim_is_true_by_construction(path):
    """A condição é medida: nunca uma constante."""
    for node in calls(path, "claim"):
        condition = node.args[2]
        assert not isinstance(condition, ast.Constant), node.args[0].value
        assert any(isinstance(part, ast.Name) for part in ast.walk(condition)), node.args[0].value


@every_lesson
def test_student_predicts_and_explains(path):
    text = "\n".join(sources(path, "markdown"))
    assert "Preveja" in text and "Explique" in text
    assert text.count("<details>") == text.count("</details>") == text.count("<summary>") >= 1


@every_lesson
def test_figures_have_alternative_text(path):
    shown = [node for node in calls(path, "show") if getattr(node.func, "value", None) is not None]
    assert 3 <= len(shown) <= 6
    executed = nbformat.read(executed_path(COURSE, path), as_version=4)
    images = [
        output
        for cell in executed.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    assert len(images) == len(shown)
    for image in images:
        alt = image.metadata["image/png"]["alt"]
        assert len(alt) > 60, alt


@every_lesson
def test_executed_notebook_is_clean(path):
    """Nada na saída de erro, nenhum rastro, nenhuma figura fora de `plots.show`."""
    executed = nbformat.read(executed_path(COURSE, path), as_version=4)
    for cell in executed.cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error"
            assert output.get("name") != "stderr", output.text
            assert "<Figure" not in output.get("data", {}).get("text/plain", "")


@every_lesson
def test_cells_are_short(path):
    long = [source.split("\n")[0] for source in sources(path, "code") if source.count("\n") >= MAX_LINES]
    assert long == []


@every_lesson
def test_names_and_notation(path):
    """Erros de nomenclatura do material de origem, que nenhuma lição repete."""
    text = "\n".join(sources(path, "markdown"))
    assert "tensorflow.keras" not in text and "tf.keras" not in "\n".join(sources(path, "code"))
    assert not re.search(r"[Ss]igmóide|[Rr]elU\b|BathNorm|overfit(?!ting)|\\larr\b", text)
    prose = re.sub(r"`[^`]*`|\$[^$]*\$|\[[^\]]*\]\([^)]*\)|<[^>]*>", "", text.split("## Referências")[0])
    assert not re.search(r"\d\.\d", prose)  # vírgula decimal

"""Gera, do texto em content/, os cadernos: lições executadas, labs do professor e do estudante."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbformat import NotebookNode

from . import syllabus, syllabus_page
from .checks import load_checks
from .course import TEST_SUFFIX, Course, Lab
from .errors import CorretorError
from .lateness import LateRule
from .limits import Limits

KERNELSPEC = {"display_name": "Gradiente (CPU)", "language": "python", "name": "gradiente"}
_MARKERS = ("solution", "test", "manual", "locked")


# --- do texto ao caderno ------------------------------------------------------------------------


def read_percent(path: Path) -> NotebookNode:
    """Lê um arquivo py:percent como caderno de bytes previsíveis: ids derivados do texto.

    Parameters
    ----------
    path : Path
        Arquivo jupytext py:percent. A chave `gradiente` do cabeçalho fica nos metadados do caderno.
    """
    nb = jupytext.read(path, fmt="py:percent")
    nb.nbformat, nb.nbformat_minor = 4, 5
    nb.metadata = nbformat.from_dict(
        {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}} | _own(nb)
    )
    seen: dict[str, int] = {}
    for cell in nb.cells:
        cell.metadata.pop("lines_to_next_cell", None)  # espaçamento do texto, que só ao jupytext interessa
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        base = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:12]
        seen[base] = seen.get(base, 0) + 1
        cell.id = base if seen[base] == 1 else f"{base}-{seen[base]}"
    return nb


def _own(nb: NotebookNode) -> dict:
    return {"gradiente": nb.metadata["gradiente"]} if "gradiente" in nb.metadata else {}


def lab_notebook(lab: Lab) -> NotebookNode:
    """A versão do professor de um lab, com os metadados do nbgrader no lugar das marcas do texto.

    Raises
    ------
    CorretorError
        Se marcas, pontos e verificações não combinarem, ou um limite ou a multa do cabeçalho estiver errado.
    """
    nb = read_percent(lab.content / "notebook.py")
    nb.metadata.get("gradiente", {}).pop("demo", None)  # nomes do banco de respostas não se publicam
    try:
        header = nb.metadata.get("gradiente", {})
        Limits.read(header.get("grading", {}))
        LateRule.read(header.get("late", {}))
    except CorretorError as error:
        raise CorretorError(f"{lab.name}: no cabeçalho de notebook.py, {error}") from None
    totals: dict[str, float] = {}
    for check in load_checks(lab.content / "checks.py"):
        totals[check.todo] = totals.get(check.todo, 0.0) + check.points
    used: set[str] = set()
    heading = ""
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            found = re.findall(r"^#+\s*(.*ToDo.*)$", cell.source, flags=re.MULTILINE)
            heading = found[-1].strip() if found else heading
        marks = [mark for mark in _MARKERS if mark in cell.metadata]
        if not marks:
            continue
        mark = marks[0]
        name = str(cell.metadata.pop(mark))
        points = cell.metadata.pop("points", None)
        grade_id = name + TEST_SUFFIX if mark == "test" else name
        if len(marks) > 1 or grade_id in used:
            raise CorretorError(f"{lab.name}: a célula {grade_id!r} está marcada duas vezes.")
        used.add(grade_id)
        if (mark in ("test", "manual")) != (points is not None):
            raise CorretorError(f"{lab.name}: points vale só, e sempre, para test e manual ({grade_id}).")
        if mark == "test" and totals.pop(name, None) != float(points):
            raise CorretorError(f"{lab.name}: os pontos de {name} não são a soma das suas verificações.")
        cell.id = grade_id
        cell.metadata["nbgrader"] = _nbgrader(mark, grade_id, points)
        if points is not None:
            cell.metadata["gradiente"] = {"todo": name, "title": heading}
        if mark == "test" and "BEGIN HIDDEN TESTS" not in cell.source:
            raise CorretorError(f"{lab.name}: a célula de teste de {name} não tem sondas.")
    if totals:
        raise CorretorError(f"{lab.name}: verificações sem célula de teste: {', '.join(totals)}.")
    missing = [g for g in used if g.endswith(TEST_SUFFIX) and g.removesuffix(TEST_SUFFIX) not in used]
    if missing:
        raise CorretorError(f"{lab.name}: testes sem célula de resposta: {', '.join(missing)}.")
    nbformat.validate(nb)
    return nb


def _nbgrader(mark: str, grade_id: str, points: Any) -> dict:
    graded = mark in ("test", "manual")
    info = {
        "grade": graded,
        "grade_id": grade_id,
        "locked": mark in ("test", "locked"),
        "schema_version": 3,
        "solution": mark in ("solution", "manual"),
        "task": False,
    }
    return info | ({"points": points} if graded else {})


def write_notebook(nb: NotebookNode, path: Path) -> bool:
    """Grava o caderno se o conteúdo mudou; devolve se mudou."""
    text = nbformat.writes(nb) + "\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return True


# --- lições -------------------------------------------------------------------------------------


def lessons(course: Course) -> Iterator[Path]:
    """Os textos das lições, em ordem."""
    return iter(sorted((course.content / "lessons").glob("[0-9]*.py")))


def executed_path(course: Course, lesson: Path) -> Path:
    """O caderno executado de uma lição."""
    return course.root / "notebooks" / f"{lesson.stem}.ipynb"


def is_fresh(lesson: NotebookNode, executed: Path) -> bool:
    """Se o caderno executado tem as mesmas células e metadados que o texto."""
    if not executed.exists():
        return False
    done = nbformat.read(executed, as_version=4)
    same_cells = [(c.id, c.cell_type, c.source, c.metadata) for c in done.cells] == [
        (c.id, c.cell_type, c.source, c.metadata) for c in lesson.cells
    ]
    return same_cells and done.metadata == lesson.metadata


def execute(nb: NotebookNode, env: dict[str, str] | None = None) -> NotebookNode:
    """Executa uma lição no núcleo do curso, sem rede e com réplicas, e limpa o que varia.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        Se uma célula falhar (uma afirmação falsa, por exemplo).
    """
    from nbclient import NotebookClient

    with tempfile.TemporaryDirectory() as folder:
        base = {key: value for key, value in os.environ.items() if not key.startswith("GRADIENTE_")}
        env = (
            base
            | {"GRADIENTE_OFFLINE": "1", "GRADIENTE_CACHE_DIR": folder, "PYTHONHASHSEED": "0"}
            | (env or {})
        )
        client = NotebookClient(
            nb, timeout=300, kernel_name="gradiente", resources={"metadata": {"path": folder}}
        )
        client.execute(env=env)
    for cell in nb.cells:
        cell.metadata.pop("execution", None)
    nb.metadata["language_info"] = {"name": "python"}
    return nb


# --- tudo ---------------------------------------------------------------------------------------


def build(course: Course, *, force: bool = False, say: Callable[[str], None] = print) -> int:
    """Regenera notebooks/, source/, release/ e docs/ementa.md; devolve quantos arquivos mudaram.

    Uma lição só é executada se o seu texto mudou, ou com `force`; diz-se então quanto ela levou, para que
    se compare com o que o seu cartão promete.
    """
    plan = syllabus.read(course)
    promised = {lesson.stem: lesson.seconds for lesson in plan.lessons}
    changed = syllabus_page.write(course, plan)
    say("docs/ementa.md em dia")
    for lab_name in course.labs:
        changed += build_lab(course.lab(lab_name))
        say(f"{lab_name}: source/ e release/ em dia")
    for path in lessons(course):
        nb, target = read_percent(path), executed_path(course, path)
        if force or not is_fresh(nb, target):
            say(f"{path.stem}: executando…")
            start = time.perf_counter()
            changed += write_notebook(execute(nb), target)
            spent = time.perf_counter() - start
            say(f"{path.stem}: executada em {spent:.0f} s (no cartão, {promised.get(path.stem)} s)")
        say(f"{path.stem}: notebooks/ em dia")
    for old in {p.stem for p in (course.root / "notebooks").glob("*.ipynb")} - {
        p.stem for p in lessons(course)
    }:
        (course.root / "notebooks" / f"{old}.ipynb").unlink()
        say(f"{old}: apagado (não está mais em content/)")
    return changed


def build_lab(lab: Lab) -> int:
    """Regenera source/ e, pelo nbgrader, release/; devolve quantos cadernos mudaram."""
    from .gradebook import generate

    changed = write_notebook(lab_notebook(lab), lab.source)
    student_version = nbformat.reads(generate(lab, register=False), as_version=4)
    return changed + write_notebook(student_version, lab.release)


def zip_release(lab: Lab) -> Path:
    """Empacota release/<lab>/ num zip para publicar; devolve o caminho."""
    target = lab.course.root / "dist" / lab.name
    target.parent.mkdir(exist_ok=True)
    return Path(shutil.make_archive(str(target), "zip", lab.release.parent))

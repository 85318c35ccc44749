"""A devolutiva: uma página por estudante, que abre sem rede e não mostra nada de escondido."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from html import escape
from pathlib import Path

import nbformat

from . import lateness, leaks
from .course import Lab
from .errors import CorretorError
from .formulas import markdown
from .marks import questions
from .pages import render, write_whole
from .records import read_verdicts

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_FRAME = re.compile(r"^(?:File |Cell )", flags=re.MULTILINE)
_OMITTED = "<pre>[saída omitida: continha partes da correção]</pre>"


def write_feedback(lab: Lab, student: str, on_leak: Callable[[str], None] = lambda text: None) -> Path:
    """Escreve a devolutiva de uma entrega corrigida.

    Parameters
    ----------
    on_leak : callable
        Recebe, numa frase para o professor, o que foi omitido por mostrar uma sonda, uma solução ou o código de
        uma verificação.

    Returns
    -------
    Path
        O arquivo HTML, autossuficiente.

    Raises
    ------
    CorretorError
        Se a entrega ainda não foi corrigida, ou se um comentário ou uma mensagem mostra um segredo: a página
        não se escreve.
    """
    found = questions(lab, student)
    if not found:
        raise CorretorError(
            f"{student}: ainda sem correção de {lab.name}. Execute: corretor autograde {lab.name}"
        )
    nb = nbformat.read(lab.autograded(student), as_version=4)
    answers = {
        cell.metadata.nbgrader.grade_id: cell
        for cell in nb.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    hidden = leaks.secrets(lab)

    def shown(todo: str, html: str) -> str:
        if not leaks.found(html, hidden):
            return html
        on_leak(f"{student}: uma saída de {todo} mostrava partes da correção e foi omitida da devolutiva.")
        return _OMITTED

    outputs = {
        todo: "".join(shown(todo, _output_html(output)) for output in cell.get("outputs", []))
        for todo, cell in answers.items()
    }
    record = read_verdicts(lab, student) or {}
    points = sum(question.points or 0 for question in found)
    penalty = lateness.penalty(lab, student)
    values = {
        "title": lab.settings.get("title", lab.name),
        "student": student,
        "repairs": [repair["student"] for repair in record.get("repairs", []) if repair["student"]],
        "total": max(0.0, points - penalty),
        "penalty": penalty,
        "max_total": sum(question.max_points for question in found),
        "pending": sum(question.max_points for question in found if question.points is None),
    }

    def page(own: Callable[[nbformat.NotebookNode], str]) -> str:
        pairs = [
            (question, own(answers[question.todo]) + outputs[question.todo])
            if question.todo in answers
            else (question, "")
            for question in found
        ]
        return render("feedback.html.j2", questions=pairs, **values)

    # O que o estudante mesmo digitou pode coincidir com a solução, e não é vazamento.
    if leaks.found(page(lambda cell: ""), hidden):
        raise CorretorError(
            f"{student}: a devolutiva não foi escrita, porque mostraria partes da correção. Confira as mensagens de "
            "checks.py e os comentários desta entrega."
        )
    path = lab.feedback(student)
    write_whole(path, page(_source_html))
    return path


def _source_html(cell: nbformat.NotebookNode) -> str:
    """O que o estudante escreveu numa resposta."""
    if cell.cell_type == "markdown":
        return markdown(cell.source)
    return f"<pre><code>{escape(cell.source)}</code></pre>"


def _output_html(output: nbformat.NotebookNode) -> str:
    """Uma saída do estudante: texto e PNG; qualquer outra forma vira o seu texto."""
    if output.output_type == "stream":
        return f"<pre>{escape(_clean(output.text))}</pre>"
    if output.output_type == "error":
        return f'<pre class="error">{escape(_error_text(output))}</pre>'
    data = output.get("data", {})
    if "image/png" in data:
        code = re.sub(r"[^A-Za-z0-9+/=]", "", data["image/png"])
        alt = output.get("metadata", {}).get("image/png", {}).get("alt", "Figura da sua resposta")
        return f'<p><img alt="{escape(str(alt))}" src="data:image/png;base64,{code}"></p>'
    text = data.get("text/plain", "")
    return f"<pre>{escape(_clean(text))}</pre>" if text else ""


def _clean(text: str) -> str:
    """Texto sem cores e sem as pastas da máquina que corrige."""
    return leaks.without_paths(_ANSI.sub("", text))


def _error_text(output: nbformat.NotebookNode) -> str:
    """O erro como o estudante pode usá-lo: as linhas das células dele, sem as das bibliotecas."""
    text = _ANSI.sub("", "\n".join(output.traceback))
    starts = [match.start() for match in _FRAME.finditer(text)] + [len(text)]
    frames = [text[a:b] for a, b in itertools.pairwise(starts)]
    own = [frame.strip() for frame in frames if frame.startswith("Cell ")]
    # O último quadro traz, no fim, o nome e a mensagem do erro; eles vêm à parte.
    last = f"{output.ename}: {output.evalue}"
    own = [frame.removesuffix(last).rstrip() for frame in own]
    return _clean("\n\n".join([*own, last]))

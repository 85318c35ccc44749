"""A devolutiva: uma página por estudante, que abre sem rede e não mostra nada de escondido."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

import nbformat
from markdown_it import MarkdownIt

from .course import Lab
from .errors import CorretorError
from .marks import questions
from .pages import write_page

# HTML do estudante é mostrado como texto, nunca interpretado; imagens de fora não são buscadas.
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def write_feedback(lab: Lab, student: str) -> Path:
    """Escreve a devolutiva de uma entrega corrigida.

    Returns
    -------
    Path
        O arquivo HTML, autossuficiente.

    Raises
    ------
    CorretorError
        Se a entrega ainda não foi corrigida.
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
    path = lab.feedback(student)
    write_page(
        "feedback.html.j2",
        path,
        title=lab.settings.get("title", lab.name),
        student=student,
        questions=[(question, _answer_html(answers.get(question.todo))) for question in found],
        total=sum(question.points or 0 for question in found),
        max_total=sum(question.max_points for question in found),
        pending=sum(question.max_points for question in found if question.points is None),
    )
    return path


def _answer_html(cell: nbformat.NotebookNode | None) -> str:
    if cell is None:
        return ""
    if cell.cell_type == "markdown":
        return _markdown.render(cell.source)
    return f"<pre><code>{escape(cell.source)}</code></pre>" + "".join(_output_html(o) for o in cell.outputs)


def _output_html(output: nbformat.NotebookNode) -> str:
    """Uma saída do estudante: texto e PNG; qualquer outra forma vira o seu texto."""
    if output.output_type == "stream":
        return f"<pre>{escape(_ANSI.sub('', output.text))}</pre>"
    if output.output_type == "error":
        text = _ANSI.sub("", "\n".join(output.traceback))
        return f'<pre class="error">{escape(text)}</pre>'
    data = output.get("data", {})
    if "image/png" in data:
        code = re.sub(r"[^A-Za-z0-9+/=]", "", data["image/png"])
        alt = output.get("metadata", {}).get("image/png", {}).get("alt", "Figura da sua resposta")
        return f'<p><img alt="{escape(str(alt))}" src="data:image/png;base64,{code}"></p>'
    text = data.get("text/plain", "")
    return f"<pre>{escape(_ANSI.sub('', text))}</pre>" if text else ""

"""O caderno do professor, pronto para receber as respostas: o que cada célula é e o que o estudante recebeu."""

from __future__ import annotations

import copy
import functools
import re
from collections import Counter
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions, ComputeChecksums, NbGraderPreprocessor
from nbgrader.utils import is_locked, is_solution

from .course import TEST_SUFFIX, Course, Lab
from .errors import CorretorError

ANSWER, LOCKED, PLAIN = "resposta", "fixa", "comum"

_DEFINED = re.compile(
    r"(?:async\s+)?(?:def|class)\s+(\w+)|((?:[^\W\d]\w*\s*,\s*)*[^\W\d]\w*)\s*(?::[^=]*)?=(?!=)"
)


@dataclass(frozen=True)
class Official:
    """Uma célula do professor.

    Attributes
    ----------
    cell : NotebookNode
        A célula como a correção a executa, com sondas; nas respostas, o esqueleto.
    text : str
        O texto que o estudante recebeu.
    role : str
        `ANSWER`, `LOCKED` (volta sempre ao original) ou `PLAIN` (vale a versão do estudante).
    names : frozenset of str
        Nomes que só esta resposta define: por eles se reconhece uma resposta sem marcas.
    """

    cell: NotebookNode
    text: str
    role: str
    names: frozenset[str]
    label: str
    short: str


@dataclass(frozen=True)
class Template:
    """O caderno do professor, pronto para receber respostas."""

    metadata: NotebookNode
    cells: tuple[Official, ...]

    @property
    def answers(self) -> list[int]:
        """Índices das células de resposta."""
        return [index for index, official in enumerate(self.cells) if official.role == ANSWER]


def template(lab: Lab) -> Template:
    """O caderno do professor de um lab; relido só quando muda."""
    try:
        stamp = lab.source.stat()
    except FileNotFoundError:
        raise CorretorError(f"Falta {lab.source}. Gere-a com: make notebooks") from None
    return _template(lab.course, lab.name, stamp.st_mtime_ns, stamp.st_size)


@functools.lru_cache(maxsize=8)
def _template(course: Course, name: str, mtime: int, size: int) -> Template:
    from .gradebook import load_config

    lab = course.lab(name)
    config = load_config(course)
    source = nbformat.read(lab.source, as_version=4)
    solutions = [cell.source for cell in source.cells]
    # O que o nbgrader registra no livro de notas, e o que publica: feitos por ele mesmo, em memória.
    graded = _run(source, ClearSolutions(config=config), ComputeChecksums(config=config))
    public = _run(graded, ClearHiddenTests(config=config))
    texts = [cell.source for cell in public.cells]
    roles = [_role(cell) for cell in graded.cells]
    bound = [
        defined_names(text) if cell.cell_type == "code" else set()
        for text, cell in zip(solutions, graded.cells, strict=True)
    ]
    owners = Counter(one for names in bound for one in names)
    titles = lab.titles
    cells = []
    for index, cell in enumerate(graded.cells):
        unique = {one for one in bound[index] if owners[one] == 1} if roles[index] == ANSWER else set()
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        title = titles.get(grade_id.removesuffix(TEST_SUFFIX), "").split("·")[0].strip() or f"“{grade_id}”"
        cells.append(Official(cell, texts[index], roles[index], frozenset(unique), grade_id, title))
    return Template(source.metadata, tuple(cells))


def _run(nb: NotebookNode, *steps: NbGraderPreprocessor) -> NotebookNode:
    nb = copy.deepcopy(nb)
    for step in steps:
        nb, _ = step.preprocess(nb, {})
    return nb


def _role(cell: NotebookNode) -> str:
    if is_solution(cell):
        return ANSWER
    return LOCKED if is_locked(cell) else PLAIN


def line_names(line: str) -> set[str]:
    """Nomes que uma linha sem recuo define."""
    found = _DEFINED.match(line[:300])
    if not found:
        return set()
    return {found[1]} if found[1] else {name.strip() for name in found[2].split(",")}


def defined_names(text: str) -> set[str]:
    """Nomes que um código define fora de funções, mesmo que ele tenha erros de sintaxe."""
    return {name for line in text.split("\n") for name in line_names(line)}

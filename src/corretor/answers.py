"""O banco de respostas de um lab: cada arquivo de answers/ vira uma entrega com nota e mensagens certas."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from .course import Lab
from .errors import CorretorError

REFERENCE, STUB = "referencia", "esqueleto"
_BEGIN, _END = "BEGIN SOLUTION", "END SOLUTION"


@dataclass(frozen=True)
class Answer:
    """Uma resposta do banco.

    Attributes
    ----------
    name, title : str
        Nome do arquivo e descrição de uma linha.
    base : str
        De onde vêm os ToDos que ela não responde: `referencia` (solução do professor) ou `esqueleto`.
    cells : dict
        Texto da célula de resposta, inteira, por ToDo.
    expected : dict
        Pontos exatos por ToDo automático.
    messages : dict
        Trechos que as mensagens de cada ToDo têm de conter.
    """

    name: str
    title: str
    base: str
    cells: dict[str, str]
    expected: dict[str, float]
    messages: dict[str, list[str]]

    @property
    def total(self) -> float:
        """Soma dos pontos automáticos esperados."""
        return sum(self.expected.values())

    def mismatches(
        self, points: Mapping[str, float | None], messages: Mapping[str, Sequence[str]]
    ) -> list[str]:
        """Diferenças entre o que o banco promete e o que a correção deu, por ToDo, em frases."""
        wrong = [
            f"{todo}: {points.get(todo)} pontos, esperados {expected}"
            for todo, expected in self.expected.items()
            if points.get(todo) is None or abs(points[todo] - expected) > 1e-6
        ]
        return wrong + [
            f"{todo}: nenhuma mensagem contém {text!r}"
            for todo, texts in self.messages.items()
            for text in texts
            if not any(text.lower() in message.lower() for message in messages.get(todo, ()))
        ]


def read_answers(lab: Lab) -> list[Answer]:
    """As respostas do banco, com a referência e o esqueleto primeiro."""
    answers = [_read(lab, path) for path in sorted((lab.content / "answers").glob("*.py"))]
    return sorted(answers, key=lambda a: (a.name != REFERENCE, a.name != STUB, a.name))


def _read(lab: Lab, path: Path) -> Answer:
    text = path.read_text(encoding="utf-8")
    block = re.search(r"^# /// resposta\n((?:#.*\n)*?)# ///$", text, flags=re.MULTILINE)
    if block is None:
        raise CorretorError(f"{path}: falta o cabeçalho '# /// resposta … # ///'.")
    header = tomllib.loads("\n".join(line[1:].removeprefix(" ") for line in block[1].splitlines()))
    title, base = header.pop("titulo"), header.pop("base", REFERENCE)
    parts = re.split(r"^# %% (?:\[markdown\] )?(\w+)[^\n]*\n", text[block.end() :], flags=re.MULTILINE)
    cells = {todo: body.strip("\n") for todo, body in zip(parts[1::2], parts[2::2], strict=True)}
    points = lab.points
    unknown = [todo for todo in (*cells, *header) if todo not in points]
    if base not in (REFERENCE, STUB) or unknown:
        raise CorretorError(f"{path}: base ou ToDo desconhecido ({base}, {', '.join(unknown)}).")
    automatic = {todo: worth for todo, (worth, manual) in points.items() if not manual}
    default = automatic if base == REFERENCE else dict.fromkeys(automatic, 0.0)
    return Answer(
        name=path.stem,
        title=title,
        base=base,
        cells=cells,
        expected={todo: float(header.get(todo, {}).get("pontos", default[todo])) for todo in automatic},
        messages={todo: info.get("mensagens", []) for todo, info in header.items()},
    )


def submission(lab: Lab, answer: Answer) -> NotebookNode:
    """O caderno que um estudante com esta resposta entregaria: a versão publicada, preenchida."""
    nb = nbformat.read(lab.release, as_version=4)
    solved = {
        cell["metadata"].get("nbgrader", {}).get("grade_id"): cell["source"] for cell in lab.source_cells
    }
    for cell in nb.cells:
        info = cell.metadata.get("nbgrader", {})
        if not info.get("solution"):
            continue
        todo = info["grade_id"]
        source = solved[todo]
        source = source if isinstance(source, str) else "".join(source)
        if todo in answer.cells:
            text = answer.cells[todo]
            cell.source = (
                re.sub(r"^# ?", "", text, flags=re.MULTILINE) if cell.cell_type == "markdown" else text
            )
        elif answer.base == REFERENCE:
            cell.source = "\n".join(
                line for line in source.split("\n") if _BEGIN not in line and _END not in line
            )
    return nb

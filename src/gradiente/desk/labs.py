"""Os cadernos de uma pasta: as lições e os labs, o que um lab pede e quanto dele está feito."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

STUBS = ("raise NotImplementedError", "*ToDo: escreva aqui a sua resposta.*")
TEST_SUFFIX = "-teste"


class DeskError(Exception):
    """O que impede um comando da mesa, numa frase em português que diz o que fazer."""


@dataclass(frozen=True)
class ToDo:
    """Um ToDo de um caderno de lab.

    Attributes
    ----------
    name : str
        O `grade_id` da resposta: `todo01`.
    title : str
        O título do enunciado: "ToDo 1 · O produto de fatores (6 pontos)".
    by_hand : bool
        Se é de texto, que se corrige à mão.
    done : bool
        Se a resposta já não é o que veio no caderno.
    """

    name: str
    title: str
    by_hand: bool
    done: bool


def read(path: Path) -> NotebookNode:
    """Lê um caderno.

    Raises
    ------
    DeskError
        Se o arquivo não existe ou não é um caderno do Jupyter.
    """
    try:
        return nbformat.read(path, as_version=4)
    except OSError as error:
        raise DeskError(f"Não consigo abrir {path}: {error.strerror or error}.") from error
    except Exception as error:  # o nbformat tem muitas maneiras de não gostar de um arquivo
        raise DeskError(
            f"{path} não é um caderno do Jupyter inteiro. Abra-o no JupyterLab, salve de novo e repita."
        ) from error


def cell_name(cell: NotebookNode) -> str:
    """O `grade_id` de uma célula; vazio se não tem."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def is_lab(nb: NotebookNode) -> bool:
    """Se o caderno tem respostas a escrever."""
    return any(cell.metadata.get("nbgrader", {}).get("solution") for cell in nb.cells)


def title(nb: NotebookNode, path: Path) -> str:
    """O primeiro título do caderno; sem ele, o nome do arquivo."""
    for cell in nb.cells:
        found = re.match(r"#\s+(.+)", cell.source) if cell.cell_type == "markdown" else None
        if found:
            return found[1].strip()
    return path.stem


def todos(nb: NotebookNode) -> list[ToDo]:
    """Os ToDos de um lab, na ordem do caderno."""
    statements = {cell_name(cell): cell.source for cell in nb.cells if cell.cell_type == "markdown"}
    found: dict[str, ToDo] = {}
    for cell in nb.cells:
        mark = cell.metadata.get("nbgrader", {})
        if not mark.get("solution"):
            continue
        name = mark["grade_id"]
        heading = re.search(r"^#+\s*(ToDo .+)$", statements.get(f"{name}-enunciado", ""), re.MULTILINE)
        done = bool(cell.source.strip()) and not any(stub in cell.source for stub in STUBS)
        found[name] = ToDo(name, heading[1].strip() if heading else name, bool(mark.get("grade")), done)
    return list(found.values())


def notebooks(folder: Path) -> list[Path]:
    """Os cadernos de uma pasta e das suas, em ordem, sem as cópias que o Jupyter guarda."""
    return sorted(
        path
        for path in folder.rglob("*.ipynb")
        if not any(part.startswith(".") or part == "entrega" for part in path.relative_to(folder).parts)
    )


def find_lab(name: str, folder: Path) -> Path:
    """O caderno de um lab, pelo caminho ou pelo nome (`lab5`).

    Raises
    ------
    DeskError
        Se não há caderno com esse nome, ou há mais de um.
    """
    given = Path(name)
    if given.suffix == ".ipynb":
        if given.is_file():
            return given
        raise DeskError(f"Não encontro o arquivo {given}.")
    inside = given if given.is_dir() else folder
    labs = [path for path in notebooks(inside) if is_lab(read(path))]
    found = [path for path in labs if given.is_dir() or name in (path.stem, path.parent.name)]
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(str(path) for path in found)
        raise DeskError(f"Há mais de um caderno que serve: {listed}. Diga o caminho de um deles.")
    listed = ", ".join(sorted({path.stem for path in labs})) or "nenhum"
    raise DeskError(
        f"Não encontro o lab {name!r} em {inside.resolve()}. Labs que há aqui: {listed}. "
        "Vá à pasta onde o lab está, ou diga o caminho do caderno."
    )

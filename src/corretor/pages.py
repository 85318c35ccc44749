"""O que as páginas HTML do corretor têm em comum: modelos, números em português, escrita segura."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from . import formulas

_environment = Environment(
    loader=PackageLoader("corretor"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


# O estado também por um sinal: a cor sozinha não diz nada a quem não a vê.
SIGNS = {
    "correct": "✔",
    "partial": "◐",
    "wrong": "✘",
    "not_run": "○",
    "timeout": "⏱",
    "crashed": "⚠",
    "repaired_missing": "∅",
    "infra_error": "⚙",
    "manual": "✎",
}


def number(value: float) -> str:
    """Número com vírgula e sem zeros à toa: 7.5 → "7,5"."""
    return f"{round(float(value), 2):g}".replace(".", ",")


def short(todo: str) -> str:
    """O nome curto de um ToDo: `todo06` → "ToDo 6"."""
    return todo.replace("todo", "ToDo ").replace(" 0", " ")


_environment.filters["n"] = number
_environment.filters["sign"] = lambda state: SIGNS.get(state, "")
_environment.filters["rich"] = lambda text: Markup(formulas.inline(text))
_environment.filters["short"] = short


def write_page(template: str, path: Path, **values: Any) -> None:
    """Preenche um modelo e grava a página inteira de uma vez (nunca pela metade)."""
    write_whole(path, render(template, **values))


def render(template: str, **values: Any) -> str:
    """A página de um modelo."""
    style = Markup(_environment.loader.get_source(_environment, "style.css")[0])
    return _environment.get_template(template).render(style=style, **values)


def write_whole(path: Path, html: str) -> None:
    """Grava um arquivo inteiro de uma vez."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".parcial")
    partial.write_text(html, encoding="utf-8")
    os.replace(partial, path)

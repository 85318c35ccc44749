"""O que as páginas HTML do corretor têm em comum: modelos, números em português, escrita segura."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

_environment = Environment(
    loader=PackageLoader("corretor"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def number(value: float) -> str:
    """Número com vírgula e sem zeros à toa: 7.5 → "7,5"."""
    return f"{round(float(value), 2):g}".replace(".", ",")


def inline_code(text: str) -> Markup:
    """Texto com os trechos entre crases em <code>, e todo o resto como texto puro."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


_environment.filters["n"] = number
_environment.filters["code"] = inline_code
_environment.filters["short"] = lambda todo: todo.replace("todo", "ToDo ").replace(" 0", " ")


def write_page(template: str, path: Path, **values: Any) -> None:
    """Preenche um modelo e grava a página inteira de uma vez (nunca pela metade)."""
    style = Markup(_environment.loader.get_source(_environment, "style.css")[0])
    html = _environment.get_template(template).render(style=style, **values)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".parcial")
    partial.write_text(html, encoding="utf-8")
    os.replace(partial, path)

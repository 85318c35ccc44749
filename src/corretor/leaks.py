"""O que uma página do estudante não pode mostrar, e como se procura: sondas, soluções, verificações, caminhos."""

from __future__ import annotations

import ast
import base64
import binascii
import contextlib
import re
import sys
import tempfile
from collections.abc import Iterable
from html import unescape
from pathlib import Path

import nbformat

from .course import Lab

MIN_LENGTH = 15  # uma linha mais curta diz-se sem querer
_BLOCK = re.compile(r"### BEGIN (?:HIDDEN TESTS|SOLUTION)\n(.*?)### END (?:HIDDEN TESTS|SOLUTION)", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_ENCODED = re.compile(r"[A-Za-z0-9+/=_-]{24,}")
_IMAGE = re.compile(r'src="data:image/[^"]*"')


def secrets(lab: Lab) -> frozenset[str]:
    """As linhas do lab que só quem ensina pode ver, sem os espaços: sondas, soluções e código das verificações.

    Não é segredo o que também está na versão do estudante, nem a primeira frase de uma verificação, que é o
    critério que ele lê.
    """
    hidden: set[str] = set()
    for cell in lab.source_cells:
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        for block in _BLOCK.findall(source):
            hidden |= _lines(block)
    checks = (lab.content / "checks.py").read_text(encoding="utf-8")
    hidden |= _lines(checks) - _docstrings(checks)
    public = {line for cell in nbformat.read(lab.release, as_version=4).cells for line in _lines(cell.source)}
    text = "\n".join(public)
    return frozenset(line for line in hidden if line not in public and line not in text)


def private_paths() -> tuple[str, ...]:
    """As pastas da máquina que corrige."""
    folders = {sys.prefix, sys.base_prefix, str(Path.cwd()), str(Path(__file__).resolve().parents[2])}
    folders |= {str(Path(tempfile.gettempdir(), "ipykernel_")), str(Path(tempfile.gettempdir(), "grad-"))}
    return tuple(sorted((folder for folder in folders if len(folder) > 3), key=len, reverse=True))


def without_paths(text: str) -> str:
    """O texto, com as pastas da máquina que corrige trocadas por reticências."""
    for folder in private_paths():
        text = re.sub(re.escape(folder) + r"[^\s'\":,()]*/", "…/", text).replace(folder, "…")
    return text


def found(text: str, hidden: Iterable[str]) -> list[str]:
    """Os segredos que um texto mostra, mesmo que em HTML, partidos por marcas de estilo ou em base64.

    Parameters
    ----------
    text : str
        Texto puro ou HTML; as imagens embutidas não se leem.
    hidden : iterable of str
        Como `secrets` os dá.
    """
    plain = _squeeze(unescape(_TAG.sub("", _IMAGE.sub("", text))))
    raw = _squeeze(unescape(text))
    decoded = _squeeze("\n".join(_decoded(text)))
    return [line for line in hidden if any(_squeeze(line) in seen for seen in (plain, raw, decoded) if seen)]


def _decoded(text: str) -> list[str]:
    """O que está em base64 ou em hexadecimal num texto."""
    result = []
    for token in _ENCODED.findall(_IMAGE.sub("", text)):
        padded = token + "=" * (-len(token) % 4)
        for decode, data in (
            (base64.b64decode, padded),
            (base64.urlsafe_b64decode, padded),
            (bytes.fromhex, token),
        ):
            with contextlib.suppress(ValueError, binascii.Error):
                result.append(decode(data).decode("utf-8"))
    return result


def _lines(text: str) -> set[str]:
    return {line.strip() for line in text.split("\n") if len(line.strip()) >= MIN_LENGTH}


def _docstrings(source: str) -> set[str]:
    tree = ast.parse(source)
    nodes = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    ]
    lines: set[str] = set()
    for node in nodes:
        first = node.body[0] if node.body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            lines |= _lines(ast.get_source_segment(source, first) or "")
    return lines


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)

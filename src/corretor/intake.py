"""O recebimento: do que houver na pasta de uma entrega, o caderno e as células do estudante, como texto."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.utils import parse_utc

from .course import Lab
from .errors import CorretorError

MAX_BYTES = 20 * 2**20  # de um caderno; os dos labs têm menos de 1 MB, com figuras menos de 5
MAX_CELLS = 2_000  # o maior lab tem 115
MAX_CODE = 2**20  # caracteres de código; os dos labs têm menos de 60 mil
MAX_ENTRIES = 2_000  # arquivos e pastas de uma entrega que se olham
MAX_EXTRA_BYTES = 50 * 2**20  # dos outros arquivos, somados

_SURROGATE = re.compile("[\ud800-\udfff]")
_AGAIN = "Peça o arquivo .ipynb de novo; as outras entregas seguem."


@dataclass(frozen=True)
class Repair:
    """Um conserto: o que dizer ao estudante e o que dizer ao professor."""

    student: str
    instructor: str


@dataclass(frozen=True)
class StudentCell:
    """Uma célula entregue, sem saídas. Nada aqui é de confiança: marcas e ids são só pistas.

    Attributes
    ----------
    kind : str
        `code`, `markdown` ou `raw`.
    mark : dict
        Os metadados `nbgrader` da célula.
    ids : tuple of str
        Identificadores que o editor deixou (o do nbformat 4.5, o do Colab).
    attachments : dict
        Imagens anexadas a um texto.
    """

    kind: str
    text: str
    mark: dict[str, Any] = field(default_factory=dict)
    ids: tuple[str, ...] = ()
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def grade_id(self) -> str:
        """O grade_id que a célula diz ter."""
        value = self.mark.get("grade_id")
        return value if isinstance(value, str) else ""


@dataclass(frozen=True)
class Submission:
    """Um caderno entregue e lido.

    Attributes
    ----------
    name : str
        Caminho do arquivo dentro da pasta da entrega.
    data : bytes
        O arquivo como veio.
    kernel : str
        Nome do núcleo que o caderno pede; vazio se nenhum.
    repairs : tuple of Repair
        O que foi preciso consertar só para ler.
    """

    name: str
    data: bytes
    cells: tuple[StudentCell, ...]
    kernel: str = ""
    repairs: tuple[Repair, ...] = ()


# --- a pasta ------------------------------------------------------------------------------------


def submissions(lab: Lab, student: str) -> list[Submission]:
    """Os cadernos legíveis de uma entrega; o de nome certo, se houver, é o primeiro.

    Raises
    ------
    CorretorError
        Se nenhum puder ser lido, com a causa.
    """
    expected = lab.submitted(student)
    folder, found, errors = expected.parent, [], []
    entries = list(_entries(folder, student))
    names = [path for path in entries if _looks_like_notebook(path)]
    names.sort(key=lambda path: (path != expected, len(path.parts), path.name))
    for path in names[:10]:
        try:
            found.append(parse(_read(path), str(path.relative_to(folder))))
        except CorretorError as error:
            errors.append(str(error))
    if found:
        return found
    if errors:
        raise CorretorError(f"{student}: {errors[0]}")
    if expected.is_dir():
        raise CorretorError(f"{student}: {expected.name} é uma pasta sem cadernos. {_AGAIN}")
    others = ", ".join(sorted({path.relative_to(folder).parts[0] for path in entries})[:8])
    raise CorretorError(
        f"{student}: falta o caderno {expected.name} em {folder} ({others or 'a pasta está vazia'}). {_AGAIN}"
    )


def _entries(folder: Path, student: str) -> Iterator[Path]:
    """Os arquivos da entrega, sem entrar em atalhos nem em pastas ocultas, até o limite."""
    if folder.is_symlink() or folder.parent.is_symlink():
        raise CorretorError(f"{student}: a pasta da entrega é um atalho (link simbólico). {_AGAIN}")
    if not folder.is_dir():
        raise CorretorError(f"{student}: {folder.name} não é uma pasta. Ponha o caderno dentro de uma.")
    count = 0
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
        count += len(folders) + len(files)
        if count > MAX_ENTRIES:
            raise CorretorError(f"{student}: a entrega tem mais de {MAX_ENTRIES} arquivos. {_AGAIN}")
        for name in sorted(files):
            if not name.startswith("."):
                yield Path(here) / name


def _looks_like_notebook(path: Path) -> bool:
    name = path.name.lower()
    return ".ipynb" in name or name.endswith(".json")


def _read(path: Path) -> bytes:
    """Os bytes de um arquivo comum; nunca segue atalhos nem espera por um cano (FIFO)."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        kind = "é um atalho (link simbólico)" if path.is_symlink() else f"não abre ({error.strerror})"
        raise CorretorError(f"{path.name} {kind}. {_AGAIN}") from None
    with os.fdopen(descriptor, "rb") as file:
        info = os.fstat(descriptor)
        if not stat.S_ISREG(info.st_mode):
            raise CorretorError(f"{path.name} não é um arquivo comum. {_AGAIN}")
        if info.st_size > MAX_BYTES:
            raise CorretorError(_too_big(path.name, info.st_size))
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise CorretorError(_too_big(path.name, len(data)))
    return data


def _too_big(name: str, size: int) -> str:
    return (
        f"{name} tem {size / 2**20:.0f} MB; o limite é {MAX_BYTES / 2**20:.0f} MB. Peça que limpe as saídas "
        "do caderno e entregue de novo; as outras entregas seguem."
    )


@contextlib.contextmanager
def staged(lab: Lab, student: str) -> Iterator[Path]:
    """Uma pasta submitted/ particular, só com esta entrega, que o nbgrader sempre consegue ler.

    O caderno dela é vazio: quem o preenche é o conserto, a partir do arquivo original, que ninguém toca. Os
    outros arquivos da entrega vão junto se são comuns e cabem no limite.
    """
    folder = lab.submitted(student).parent
    with tempfile.TemporaryDirectory(prefix="entrega-") as root:
        target = Path(root) / student / lab.name
        target.mkdir(parents=True)
        room = MAX_EXTRA_BYTES
        for path in _entries(folder, student):
            info = path.lstat()
            if not stat.S_ISREG(info.st_mode) or _looks_like_notebook(path) or info.st_size > room:
                continue
            if path.name == "timestamp.txt" and not _is_timestamp(path):
                continue
            room -= info.st_size
            copy = target / path.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy, follow_symlinks=False)
        nbformat.write(nbformat.v4.new_notebook(), target / f"{lab.notebook}.ipynb")
        yield Path(root)


def _is_timestamp(path: Path) -> bool:
    """Se o nbgrader entende a data; com uma que não entende ele recusaria a entrega."""
    try:
        text = path.read_bytes()[:100].decode().strip()
        return bool(text) and parse_utc(text) is not None
    except (ValueError, OverflowError):
        return False


# --- o arquivo ----------------------------------------------------------------------------------


def parse(data: bytes, name: str) -> Submission:
    """Lê um caderno com toda a tolerância: nenhum número, formato ou metadado o torna ilegível.

    Raises
    ------
    CorretorError
        Se não for um caderno: JSON inválido, cortado, com marcas de conflito, ou grande demais.
    """
    repairs: list[Repair] = []
    text = _decode(data, repairs)
    try:
        # Números são só pistas, e um enorme custaria caro: o seu valor não importa.
        content = json.loads(
            text,
            strict=False,
            parse_int=lambda digits: int(digits) if len(digits) < 16 else 0,
            parse_constant=lambda constant: 0.0,
        )
    except (ValueError, RecursionError) as error:
        raise CorretorError(f"{name} {_why_not_json(data, text, error)} {_AGAIN}") from None
    sheets = _cells(content)
    if sheets is None:
        raise CorretorError(f"{name} não é um caderno do Jupyter: não tem células. {_AGAIN}")
    if len(sheets) > MAX_CELLS:
        raise CorretorError(
            f"{name} tem {len(sheets)} células; o limite é {MAX_CELLS}. Ele não parece ser deste lab. {_AGAIN}"
        )
    if "worksheets" in content and not content.get("cells"):
        repairs.append(
            Repair(
                "Seu caderno estava num formato antigo do Jupyter; lemos as células dele assim mesmo.",
                f"{name}: formato antigo (nbformat 3), convertido.",
            )
        )
    cells, broken = [], 0
    for raw in sheets:
        cell = _cell(raw)
        cells += [cell] if cell else []
        broken += cell is None
    if broken:
        repairs.append(
            Repair(
                "Alguma célula do seu caderno não pôde ser lida.",
                f"{name}: {broken} célula(s) ilegível(is), ignorada(s).",
            )
        )
    if sum(len(cell.text) for cell in cells if cell.kind == "code") > MAX_CODE:
        raise CorretorError(f"{name} tem código demais: o limite é de {MAX_CODE // 2**10} kB. {_AGAIN}")
    joined = "".join(cell.text for cell in cells)
    if "\r" in joined or "\x00" in joined:
        cells = [_replace_text(cell, _clean(cell.text)) for cell in cells]
        repairs.append(
            Repair(
                "Havia no seu caderno caracteres de controle deixados por outro sistema; nós os retiramos.",
                f"{name}: fins de linha CRLF ou bytes nulos no texto das células, normalizados.",
            )
        )
    if _SURROGATE.search(joined):
        cells = [_replace_text(cell, cell.text.encode("utf-8", "replace").decode("utf-8")) for cell in cells]
        repairs.append(
            Repair(
                "Havia no seu caderno caracteres inválidos; eles aparecem como “?”.",
                f"{name}: caracteres Unicode inválidos (substitutos isolados), trocados por “?”.",
            )
        )
    return Submission(name, data, tuple(cells), _kernel(content), tuple(repairs))


def _decode(data: bytes, repairs: list[Repair]) -> str:
    """O texto do arquivo, seja qual for a codificação que outro programa lhe deu."""
    encoding = json.detect_encoding(data)
    wide = encoding.startswith(("utf-16", "utf-32"))
    if wide:
        text = data.decode(encoding, "replace")
        if "{" not in text[:100]:  # zeros no começo imitam UTF-16
            encoding, wide = "utf-8", False
    if not wide:
        text = data.decode(encoding.removesuffix("-sig"), "replace").removeprefix("\ufeff")
        bad = text.count("\ufffd") if b"\xef\xbf\xbd" not in data else 0
        if bad:
            good = sum(1 for char in text if ord(char) > 127) - bad
            encoding = "utf-8 com erros" if good > bad else "Latin-1"
            if good <= bad:
                try:
                    text = data.decode("cp1252")
                except UnicodeDecodeError:
                    text = data.decode("latin-1")
    if encoding != "utf-8":
        repairs.append(
            Repair(
                "Seu caderno foi gravado numa codificação de texto incomum; nós a convertemos. Confira se os "
                "acentos das suas respostas estão certos.",
                f"Codificação do arquivo: {encoding}; convertida para UTF-8.",
            )
        )
    if "\x00" in text:
        text = text.replace("\x00", "")
        repairs.append(
            Repair(
                "Seu arquivo tinha bytes nulos, em geral sinal de disco cheio ou cópia interrompida; nós os "
                "retiramos. Confira se as suas respostas estão completas.",
                "Bytes nulos no arquivo, retirados.",
            )
        )
    return text.removeprefix("\ufeff")


def _why_not_json(data: bytes, text: str, error: Exception) -> str:
    """Por que o arquivo não é um caderno, em palavras que ajudem quem vai entregar de novo."""
    head = text[:200].lstrip().lower()
    if not text.strip():
        return "está vazio: não é um caderno."
    if data[:2] == b"PK":
        return "não é um caderno: é um arquivo comprimido (zip ou documento)."
    if head.startswith(("<!doctype", "<html")):
        return "não é um caderno: é uma página HTML."
    if re.search(r"^<{7}( |$)", text, re.MULTILINE) and re.search(r"^>{7}( |$)", text, re.MULTILINE):
        return (
            "tem marcas de conflito do Git (<<<<<<<, >>>>>>>) e não é um caderno legível: é preciso resolver o "
            "conflito antes de entregar."
        )
    if isinstance(error, RecursionError):
        return "não é um caderno: tem estruturas aninhadas demais."
    cut = isinstance(error, json.JSONDecodeError) and (
        error.msg.startswith("Unterminated") or error.pos >= len(text.rstrip()) - 1
    )
    if cut and head.startswith("{"):
        return "está incompleto (foi cortado): o JSON termina antes do fim, e não é um caderno legível."
    return "não é um caderno do Jupyter (JSON inválido)."


def _cells(content: Any) -> list | None:
    """As células, no formato 4 ou nos anteriores; `None` se não é um caderno."""
    if not isinstance(content, dict):
        return None
    if isinstance(content.get("cells"), list) and (content["cells"] or "worksheets" not in content):
        return content["cells"]
    sheets = content.get("worksheets")
    if not isinstance(sheets, list):
        return None
    lists = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
    return [cell for cells in lists if isinstance(cells, list) for cell in cells]


def _cell(raw: Any) -> StudentCell | None:
    if not isinstance(raw, dict):
        return None
    kind = raw.get("cell_type")
    text = _text(raw.get("source", raw.get("input")))
    if text is None:
        return None
    if kind in ("heading", "html"):
        level = raw.get("level")
        marks = "#" * (level if isinstance(level, int) and 1 <= level <= 6 else 1)
        kind, text = "markdown", f"{marks} {text}" if kind == "heading" else text
    elif kind not in ("code", "markdown", "raw"):
        kind = "code" if "outputs" in raw or "execution_count" in raw else "raw"
    metadata = raw.get("metadata") if isinstance(raw.get("metadata"), dict) else {}
    mark = metadata.get("nbgrader") if isinstance(metadata.get("nbgrader"), dict) else {}
    ids = tuple(value for value in (raw.get("id"), metadata.get("id")) if isinstance(value, str) and value)
    return StudentCell(kind, text, mark, ids, _attachments(raw.get("attachments")))


def _text(source: Any) -> str | None:
    """O texto de uma célula, dado como texto ou como lista de linhas (com ou sem o fim de linha)."""
    if source is None:
        return ""
    if isinstance(source, str):
        return source
    if not isinstance(source, list) or not all(isinstance(line, str) for line in source):
        return None
    bare = len(source) > 1 and not any(line.endswith(("\n", "\r")) for line in source[:-1])
    return ("\n" if bare else "").join(source)


def _attachments(raw: Any) -> dict[str, dict[str, str]]:
    """As imagens anexadas; qualquer outra coisa fica de fora."""
    if not isinstance(raw, dict):
        return {}
    kept = {}
    for name, bundle in raw.items():
        if isinstance(bundle, dict):
            images = {
                mime: data
                for mime, data in bundle.items()
                if mime.startswith("image/") and isinstance(data, str) and data.isascii()
            }
            kept |= {name.encode("utf-8", "replace").decode(): images} if images else {}
    return kept


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _replace_text(cell: StudentCell, text: str) -> StudentCell:
    return StudentCell(cell.kind, text, cell.mark, cell.ids, cell.attachments)


def _kernel(content: dict) -> str:
    metadata = content.get("metadata")
    spec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    name = spec.get("name") if isinstance(spec, dict) else None
    return name[:80].encode("utf-8", "replace").decode() if isinstance(name, str) else ""

"""A pasta ou o zip de um download, aberto com segurança: todos os arquivos, também os de zips dentro de zips.

Nenhum nome de dentro de um zip vira caminho no disco: o que se extrai recebe um número, numa pasta temporária. Um
arquivo que não se pode abrir sai com o motivo, e não para os outros.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import struct
import unicodedata
import zipfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

from .errors import CorretorError

MAX_DEPTH = 4  # zips dentro de zips
MAX_ENTRIES = 50_000  # arquivos do download inteiro
MAX_STUDENT_ENTRIES = 2_000  # de um zip que veio dentro do download
MAX_FILE = 100 * 2**20  # bytes de um arquivo extraído
MAX_STUDENT_TOTAL = 200 * 2**20  # extraídos de um zip que veio dentro do download
MAX_TOTAL = 8 * 2**30  # extraídos ao todo
MAX_RATIO = 200  # vezes que um arquivo cresce ao abrir; um caderno cresce umas dez
RATIO_FROM = 2 * 2**20  # abaixo disto a proporção não importa

ENTRY, FILE, CONTAINER = "data no zip da plataforma", "data do arquivo", "data do zip"

MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_[a-z]+(?:_(?P<rest>.*))?", re.IGNORECASE)
CANVAS = re.compile(r"(?P<name>[^\W_]+)_(?P<late>LATE_)?(?P<number>\d+)_(?P<file>\d+)_(?P<rest>.+)")

_LETTERS = set("áàâãäéêèëíîïóôõòöúûüùçñÁÀÂÃÉÊÍÓÔÕÚÜÇªº°–—‘’“”…´`¨ \xa0")
_MANGLED = (("cp437", "utf-8"), ("cp850", "utf-8"), ("cp1252", "utf-8"), ("latin-1", "utf-8"),
            ("cp437", "cp850"), ("cp437", "cp1252"), ("cp1252", "cp850"), ("latin-1", "cp850"))  # fmt: skip


@dataclass(frozen=True)
class Item:
    """Um arquivo do download.

    Attributes
    ----------
    parts : tuple of str
        O caminho legível dele, pelas pastas e pelos zips.
    file : Path or None
        Onde estão os bytes; `None` se foi recusado.
    when : datetime or None
        Quando chegou, pelo que a plataforma escreveu: dentro do zip de um estudante vale a data do zip, porque as
        de dentro são dele.
    source : str
        De onde veio `when`.
    opened : bool
        Se é um zip, cujos arquivos vêm a seguir.
    problem : str
        Por que foi recusado.
    """

    parts: tuple[str, ...]
    file: Path | None = None
    when: datetime | None = None
    source: str = ""
    opened: bool = False
    problem: str = ""

    @property
    def path(self) -> str:
        return "/".join(self.parts)


class Refusal(Exception):
    """Por que um arquivo do download não se abre."""


def read_download(source: Path, workspace: Path) -> list[Item]:
    """Todos os arquivos de uma pasta, de um zip, ou de um arquivo só.

    Parameters
    ----------
    source : Path
        O que se baixou.
    workspace : Path
        Pasta vazia em que se extrai; quem chama a apaga.

    Raises
    ------
    CorretorError
        Se não há o que abrir.
    """
    if not source.exists():
        raise CorretorError(f"Não encontrei {source}. Diga a pasta ou o zip que você baixou.")
    reader = _Reader(workspace)
    if source.is_dir():
        reader.folder(source)
    elif not source.is_file():
        raise CorretorError(f"{source} não é uma pasta nem um arquivo comum.")
    elif is_archive(source):
        try:
            reader.archive(source, (), _modified(source), depth=0)
        except Refusal as error:
            raise CorretorError(f"{source.name}: {error}") from None
    else:
        reader.file(source, (readable(source.name),))
    return reader.items


def is_archive(path: Path) -> bool:
    """Se é um zip de arquivos, pelo conteúdo; documentos (docx, odt, xlsx) também são zips, e não contam."""
    try:
        with path.open("rb") as file:
            if file.read(4) not in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
                return False
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (OSError, ValueError, NotImplementedError, struct.error):
        return False
    except zipfile.BadZipFile:
        return True  # começa como um zip: quem o abrir dirá que está estragado
    return not names & {"[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF"}


def readable(name: str) -> str:
    """Um nome como a pessoa o escreveu: acentos compostos, e os estragos conhecidos de zips desfeitos."""
    if any(
        "\udc80" <= char <= "\udcff" for char in name
    ):  # bytes que não são UTF-8, de um disco ou zip antigo
        raw = name.encode("utf-8", "surrogateescape")
        options = [raw.decode(codec, "replace") for codec in ("cp1252", "cp850")]
        name = next((one for one in options if _portuguese(one)), options[0])
    name = re.sub(r"#U([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), name)
    if re.search(r"%[cC]3%[89abAB][0-9a-fA-F]", name):
        name = unquote(name)
    name = unicodedata.normalize("NFC", name)
    if not _portuguese(name):
        for wrong, right in _MANGLED:
            try:
                fixed = unicodedata.normalize("NFC", name.encode(wrong).decode(right))
            except UnicodeError:
                continue
            if _portuguese(fixed):
                name = fixed
                break
    return "".join(char if char.isprintable() else "?" for char in name)[:255]


def _portuguese(text: str) -> bool:
    if re.search("[ÃÂ][\x80-\xbf]", text):  # o rastro do UTF-8 lido como Latin-1: "NÃºmero"
        return False
    return all(char.isascii() or char in _LETTERS for char in unicodedata.normalize("NFC", text))


def _modified(path: Path) -> datetime:
    return datetime.fromtimestamp(int(path.stat().st_mtime), UTC)


def _entry_time(info: zipfile.ZipInfo) -> datetime | None:
    """A data de um arquivo do zip: a universal, se houver; a local desta máquina; nenhuma, se é a de fábrica."""
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        if kind == 0x5455 and size >= 5 and len(extra) >= 9 and extra[4] & 1:
            return datetime.fromtimestamp(struct.unpack("<i", extra[5:9])[0], UTC)
        extra = extra[4 + size :]
    try:
        when = datetime(*info.date_time).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return when if info.date_time[0] > 1980 else None


class _Reader:
    """Percorre o download e guarda um `Item` por arquivo."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self.items: list[Item] = []
        self.extracted = 0
        self.count = 0

    def folder(self, root: Path) -> None:
        for here, folders, files in os.walk(root):
            folders.sort()
            inside = tuple(readable(part) for part in Path(here).relative_to(root).parts)
            for name in [one for one in folders if (Path(here) / one).is_symlink()]:
                self._refuse((*inside, readable(name)), "é um atalho (link simbólico), que não se segue")
            for name in sorted(files):
                self._counted()
                self.file(Path(here) / name, (*inside, readable(name)))

    def file(self, path: Path, parts: tuple[str, ...]) -> None:
        try:
            info = path.lstat()
            if stat.S_ISLNK(info.st_mode):
                raise Refusal("é um atalho (link simbólico), que não se segue")
            if not stat.S_ISREG(info.st_mode):
                raise Refusal("não é um arquivo comum")
            when = _modified(path)
            self._add(Item(parts, path, when, FILE), depth=1)
        except Refusal as error:
            self._refuse(parts, str(error))
        except OSError as error:
            self._refuse(parts, f"não abre ({error.strerror})")

    def archive(self, path: Path, parts: tuple[str, ...], when: datetime | None, *, depth: int) -> None:
        """Os arquivos de um zip; no do download (`depth` 0) e no da plataforma, valem as datas de dentro."""
        if depth > MAX_DEPTH:
            raise Refusal(f"há zips dentro de zips demais (mais de {MAX_DEPTH}). Peça o caderno fora do zip.")
        try:
            with zipfile.ZipFile(path) as archive:
                infos = [info for info in archive.infolist() if not info.is_dir()]
                outer = depth == 0 or (depth == 1 and _from_platform(infos))
                limit = MAX_ENTRIES if outer else MAX_STUDENT_ENTRIES
                if len(infos) > limit:
                    raise Refusal(f"o zip tem {len(infos)} arquivos; o limite é {limit}. Peça só o caderno.")
                room = MAX_TOTAL if outer else MAX_STUDENT_TOTAL
                for info in infos:
                    self._counted()
                    room -= self._member(archive, info, parts, when, depth, outer, room)
        except (zipfile.BadZipFile, NotImplementedError, struct.error, OSError, ValueError) as error:
            raise Refusal(f"o zip está estragado ou cortado ({error}). Peça o arquivo de novo.") from None

    def _member(
        self,
        archive: zipfile.ZipFile,
        info: zipfile.ZipInfo,
        parts: tuple[str, ...],
        when: datetime | None,
        depth: int,
        outer: bool,
        room: int,
    ) -> int:
        """Extrai um arquivo do zip; devolve quantos bytes gastou."""
        split = [part for part in re.split(r"[/\\]", info.filename) if part not in ("", ".")]
        inside = (*parts, *(readable(part) for part in split or ["(sem nome)"]))
        try:
            if (
                info.filename.startswith(("/", "\\"))
                or ".." in split
                or re.match(r"[A-Za-z]:", info.filename)
            ):
                raise Refusal("o caminho dele no zip sai da pasta (absoluto ou com ..)")
            mode = info.external_attr >> 16
            if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
                raise Refusal("é um atalho (link simbólico) ou outro arquivo especial, dentro do zip")
            if info.flag_bits & 1:
                raise Refusal("está cifrado com senha. Peça o caderno sem senha")
            target, size = self._extract(archive, info, room)
        except Refusal as error:
            self._refuse(inside, str(error))
            return 0
        except Exception as error:  # cada compressor falha à sua maneira (zlib, lzma, NotImplemented…)
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise CorretorError(
                    f"Faltou espaço em {self.workspace.parent} para abrir o download. Libere espaço e repita."
                ) from None
            self._refuse(inside, f"não se extrai: o zip está estragado ({type(error).__name__})")
            return 0
        found = _entry_time(info) if outer else None
        item = Item(inside, target, found or when, ENTRY if found else CONTAINER)
        self._add(item, depth=depth + 1)
        return size

    def _extract(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, room: int) -> tuple[Path, int]:
        """Os bytes, contados enquanto saem: o tamanho que o zip declara pode mentir."""
        target = self.workspace / f"{len(self.items):06d}"
        limit = min(MAX_FILE, room, MAX_TOTAL - self.extracted)
        size = 0
        try:
            with archive.open(info) as source, target.open("wb") as sink:
                while chunk := source.read(2**18):
                    size += len(chunk)
                    if size > limit:
                        raise Refusal(f"passa do limite de {limit / 2**20:.0f} MB ao abrir")
                    if size > RATIO_FROM and size > MAX_RATIO * max(info.compress_size, 1):
                        raise Refusal(f"cresce mais de {MAX_RATIO} vezes ao abrir: parece uma bomba de zip")
                    sink.write(chunk)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        finally:
            self.extracted += size
        return target, size

    def _add(self, item: Item, *, depth: int) -> None:
        at = len(self.items)
        self.items.append(item)
        if item.file is not None and is_archive(item.file):
            try:
                self.items[at] = replace(item, opened=True)
                self.archive(item.file, item.parts, item.when, depth=depth)
            except Refusal as error:
                self.items[at] = replace(item, file=None, problem=str(error))

    def _refuse(self, parts: tuple[str, ...], problem: str) -> None:
        self.items.append(Item(parts, problem=problem))

    def _counted(self) -> None:
        self.count += 1
        if self.count > MAX_ENTRIES:
            raise CorretorError(
                f"O download tem mais de {MAX_ENTRIES} arquivos: é mesmo esta pasta? Nada foi coletado."
            )


def _from_platform(infos: list[zipfile.ZipInfo]) -> bool:
    """Se o zip é um "baixar todos": tem entregas de pelo menos duas pessoas, nomeadas por Moodle ou Canvas."""
    people = set()
    for info in infos:
        for part in re.split(r"[/\\]", info.filename):
            found = MOODLE.fullmatch(part) or CANVAS.fullmatch(part)
            if found:
                people.add(found["number"])
    return len(people) > 1

"""Das entregas baixadas a submitted/: de quem é cada arquivo, qual versão vale, e o que houve com cada um.

Cada arquivo do download sai com um destino e um motivo. O que vale é uma conta sobre todas as versões conhecidas (as
do download, a que está em submitted/ e as guardadas): por isso repetir não muda nada, e uma coleta interrompida se
completa ao repetir.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nbgrader.utils import parse_utc

from . import intake
from .course import Lab, digest
from .downloads import CANVAS, ENTRY, Item, read_download
from .errors import CorretorError
from .export import write_csv
from .identity import AMBIGUOUS as DOUBTFUL
from .identity import EXACT, GUESS, NOBODY, Anyone, Directory, Match, Receipt
from .pages import write_whole
from .records import read_verdicts
from .roster import Student

# O destino de um arquivo. É um estado, não um acontecimento: repetida a coleta, a tabela é a mesma.
SUBMISSION, OLDER, REPEATED = "entrega", "versão anterior", "repetido"
ATTACHED, RECEIPT, OPENED, IGNORED = "anexo", "recibo", "zip aberto", "ignorado"
WAITING, AMBIGUOUS, UNKNOWN = "palpite a confirmar", "ambíguo", "sem estudante"
OTHER_LAB, NOT_NOTEBOOK, REFUSED, MISSING = "outro lab", "sem caderno", "recusado", "não entregou"

DECLARED, KNOWN, NONE = "recibo (declarado pelo estudante)", "coleta anterior", "sem data: hora desta coleta"

_JUNK = {"thumbs.db", "desktop.ini", ".ds_store", "__macosx", ".ipynb_checkpoints"}
_CONTROL = re.compile(
    r"timestamp\.txt|gradebook\.db.*|nbgrader_config\.py|.*\.vereditos\.json", re.IGNORECASE
)
_VERSION = re.compile(r"(\d{4}-\d\d-\d\dT\d{6}Z)-([0-9a-f]{12})(?:-\d+)?")
_STAMP = "%Y-%m-%dT%H%M%SZ"
_STAGE = ".nova-"


@dataclass
class Row:
    """Uma linha da tabela: um arquivo do download, ou alguém que não entregou."""

    file: str
    fate: str = ""
    student: str = ""
    name: str = ""
    how: str = ""
    when: str = ""
    source: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Question:
    """Um palpite que alguém precisa confirmar: `files` seriam de `student`."""

    student: Student
    how: str
    files: tuple[str, ...]


@dataclass
class Collected:
    """O que uma coleta fez (ou faria, simulada).

    Attributes
    ----------
    rows : list of Row
        Uma por arquivo, e uma por pessoa que não entregou.
    table : Path
        O CSV com elas.
    new, updated, kept : list of str
        Entregas novas, trocadas por uma mais recente, e as que ficaram como estavam.
    stale : list of str
        As trocadas que já tinham nota, que é da versão anterior.
    twins : list of tuple of str
        Pessoas com cadernos idênticos.
    """

    rows: list[Row]
    table: Path
    new: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    twins: list[tuple[str, ...]] = field(default_factory=list)

    def fate(self, name: str) -> list[Row]:
        return [row for row in self.rows if row.fate == name]


@dataclass
class _File:
    """Um arquivo em análise."""

    item: Item
    row: Row
    match: Match | None = None
    digest: str = ""  # dos cadernos
    receipt: Receipt | None = None
    when: datetime | None = None


@dataclass
class _Version:
    """Uma versão da entrega de alguém: o caderno e o que veio com ele."""

    when: datetime
    digest: str
    files: list[_File] = field(default_factory=list)
    folder: Path | None = None  # onde já está: em submitted/ ou no histórico
    extras: dict[str, _File] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.when.astimezone(UTC):{_STAMP}}-{self.digest[:12]}"


def collect(
    lab: Lab,
    source: Path,
    *,
    roster: list[Student] | None = None,
    confirm: Callable[[Question], bool] = lambda question: False,
    simulate: bool = False,
) -> Collected:
    """Põe em submitted/ as entregas de um download.

    Parameters
    ----------
    lab : Lab
        O lab que se coleta.
    source : Path
        A pasta ou o zip baixado; nada nele muda.
    roster : list of Student, optional
        A turma; sem ela os identificadores saem dos próprios arquivos.
    confirm : callable
        Diz se um palpite vale.
    simulate : bool
        Só faz a conta, sem gravar.
    """
    root = lab.course.root
    inside, kept = source.resolve(), (root / "submitted").resolve()
    if inside == kept or kept in inside.parents or inside in kept.parents:
        raise CorretorError(f"{source} contém a própria submitted/. Diga a pasta do download, fora dela.")
    with tempfile.TemporaryDirectory(prefix="coleta-") as workspace:
        items = read_download(source, Path(workspace))
        return _Collection(lab, items, roster, confirm, simulate).run()


class _Collection:
    def __init__(
        self,
        lab: Lab,
        items: list[Item],
        roster: list[Student] | None,
        confirm: Callable[[Question], bool],
        simulate: bool,
    ) -> None:
        self.lab, self.simulate, self.confirm = lab, simulate, confirm
        self.people = Directory(roster) if roster is not None else Anyone()
        self.files = [_File(item, Row(item.path)) for item in items]
        self.home = lab.course.root / "coleta" / lab.name
        self.now = datetime.now(UTC).replace(microsecond=0)
        table = lab.course.root / "coleta" / f"coleta-{lab.name}.csv"
        self.result = Collected([file.row for file in self.files], table)
        self.signatures = _signatures(lab)
        self.receipts: list[tuple[tuple[str, ...], Receipt, set[str], datetime | None]] = []

    def run(self) -> Collected:
        for file in self.files:
            self._classify(file)
        notebooks = [file for file in self.files if file.digest]
        extras = [file for file in self.files if not file.digest and not file.row.fate]
        for file in notebooks + extras:
            self._identify(file)
        self._same_claims(notebooks)
        self._neighbours(notebooks, extras)
        self._decide(notebooks + extras)
        mine: dict[str, list[_File]] = defaultdict(list)
        for file in notebooks:
            if not file.row.fate:
                mine[file.row.student].append(file)
        loose: dict[str, list[_File]] = defaultdict(list)
        for file in extras:
            if not file.row.fate:
                loose[file.row.student].append(file)
        if not self.simulate:
            self._sweep()
        for student in sorted({*mine, *loose}):
            try:
                self._student(student, mine[student], loose[student])
            except (CorretorError, OSError) as error:  # a entrega de um não para as outras
                for file in mine[student] + loose[student]:
                    file.row.fate, file.row.reason = REFUSED, f"não gravei: {error}"
        self._twins()
        self._missing()
        if not self.simulate:
            self._write_table()
        return self.result

    # --- o que é cada arquivo -------------------------------------------------------------------

    def _classify(self, file: _File) -> None:
        item, row = file.item, file.row
        name = item.parts[-1]
        file.when, row.source = item.when, item.source
        if item.problem:
            row.fate, row.reason = REFUSED, item.problem
        elif _JUNK & {part.lower() for part in item.parts} or name.startswith("._"):
            row.fate, row.reason = IGNORED, "arquivo que o sistema ou o Jupyter cria sozinho"
        elif item.opened:
            row.fate, row.reason = OPENED, "o que há dentro vem nas outras linhas"
        elif _CONTROL.fullmatch(name):
            row.fate = IGNORED
            row.reason = (
                "arquivo de controle do nbgrader, que o estudante não define: o horário é o do corretor"
            )
        elif item.file.stat().st_size == 0:
            row.fate, row.reason = REFUSED, "está vazio. Peça o arquivo de novo"
        elif not self._receipt(file):
            self._notebook(file)

    def _receipt(self, file: _File) -> bool:
        if not re.fullmatch(r"recibo.*\.json", file.item.parts[-1], re.IGNORECASE):
            return False
        if file.item.file.stat().st_size > 2**16:
            return False
        data = file.item.file.read_bytes()
        try:
            content = json.loads(data)
        except (ValueError, RecursionError):
            file.row.fate, file.row.reason = REFUSED, "o recibo não é um JSON legível; segue-se sem ele"
            return True
        if not isinstance(content, dict) or "cells" in content:
            return False

        def text(*keys: str) -> str:
            values = [content[key] for key in keys if isinstance(content.get(key), str | int)]
            return str(values[0])[:200] if values else ""

        receipt = Receipt(text("matricula", "matrícula"), text("nome"))
        when = _time(text("time", "hora", "horario", "horário", "quando", "data", "momento", "enviado_em"))
        hashes = set(re.findall(r"\b[0-9a-f]{64}\b", data.decode("utf-8", "replace").lower()))
        self.receipts.append((file.item.parts[:-1], receipt, hashes, when))
        file.row.fate = RECEIPT
        file.row.reason = f"diz: {receipt.name}, {receipt.student}. Usado como evidência, e não como prova"
        return True

    def _notebook(self, file: _File) -> None:
        """Reconhece um caderno pelo conteúdo, seja qual for a extensão."""
        item, row = file.item, file.row
        name = item.parts[-1].lower()
        called = ".ipynb" in name
        with item.file.open("rb") as stream:
            head = stream.read(512)
        start = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1]
        if not called and start != b"{":
            return
        try:
            if item.file.stat().st_size > intake.MAX_BYTES:
                raise CorretorError("passa do limite de 20 MB de um caderno. Peça-o com as saídas limpas")
            data = item.file.read_bytes()
            parsed = intake.parse(data, item.parts[-1])
        except CorretorError as error:
            if called or name.endswith(".json"):
                row.fate, row.reason = (
                    REFUSED,
                    str(error).replace(" as outras entregas seguem.", "").rstrip(" ;"),
                )
            return
        other = _other_lab(
            self.lab,
            self.signatures,
            [cell.text for cell in parsed.cells],
            [c.grade_id for c in parsed.cells],
        )
        if other is not None:
            row.fate, row.reason = OTHER_LAB, other
            return
        file.digest = digest(data)

    # --- de quem é ------------------------------------------------------------------------------

    def _identify(self, file: _File) -> None:
        item, row = file.item, file.row
        folder = item.parts[:-1]
        best = None
        for place, receipt, hashes, when in self.receipts:
            confirmed = file.digest in hashes
            beside = bool(place) and folder[: len(place)] == place
            if confirmed and (not place or beside):
                best = (receipt, True, when)
                break
            if beside and best is None:
                best = (receipt, False, when)
        notes = []
        if best is not None:
            file.receipt, confirmed, when = best
            if file.digest and not confirmed:
                notes.append("o recibo não confere com o caderno (sha256)")
            # Uma data que a plataforma escreveu vale mais; e ninguém entrega depois de o arquivo existir.
            weak = row.source != ENTRY
            if confirmed and when and weak and file.when and when <= file.when + timedelta(minutes=1):
                file.when, row.source = when, DECLARED
        if file.when is None:
            file.when, row.source = self.now, NONE
        if any(found and found["late"] for found in map(CANVAS.fullmatch, item.parts)):
            notes.append("o Canvas a marcou como atrasada (LATE)")
        file.match = self.people.match(item.parts, file.receipt)
        notes.append(file.match.note)
        row.reason = "; ".join(note for note in notes if note)

    def _same_claims(self, notebooks: list[_File]) -> None:
        """Sem a lista da turma, dois nomes da plataforma com a mesma matrícula: ninguém fica com ela."""
        claims: dict[str, set[str]] = defaultdict(set)
        for file in notebooks:
            if file.match.claimed:
                claims[file.match.student].add(file.match.claimed)
        for file in notebooks:
            rivals = claims.get(file.match.student, ())
            if len(rivals) > 1:
                file.match = Match(
                    DOUBTFUL,
                    options=tuple(sorted(rivals)),
                    note="a mesma matrícula em entregas de pessoas diferentes",
                )
                file.row.reason = file.match.note

    def _neighbours(self, notebooks: list[_File], extras: list[_File]) -> None:
        """Um anexo sem nome é de quem tem o caderno ao lado."""
        owners: dict[tuple[str, ...], dict[str, Match]] = defaultdict(dict)
        for file in notebooks:
            if file.item.parts[:-1] and file.match.student:
                owners[file.item.parts[:-1]][file.match.student] = file.match
        for file in extras:
            folder = file.item.parts[:-1]
            while folder and folder not in owners:
                folder = folder[:-1]
            found = owners.get(folder, {})
            if len(found) == 1 and file.match.kind != EXACT:
                file.match = next(iter(found.values()))
                file.row.reason = ""

    def _decide(self, files: list[_File]) -> None:
        asked: dict[tuple[str, str], list[_File]] = defaultdict(list)
        for file in files:
            match, row = file.match, file.row
            row.how = match.how
            if match.kind == NOBODY:
                row.fate = UNKNOWN
                row.reason += (
                    ". Ponha o nome ou a matrícula no nome do arquivo, ou acrescente a pessoa à lista"
                )
            elif match.kind == DOUBTFUL:
                row.fate = AMBIGUOUS
                row.reason = f"{row.reason}: {', '.join(match.options)}. Ponha a matrícula no nome do arquivo"
            else:
                row.student = match.student
                person = self.people.students.get(match.student)
                row.name = person.name if person else ""
                if match.kind == GUESS:
                    asked[match.student, match.how].append(file)
        for (student, how), group in sorted(asked.items()):
            person = self.people.students[student]
            said = self.confirm(Question(person, how, tuple(file.row.file for file in group)))
            for file in group:
                if said:
                    file.row.reason = "; ".join(filter(None, ["palpite confirmado", file.row.reason]))
                else:
                    file.row.fate = WAITING
                    file.row.reason = f"parece de {person.name}. Confirme no terminal ou repita com --sim"

    # --- as versões de cada um ------------------------------------------------------------------

    def _student(self, student: str, notebooks: list[_File], extras: list[_File]) -> None:
        current = self._current(student)
        known = {version.digest[:12]: version for version in self._history(student)}
        # Sem submitted/ e com histórico, uma coleta parou no meio da troca: o histórico volta a concorrer.
        versions: dict[str, _Version] = {}
        for file in sorted(notebooks, key=self._preference):
            key = file.digest[:12]
            old = current if current and current.digest == file.digest else known.get(key)
            if old is not None and key not in versions and file.when != old.when:
                file.when, file.row.source = old.when, KNOWN
            if old is not None:
                version = versions.setdefault(key, old)
            else:
                version = versions.setdefault(key, _Version(file.when, file.digest))  # a primeira data vale
            version.files.append(file)
        competing = list(versions.values())
        if current:
            competing += [current] if current not in competing else []
        else:
            competing += [version for key, version in known.items() if key not in versions]
        if not competing:
            for file in extras:
                file.row.fate = NOT_NOTEBOOK
                file.row.reason = "não é um caderno do Jupyter, e nenhum veio com ele. Peça o arquivo .ipynb"
            return
        winner = max(competing, key=lambda one: (one.when, one is current, self._expected(one), one.digest))
        self._attach(versions, winner, extras)
        for version in versions.values():
            self._tell(version, winner)
        if not self.simulate:
            for version in versions.values():
                if version.folder is None and version is not winner:
                    self._store(version, self._archive(student, version))
        if winner is current:
            self.result.kept.append(student)
            self._add_extras(current)
        else:
            (self.result.updated if current else self.result.new).append(student)
            if current and read_verdicts(self.lab, student):
                self.result.stale.append(student)
            if not self.simulate:
                self._install(student, winner, current)

    def _preference(self, file: _File) -> tuple:
        return (file.when, file.row.file)

    def _expected(self, version: _Version) -> bool:
        return any(file.item.parts[-1].lower() == f"{self.lab.notebook}.ipynb" for file in version.files)

    def _current(self, student: str) -> _Version | None:
        path = self.lab.submitted(student)
        folder = path.parent
        if folder.is_symlink() or folder.parent.is_symlink() or path.is_symlink():
            raise CorretorError(f"submitted/{student} é um atalho (link simbólico); apague-o e repita.")
        if not folder.exists():
            return None
        data = path.read_bytes() if path.is_file() else b""
        when = None
        try:
            when = _time((folder / "timestamp.txt").read_text(encoding="utf-8")[:100])
        except (OSError, ValueError):
            when = None
        if when is None:
            when = (
                datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
                if path.is_file()
                else datetime(2000, 1, 1, tzinfo=UTC)
            )
        return _Version(when, digest(data), folder=folder)

    def _history(self, student: str) -> list[_Version]:
        found = []
        for folder in sorted((self.home / student).glob("*")):
            name = _VERSION.fullmatch(folder.name)
            notebook = folder / f"{self.lab.notebook}.ipynb"
            if name and notebook.is_file() and not folder.is_symlink():
                when = datetime.strptime(name[1], _STAMP).replace(tzinfo=UTC)
                found.append(_Version(when, digest(notebook.read_bytes()), folder=folder))
        return found

    def _attach(self, versions: dict[str, _Version], winner: _Version, extras: list[_File]) -> None:
        """Cada anexo vai com o caderno que veio mais perto dele; solto, com o que vale."""
        for file in extras:
            parts = file.item.parts

            def near(pair: tuple[_Version, _File], parts=parts) -> tuple:
                other = pair[1].item.parts[:-1]
                common = sum(1 for at in range(len(other)) if parts[: at + 1] == other[: at + 1] != parts)
                return (common, pair[0] is winner, pair[0].when)

            pairs = [(version, notebook) for version in versions.values() for notebook in version.files]
            version, notebook = max(pairs, key=near) if pairs else (winner, None)
            base = notebook.item.parts[:-1] if notebook else ()
            inner = parts[len(base) :] if base and parts[: len(base)] == base else parts[-1:]
            path = "/".join(_harmless(part) for part in inner)
            room = sum(one.item.file.stat().st_size for one in version.extras.values())
            size = file.item.file.stat().st_size
            if room + size > intake.MAX_EXTRA_BYTES:
                file.row.fate, file.row.reason = REFUSED, "os anexos dessa pessoa passam de 50 MB"
                continue
            file.digest = digest(file.item.file.read_bytes())
            twin = version.extras.get(path)
            if twin is not None and twin.digest == file.digest:
                file.row.fate, file.row.reason = REPEATED, f"igual a {twin.row.file}"
                continue
            if twin is not None or path.lower() == f"{self.lab.notebook}.ipynb":
                path = f"{file.digest[:8]}-{path.replace('/', '-')}"
            version.extras[path] = file
            file.row.fate, file.row.reason = ATTACHED, f"guardado com o caderno, como {path}"

    def _tell(self, version: _Version, winner: _Version) -> None:
        first = version.files[0]
        for file in version.files:
            row = file.row
            row.when = f"{file.when.astimezone():%Y-%m-%d %H:%M:%S}"
            if file is not first:
                row.fate, said = REPEATED, f"idêntico a {first.row.file}"
            elif version is winner:
                row.fate, said = SUBMISSION, ""
            else:
                latest = f"{winner.when.astimezone():%d/%m/%Y %H:%M:%S}"
                row.fate, said = OLDER, f"vale a de {latest}; esta ficou em coleta/{self.lab.name}/"
                if version.when == winner.when:
                    said = f"mesma data que a que vale, {winner.files[0].row.file if winner.files else 'a de antes'}; esta ficou em coleta/"
            row.reason = "; ".join(filter(None, [said, row.reason]))

    # --- gravar ---------------------------------------------------------------------------------

    def _sweep(self) -> None:
        """Apaga o que uma coleta interrompida deixou pela metade."""
        self.home.mkdir(parents=True, exist_ok=True)
        for folder in self.home.glob(f"{_STAGE}*"):
            shutil.rmtree(folder, ignore_errors=True)

    def _archive(self, student: str, version: _Version) -> Path:
        """Um lugar livre no histórico."""
        folder = self.home / student / version.name
        count = 1
        while folder.exists():
            count += 1
            folder = folder.with_name(f"{version.name}-{count}")
        folder.parent.mkdir(parents=True, exist_ok=True)
        return folder

    def _store(self, version: _Version, target: Path) -> None:
        """Grava uma versão inteira noutra pasta e a põe no lugar de uma vez."""
        stage = Path(tempfile.mkdtemp(prefix=_STAGE, dir=self.home))
        stage.chmod(0o755)
        shutil.copyfile(version.files[0].item.file, stage / f"{self.lab.notebook}.ipynb")
        (stage / "timestamp.txt").write_text(
            f"{version.when.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC\n", encoding="utf-8"
        )
        for path, file in version.extras.items():
            copy = stage / path
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file.item.file, copy)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.rename(stage, target)

    def _install(self, student: str, winner: _Version, current: _Version | None) -> None:
        """Troca a entrega: a de antes vai para o histórico, a que vale entra. Entre os dois passos nada se perde."""
        target = self.lab.submitted(student).parent
        ready = winner.folder
        if ready is None:
            ready = self._archive(student, winner)
            self._store(winner, ready)
        if current is not None:
            os.rename(target, self._archive(student, current))
        target.parent.mkdir(parents=True, exist_ok=True)
        os.rename(ready, target)
        winner.folder = target
        self._add_extras(winner)

    def _add_extras(self, version: _Version) -> None:
        """Os anexos que ainda não estão com o caderno."""
        if self.simulate or version.folder is None:
            return
        for path, file in version.extras.items():
            copy = version.folder / path
            if copy.exists() or copy.is_symlink():
                if not copy.is_symlink() and copy.is_file() and digest(copy.read_bytes()) == file.digest:
                    continue
                path = f"{file.digest[:8]}-{path.replace('/', '-')}"
                copy = version.folder / path
                file.row.reason = f"guardado com o caderno, como {path}"
            copy.parent.mkdir(parents=True, exist_ok=True)
            partial = copy.with_name(f".{copy.name}.parcial")
            shutil.copyfile(file.item.file, partial)
            os.replace(partial, copy)

    # --- a turma inteira ------------------------------------------------------------------------

    def _twins(self) -> None:
        """Cadernos idênticos de pessoas diferentes, contando os que já estavam em submitted/."""
        owners: dict[str, set[str]] = defaultdict(set)
        for file in self.files:
            if file.digest and file.row.fate == SUBMISSION:
                owners[file.digest].add(file.row.student)
        for student in self.lab.course.submissions(self.lab):
            path = self.lab.submitted(student)
            if path.is_file() and not path.is_symlink():
                owners[digest(path.read_bytes())].add(student)
        blank = digest(self.lab.release.read_bytes()) if self.lab.release.is_file() else ""
        for key, people in sorted(owners.items()):
            for file in self.files:
                if file.digest == key and file.row.fate == SUBMISSION:
                    others = ", ".join(sorted(people - {file.row.student}))
                    said = "igual ao caderno publicado: nada preenchido" if key == blank else ""
                    said = said or (f"idêntico ao de {others}" if others else "")
                    file.row.reason = "; ".join(filter(None, [file.row.reason, said]))
            if len(people) > 1 and key != blank:
                self.result.twins.append(tuple(sorted(people)))

    def _missing(self) -> None:
        there = set(self.lab.course.submissions(self.lab)) | {
            row.student for row in self.result.fate(SUBMISSION)
        }
        for one in self.people.students.values():
            if one.id in there:
                continue
            seen = [row for row in self.result.rows if row.student == one.id]
            waiting = [row for row in seen if row.fate == WAITING]
            reason = "nenhum arquivo no download"
            if waiting:
                reason = f"há um palpite por confirmar: {waiting[0].file}"
            elif seen:
                reason = f"só chegou o que não serve: {seen[0].file} ({seen[0].fate})"
            self.result.rows.append(Row("", MISSING, one.id, one.name, reason=reason))

    def _write_table(self) -> None:
        head = (
            "arquivo",
            "destino",
            "estudante",
            "nome",
            "evidência",
            "horário",
            "de onde vem o horário",
            "motivo",
        )
        table = [
            (
                row.file,
                row.fate,
                row.student,
                row.name,
                row.how,
                row.when,
                row.source if row.when else "",
                row.reason,
            )
            for row in self.result.rows
        ]
        text = "\ufeff" + write_csv([head, *table], comma=True)
        path = self.result.table
        if path.exists() and path.read_bytes() != text.encode():
            # A tabela de outro download também conta arquivos: guarda-se.
            old = path.read_bytes()
            kept = self.home / f"coleta-{digest(old)[:12]}.csv"
            if not kept.exists():
                shutil.copy2(path, kept)
        if not path.exists() or path.read_bytes() != text.encode():
            write_whole(path, text)


# --- de que lab é -------------------------------------------------------------------------------


def _signatures(lab: Lab) -> dict[str, set[str]]:
    """O que só um lab diz: os textos das células de cada um que nenhum outro tem."""
    texts: dict[str, set[str]] = {}
    for name in lab.course.labs:
        try:
            cells = lab.course.lab(name).source_cells
        except CorretorError:  # um lab ainda não gerado não se compara
            continue
        texts[name] = {_plain(_source(cell)) for cell in cells if len(_plain(_source(cell))) > 20}
    return {
        name: own - set().union(*(other for rival, other in texts.items() if rival != name))
        for name, own in texts.items()
    }


def _other_lab(lab: Lab, signatures: dict[str, set[str]], texts: list[str], marks: list[str]) -> str | None:
    """Por que um caderno não é deste lab; `None` se é, ou se não se pode dizer que não."""
    seen = {_plain(text) for text in texts}
    counts = {name: len(own & seen) for name, own in signatures.items()}
    best = max(counts, key=lambda name: (counts[name], name == lab.name))
    if counts[best] > counts.get(lab.name, 0):
        return f"é do {best}. Colete-o com: corretor collect {best}"
    if counts.get(lab.name, 0):
        return None
    ours = {cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in lab.source_cells}
    asked = set()
    for cell in lab.source_cells:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            asked |= set(re.findall(r"^def (\w+)", _source(cell), re.MULTILINE))
    defined = set(re.findall(r"^def (\w+)", "\n".join(texts), re.MULTILINE))
    if ours & set(marks) - {None, ""} or asked & defined:
        return None
    return f"não tem nenhuma célula do {lab.name} nem o que ele pede. Confira com o estudante"


def _source(cell: dict) -> str:
    return cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])


def _plain(text: str) -> str:
    return " ".join(text.split())


def _harmless(part: str) -> str:
    """Um nome de arquivo que não sai da pasta, não se esconde e não pede cuidado no terminal."""
    text = re.sub(r"[^\w .()@+,=~\[\]{}-]", "_", part).strip().lstrip(".") or "sem-nome"
    return text if len(text.encode()) <= 120 else f"{digest(text.encode())[:8]}{Path(text[-20:]).suffix}"


def _time(text: str) -> datetime | None:
    """Uma data, com fuso; sem fuso, a hora desta máquina. O nbgrader escreve as dele em UTC."""
    text = text.strip()
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        pass
    try:
        return parse_utc(text).replace(tzinfo=UTC, microsecond=0)
    except (ValueError, OverflowError, TypeError, AttributeError):
        return None

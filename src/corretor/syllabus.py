"""O mapa do curso (content/ementa.toml): lê, confere com as lições escritas e conta a cobertura."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

import jupytext

from .course import Course
from .errors import CorretorError


@dataclass(frozen=True)
class Lesson:
    """Uma lição do mapa e, se já foi escrita, o que o texto dela declara.

    Attributes
    ----------
    number : int
        Lugar na ordem sugerida.
    id : str
        Código no mapa; a primeira letra é a da parte, e as afirmações o levam ("B1-01").
    slug, subject : str
        Fim do nome do arquivo, e o assunto.
    requires : tuple of str
        Códigos das lições de que esta depende diretamente.
    concepts : tuple of str
        O que se aprende, para a tabela de conceitos.
    rows : frozenset of str
        Linhas do inventário que a lição tem de cobrir.
    written : bool
        Se há texto em content/lessons/.
    title : str
        O título do texto; o assunto, se ela não foi escrita.
    covers : frozenset of str
        Linhas do inventário que o texto declara cobrir.
    seconds : int or None
        Tempo de execução que o cartão da lição declara.
    """

    number: int
    id: str
    slug: str
    subject: str
    requires: tuple[str, ...]
    concepts: tuple[str, ...]
    rows: frozenset[str]
    written: bool
    title: str
    covers: frozenset[str]
    seconds: int | None

    @property
    def stem(self) -> str:
        """O nome do arquivo, sem extensão ("04-desvanecimento-e-saturacao")."""
        return f"{self.number:02d}-{self.slug}"


@dataclass(frozen=True)
class LabEntry:
    """Um lab do mapa: o que ele pratica e quais linhas do inventário cobre."""

    id: str
    subject: str
    practices: tuple[str, ...]
    rows: frozenset[str]
    written: bool


@dataclass(frozen=True)
class Syllabus:
    """O curso inteiro: partes (letra → nome), lições e labs, na ordem sugerida."""

    parts: dict[str, str]
    lessons: tuple[Lesson, ...]
    labs: tuple[LabEntry, ...]

    def labs_for(self, lesson: str) -> list[LabEntry]:
        """Os labs que praticam uma lição."""
        return [lab for lab in self.labs if lesson in lab.practices]


def read(course: Course) -> Syllabus:
    """Lê o mapa e os cabeçalhos das lições escritas.

    Raises
    ------
    CorretorError
        Se o mapa se contradisser (código repetido, pré-requisito que não existe ou que vem depois) ou se
        uma lição escrita não estiver nele, tiver outro código, não declarar o que deve cobrir ou mostrar
        no cartão um tempo diferente do declarado.
    """
    data = tomllib.loads((course.content / "ementa.toml").read_text(encoding="utf-8"))
    files = {path.stem: path for path in (course.content / "lessons").glob("[0-9]*.py")}
    lessons = []
    known: set[str] = set()
    for entry in data["lessons"]:
        stem = f"{entry['number']:02d}-{entry['slug']}"
        if entry["id"] in known or entry["id"][0] not in data["parts"]:
            raise CorretorError(f"ementa.toml: {entry['id']} está repetido ou não pertence a nenhuma parte.")
        missing = set(entry["requires"]) - known
        if missing:
            raise CorretorError(f"ementa.toml: {stem} depende de {', '.join(missing)}, que não vem antes.")
        known.add(entry["id"])
        header = _header(files.pop(stem), entry) if stem in files else {}
        lessons.append(
            Lesson(
                number=entry["number"],
                id=entry["id"],
                slug=entry["slug"],
                subject=entry["subject"],
                requires=tuple(entry["requires"]),
                concepts=tuple(entry["concepts"]),
                rows=frozenset(entry["rows"]),
                written=bool(header),
                title=header.get("title", entry["subject"]),
                covers=frozenset(header.get("covers", [])),
                seconds=header.get("seconds"),
            )
        )
    if files:
        raise CorretorError(f"Lições fora do mapa (content/ementa.toml): {', '.join(sorted(files))}.")
    labs = [
        LabEntry(
            lab["id"],
            lab["subject"],
            tuple(lab["practices"]),
            frozenset(lab["rows"]),
            any(name.startswith(f"{lab['id']}-") for name in course.labs),
        )
        for lab in data["labs"]
    ]
    return Syllabus(data["parts"], tuple(lessons), tuple(labs))


def _header(path: Path, entry: dict) -> dict:
    """O cabeçalho `gradiente` de uma lição, conferido com o mapa e com o cartão."""
    nb = jupytext.read(path, fmt="py:percent")
    header = dict(nb.metadata.get("gradiente", {}))
    if header.get("id") != entry["id"]:
        raise CorretorError(f"{path.name}: o código é {header.get('id')!r}; no mapa, {entry['id']!r}.")
    missing = set(entry["rows"]) - set(header.get("covers", []))
    if missing:
        raise CorretorError(f"{path.name}: faltam em covers {', '.join(sorted(missing))}.")
    if f"cerca de {header.get('seconds')} s em dois núcleos de CPU" not in nb.cells[0].source:
        raise CorretorError(f"{path.name}: o cartão não mostra o tempo do cabeçalho (seconds).")
    return header


# --- cobertura ----------------------------------------------------------------------------------


def coverage(syllabus: Syllabus) -> tuple[set[str], set[str]]:
    """As linhas do inventário já cobertas por lições e labs escritos, e as que faltam."""
    every = {row for entry in (*syllabus.lessons, *syllabus.labs) for row in entry.rows}
    done = {row for lesson in syllabus.lessons for row in lesson.covers}
    done |= {row for lab in syllabus.labs if lab.written for row in lab.rows}
    return every & done, every - done


def ranges(rows: set[str]) -> list[str]:
    """Junta linhas seguidas do inventário ("S0-01 a S0-03", "S2-10")."""
    runs: list[list[str]] = []
    for row in sorted(rows):
        source, number = row.split("-")
        if runs and runs[-1][-1] == f"{source}-{int(number) - 1:02d}":
            runs[-1].append(row)
        else:
            runs.append([row])
    return [run[0] if len(run) == 1 else f"{run[0]} a {run[-1]}" for run in runs]

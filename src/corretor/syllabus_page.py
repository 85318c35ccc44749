"""Gera docs/ementa.md e a sua figura a partir do mapa do curso."""

from __future__ import annotations

import hashlib
import textwrap
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from .course import Course
from .syllabus import LabEntry, Lesson, Syllabus

PAGE = Path("docs") / "ementa.md"
IMAGE = Path("docs") / "imagens" / "ementa.png"


def write(course: Course, syllabus: Syllabus) -> int:
    """Regenera a página e a figura; devolve quantos arquivos mudaram."""
    path, text, changed = course.root / PAGE, page(syllabus), 0
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        changed += 1
    if not is_drawn(course, syllabus):
        draw(syllabus, course.root / IMAGE)
        changed += 1
    return changed


# --- a página -----------------------------------------------------------------------------------


def page(syllabus: Syllabus) -> str:
    """O texto de docs/ementa.md."""
    return "\n".join(_page_lines(syllabus)) + "\n"


def _page_lines(syllabus: Syllabus) -> Iterator[str]:
    by_id = {lesson.id: lesson for lesson in syllabus.lessons}
    yield "# Ementa"
    yield ""
    yield "<!-- Gerada de content/ementa.toml e dos cabeçalhos das lições por `make notebooks`. Não edite à mão. -->"
    yield ""
    yield "Cada lição depende das que apontam para ela; a numeração é uma ordem em que todas as dependências são respeitadas."
    yield "Em cinza, o que ainda não foi escrito."
    yield ""
    alt = "; ".join(
        f"{lesson.number:02d} {lesson.subject}"
        + (
            f" precisa de {', '.join(f'{by_id[i].number:02d}' for i in lesson.requires)}"
            if lesson.requires
            else " não tem pré-requisito"
        )
        for lesson in syllabus.lessons
    )
    yield f"![Grafo de pré-requisitos. {alt}.](imagens/ementa.png)"
    yield ""
    yield "## Lições"
    for letter, name in syllabus.parts.items():
        yield ""
        yield f"### Parte {letter} · {name}"
        yield ""
        yield "| lição | pergunta | precisa de | pratica-se em | execução |"
        yield "|---|---|---|---|---|"
        for lesson in (entry for entry in syllabus.lessons if entry.id.startswith(letter)):
            subject = f"{lesson.number:02d} · {lesson.subject}"
            link = f"[{subject}](../notebooks/{lesson.stem}.ipynb)" if lesson.written else subject
            title = lesson.title if lesson.written else "*em preparação*"
            needs = ", ".join(f"{by_id[i].number:02d}" for i in lesson.requires) or "—"
            labs = ", ".join(_lab_link(lab) for lab in syllabus.labs_for(lesson.id)) or "—"
            seconds = f"{lesson.seconds} s" if lesson.seconds else "—"
            yield f"| {link} | {title} | {needs} | {labs} | {seconds} |"
    yield ""
    yield "A execução é a do caderno inteiro, medida em dois núcleos de CPU, com o TensorFlow já instalado."
    yield ""
    yield "## Labs"
    yield ""
    yield "| lab | lições que pratica |"
    yield "|---|---|"
    for lab in syllabus.labs:
        names = ", ".join(f"{by_id[i].number:02d} {by_id[i].subject}" for i in lab.practices)
        state = "" if lab.written else " (*em preparação*)"
        yield f"| {_lab_link(lab)} · {lab.subject}{state} | {names} |"
    yield ""
    yield "## Do conceito à lição e ao lab"
    yield ""
    yield "| conceito | lição | lab |"
    yield "|---|---|---|"
    concepts = [(concept, lesson) for lesson in syllabus.lessons for concept in lesson.concepts]
    for concept, lesson in sorted(concepts, key=lambda pair: _sort_key(pair[0])):
        subject = f"{lesson.number:02d} · {lesson.subject}"
        link = f"[{subject}](../notebooks/{lesson.stem}.ipynb)" if lesson.written else subject
        labs = ", ".join(_lab_link(lab) for lab in syllabus.labs_for(lesson.id)) or "—"
        yield f"| {concept} | {link} | {labs} |"


def _lab_link(lab: LabEntry) -> str:
    return lab.id.replace("lab", "Lab ")


def _sort_key(concept: str) -> str:
    """Ordem alfabética do português: sem acentos, sem maiúsculas, sem o itálico do Markdown."""
    bare = unicodedata.normalize("NFKD", concept.replace("*", "")).encode("ascii", "ignore").decode()
    return bare.lower()


# --- a figura -----------------------------------------------------------------------------------


def fingerprint(syllabus: Syllabus) -> str:
    """Resumo do que a figura mostra. Ela o guarda nos metadados, e assim se sabe se está em dia."""
    shown = [
        (entry.number, entry.id, entry.subject, entry.requires, entry.written) for entry in syllabus.lessons
    ]
    return hashlib.sha256(repr((syllabus.parts, shown)).encode()).hexdigest()


def is_drawn(course: Course, syllabus: Syllabus) -> bool:
    """Se a figura existe e mostra este mapa."""
    path = course.root / IMAGE
    return path.exists() and fingerprint(syllabus).encode() in path.read_bytes()


def draw(syllabus: Syllabus, path: Path) -> None:
    """Desenha os pré-requisitos em PNG: uma faixa por parte; as setas vêm do que é preciso antes.

    Na horizontal está a profundidade: quantas lições, no caminho mais longo, vêm antes.
    """
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
    from matplotlib.path import Path as Curve

    from gradiente.figures import PALETTE, plt  # o estilo do curso; só aqui, para não atrasar o terminal

    center, bands, width = _layout(syllabus)
    height = max(high for _, high in bands.values())
    figure, ax = plt.subplots(figsize=(1.75 * width + 0.9, 0.9 * height + 0.4))
    ax.axis("off")
    ax.set_xlim(-1.3, width - 0.45)
    ax.set_ylim(height, 0)
    colors = dict(zip(syllabus.parts, PALETTE, strict=False))
    for letter, (low, high) in bands.items():
        ax.axhspan(low + 0.04, high - 0.04, color=colors[letter], alpha=0.07, linewidth=0)
        name = textwrap.fill(syllabus.parts[letter], 11, break_long_words=False)
        ax.text(
            -1.25, (low + high) / 2, name, va="center", fontsize=11, fontweight="bold", color=colors[letter]
        )
    for lesson in syllabus.lessons:
        x, y = center[lesson.id]
        for need in lesson.requires:
            (start, level), end = center[need], x - _HALF
            start += _HALF
            bend = min(0.6, (end - start) / 2)  # sai e chega na horizontal: as setas se seguem com os olhos
            corners = [(start, level), (start + bend, level), (end - bend, y), (end, y)]
            ax.add_patch(
                FancyArrowPatch(
                    path=Curve(corners, [Curve.MOVETO, *[Curve.CURVE4] * 3]),
                    arrowstyle="-|>",
                    mutation_scale=11,
                    color=colors[need[0]],
                    linewidth=1.4,
                    alpha=0.75,
                    zorder=1,
                )
            )
        ax.add_patch(
            FancyBboxPatch(
                (x - _HALF + 0.04, y - 0.3),
                2 * _HALF - 0.08,
                0.6,
                boxstyle="round,pad=0.04",
                facecolor="white" if lesson.written else "#EFEFEF",
                edgecolor=colors[lesson.id[0]] if lesson.written else "#C4C4C4",
                linewidth=1.8,
                zorder=2,
            )
        )
        subject = textwrap.fill(lesson.subject, 16)
        tone = "black" if lesson.written else "#7A7A7A"
        label = {
            "ha": "center",
            "va": "center",
            "fontsize": 9,
            "linespacing": 1.05,
            "color": tone,
            "zorder": 3,
        }
        ax.text(x, y, f"{lesson.number:02d}\n{subject}", **label)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110, metadata={"Software": None, "Source": fingerprint(syllabus)})
    plt.close(figure)


_HALF = 0.4  # metade da largura de uma caixa, em colunas


def _layout(
    syllabus: Syllabus,
) -> tuple[dict[str, tuple[float, float]], dict[str, tuple[float, float]], int]:
    """O centro de cada lição, a faixa vertical de cada parte e o número de colunas."""
    depth: dict[str, int] = {}
    for lesson in syllabus.lessons:  # cada uma vem depois das que precisa
        depth[lesson.id] = 1 + max((depth[need] for need in lesson.requires), default=-1)
    bands: dict[str, tuple[float, float]] = {}
    center: dict[str, tuple[float, float]] = {}
    low = 0.0
    for letter in syllabus.parts:
        stacks: dict[int, list[Lesson]] = {}
        for lesson in syllabus.lessons:
            if lesson.id[0] == letter:
                stacks.setdefault(depth[lesson.id], []).append(lesson)
        rows = max((len(stack) for stack in stacks.values()), default=1)
        for column in sorted(stacks):  # quem vem de cima fica em cima: menos setas se cruzam
            stack = sorted(stacks[column], key=lambda entry: _height_of_needs(entry, center))
            for index, lesson in enumerate(stack):
                center[lesson.id] = (float(column), low + (index + 0.5) * rows / len(stack))
        bands[letter] = (low, low + rows)
        low += rows
    return center, bands, 1 + max(depth.values())


def _height_of_needs(lesson: Lesson, center: dict[str, tuple[float, float]]) -> float:
    heights = [center[need][1] for need in lesson.requires]
    return sum(heights) / len(heights) if heights else 0.0

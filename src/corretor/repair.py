"""O conserto: as respostas do estudante transplantadas para o caderno do professor, e a lista do que se fez."""

from __future__ import annotations

import ast
import copy
import re
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from .course import Course, Lab
from .errors import CorretorError
from .intake import Repair, StudentCell, Submission, submissions
from .repair_notes import Notes
from .template import ANSWER, LOCKED, PLAIN, Template, defined_names, line_names, template

# Chaves que só o conserto escreve: o caderno que sai daqui não traz nenhum metadado do estudante.
REPAIRS_KEY = "corretor_repairs"  # do caderno: a lista de consertos
MISSING_KEY = "corretor_missing"  # da célula de resposta: não havia resposta na entrega

# No lugar de uma resposta em texto que não se achou. Como difere do esqueleto, o nbgrader a deixa para a
# correção à mão: alguém olha se ela não está noutro ponto do caderno, e ninguém leva zero por engano.
NOT_FOUND = "*A célula desta resposta não foi encontrada no caderno entregue.*"

COMPARED = 4_000  # caracteres de cada célula que se comparam: limita o custo de uma entrega enorme
ALIKE = 0.6  # semelhança a partir da qual dois textos são o mesmo, editado

_IMPORTED = re.compile(r"(?:from\s+\S+\s+)?import\s+(.+)")


# --- a entrega ----------------------------------------------------------------------------------


def read(lab: Lab, student: str) -> Submission:
    """O caderno a corrigir, entre os da entrega.

    O de nome certo vale, a menos que esteja por responder e outro não; entre os de nome errado, o que tem mais
    respostas.

    Raises
    ------
    CorretorError
        Se nenhum for legível, ou se houver dois diferentes com o mesmo direito.
    """
    found = submissions(lab, student)
    expected = lab.submitted(student).name
    others: list[Submission] = []
    chosen = found[0]
    if len(found) > 1 or chosen.name != expected:
        official = template(lab)
        worth = [_Transplant(official, one.cells).answered for one in found]
        if chosen.name != expected or not worth[0]:
            best = max(worth)
            chosen = found[worth.index(best)]
            rivals = [
                one for one, value in zip(found, worth, strict=True) if value == best and one.name != expected
            ]
            if chosen.name != expected and any(one.cells != chosen.cells for one in rivals):
                names = ", ".join(one.name for one in rivals)
                raise CorretorError(
                    f"{student}: há mais de um caderno e não sei qual vale ({names}). Deixe só um."
                )
        others = [one for one in found if one is not chosen]
    notes = list(chosen.repairs)
    if chosen.name != expected:
        notes.append(
            Repair(
                f"O caderno deveria chamar-se {expected}; corrigimos o que encontramos, {_shown(chosen.name)}.",
                f"Caderno com outro nome: {_shown(chosen.name)} no lugar de {expected}.",
            )
        )
    if others:
        names = ", ".join(_shown(one.name) for one in others)
        notes.append(
            Repair(
                f"Havia mais de um caderno na entrega; corrigimos {_shown(chosen.name)}.",
                f"Outros cadernos na entrega, não corrigidos: {names}.",
            )
        )
    return Submission(chosen.name, chosen.data, chosen.cells, chosen.kernel, tuple(notes))


def read_submission(lab: Lab, student: str) -> bytes:
    """Os bytes do caderno que será corrigido, como o estudante o entregou.

    Raises
    ------
    CorretorError
        Se ele faltar ou não for um caderno.
    """
    return read(lab, student).data


def _shown(name: str) -> str:
    """Um nome de arquivo do estudante que se pode mostrar."""
    return "".join(char if char.isprintable() else "?" for char in name)[:80]


def repair(official: Template, submission: Submission) -> tuple[NotebookNode, list[Repair]]:
    """O caderno limpo: as células do professor, na ordem dele, com as respostas do estudante.

    Parameters
    ----------
    official : Template
        O caderno do professor.
    submission : Submission
        O que o estudante entregou.

    Returns
    -------
    NotebookNode
        Sem nenhum metadado do estudante, e sem saídas.
    list of Repair
        O que foi preciso fazer; vazia para uma entrega intacta.
    """
    work = _Transplant(official, submission.cells)
    nb = work.notebook()
    repairs = [*submission.repairs, *work.notes.repairs()]
    wanted = official.metadata.get("kernelspec", {}).get("name", "")
    if submission.kernel and submission.kernel != wanted:
        repairs.append(
            Repair(
                "Seu caderno pedia outro núcleo (ambiente do Python); ele foi executado no do curso.",
                f"Núcleo {_shown(submission.kernel)!r} trocado pelo do curso.",
            )
        )
    nb.metadata[REPAIRS_KEY] = [{"student": one.student, "instructor": one.instructor} for one in repairs]
    return nb, repairs


class RepairSubmission(NbGraderPreprocessor):
    """Troca o caderno que o nbgrader leu pelo caderno limpo, feito do arquivo original da entrega."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        lab = Course.find(Path.cwd()).lab(resources["nbgrader"]["assignment"])
        nb, _ = repair(template(lab), read(lab, resources["nbgrader"]["student"]))
        return nb, resources


# --- textos -------------------------------------------------------------------------------------


def _norm(text: str) -> str:
    """O texto sem o que não se vê: espaços no fim das linhas, linhas vazias em volta."""
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))


def _brings(text: str) -> set[str]:
    """O que um código acrescenta ao que vem depois: nomes definidos e importados."""
    imports = {found[1].strip() for line in text.split("\n") if (found := _IMPORTED.match(line[:300]))}
    return defined_names(text) | imports


def _parses(text: str) -> bool:
    """Se é Python (fora linhas mágicas do IPython); na dúvida, por tamanho, diz que sim."""
    if len(text) > 100_000:
        return True
    code = "\n".join("" if line.startswith(("%", "!", "?")) else line for line in text.split("\n"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def _added(text: str, original: str) -> str:
    """As linhas que não estão no texto do lab: acrescentadas ou mudadas pelo estudante."""
    known = set(original.split("\n"))
    return "\n".join(line for line in text.split("\n") if line not in known).strip("\n")


def _unfence(text: str) -> str:
    """O código de uma célula de texto que era só um bloco de código."""
    found = re.fullmatch(r"\s*```\w*[ \t]*\n(.*?)\n?```\s*", text, flags=re.DOTALL)
    return found[1] if found else text


# --- o transplante ------------------------------------------------------------------------------


class _Transplant:
    """Acha o lugar de cada célula entregue e monta o caderno limpo.

    Uma célula do estudante tem um dono (uma célula do professor), ou é extra. Donos são decididos pela marca,
    depois pelo texto igual, pelos nomes que o código define, pela semelhança e, por fim, pela posição.
    """

    def __init__(self, official: Template, cells: tuple[StudentCell, ...]) -> None:
        self.template, self.official, self.cells = official, official.cells, cells
        self.texts = [_norm(cell.text) for cell in cells]
        self.stubs = [_norm(one.text) for one in self.official]
        self._known_words: dict[str, frozenset[str]] = {}
        self.owner: dict[int, int] = {}
        self.pieces: dict[int, str] = {}  # o que resta de uma célula sem a resposta de outro ToDo
        self.additions: dict[int, list[str]] = defaultdict(list)  # respostas achadas dentro de outras células
        self.notes = Notes(self.official)
        self.owner_of = {name: index for index in official.answers for name in self.official[index].names}
        self._by_mark()
        self._by_content()
        self._by_text()
        self._by_names()
        self._by_similarity()
        self._by_position()
        self._halves()
        self._separate()

    @property
    def answered(self) -> int:
        """Quantas respostas foram preenchidas."""
        return sum(self._has_answer(index) for index in self.template.answers)

    def _alike(self, one: str, other: str) -> float:
        """Semelhança entre dois textos, de 0 a 1, pelas palavras em comum: barata, por pior que sejam."""
        first, second = self._words(one), self._words(other)
        total = len(first) + len(second)
        return 2 * len(first & second) / total if total else 0.0

    def _words(self, text: str) -> frozenset[str]:
        if text not in self._known_words:
            self._known_words[text] = frozenset(re.findall(r"\w+", text[:COMPARED]))
        return self._known_words[text]

    def _claims(self, index: int) -> list[int]:
        return [i for i in range(len(self.cells)) if self.owner.get(i) == index]

    def _free(self) -> list[int]:
        return [i for i in range(len(self.cells)) if i not in self.owner and self.texts[i]]

    def _unclaimed(self) -> list[int]:
        taken = set(self.owner.values())
        return [index for index in range(len(self.official)) if index not in taken]

    def _is_stub(self, i: int, index: int) -> bool:
        return self.texts[i] in ("", self.stubs[index])

    def _has_answer(self, index: int) -> bool:
        return bool(self.additions[index]) or any(not self._is_stub(i, index) for i in self._claims(index))

    def _by_mark(self) -> None:
        marks = {one.label: index for index, one in enumerate(self.official) if one.label}
        ids = {one.cell.id: index for index, one in enumerate(self.official)}
        seen = Counter(name for cell in self.cells for name in set(cell.ids))
        for i, cell in enumerate(self.cells):
            index = marks.get(cell.grade_id)
            if index is None and cell.grade_id:
                self.notes.add("unknown")
            if index is None:
                index = next((ids[name] for name in cell.ids if name in ids and seen[name] == 1), None)
            if index is not None:
                self.owner[i] = index

    def _by_content(self) -> None:
        """Marcas trocadas: uma célula que claramente responde a outro ToDo não é do ToDo que diz ser."""
        contrary: dict[int, int] = {}
        for i, index in self.owner.items():
            owners = {self.owner_of[name] for name in defined_names(self.texts[i]) if name in self.owner_of}
            if not owners and self.texts[i] and self.stubs.count(self.texts[i]) == 1:
                owners = {self.stubs.index(self.texts[i])}
            if owners and index not in owners:
                contrary[i] = min(owners)
        for i, right in contrary.items():
            rivals = [j for j in self._claims(right) if j not in contrary and not self._is_stub(j, right)]
            if not rivals:
                self.owner[i] = right
                if self.official[right].role == ANSWER:
                    self.notes.add("moved", right)
        self._release_scratch()

    def _release_scratch(self) -> None:
        """Uma cópia da célula de resposta usada para rascunho, longe dela, é uma célula extra."""
        for index in self.template.answers:
            claims, wanted = self._claims(index), self.official[index].names
            good = [i for i in claims if defined_names(self.texts[i]) & wanted]
            for i in [i for i in claims if good and i not in good and not self._is_stub(i, index)]:
                if self.owner.get(i - 1) != index and self.owner.get(i + 1) != index:
                    del self.owner[i]

    def _by_text(self) -> None:
        counts = Counter(self.stubs)
        free = defaultdict(list)
        for i in self._free():
            free[self.texts[i]].append(i)
        for index in self._unclaimed():
            text = self.stubs[index]
            if text and counts[text] == 1 and free[text]:
                self.owner[free[text][0]] = index

    def _by_names(self) -> None:
        wanted = {index for index in self.template.answers if not self._has_answer(index)}
        for kinds in (("code",), ("raw", "markdown")):
            for i in [i for i in self._free() if self.cells[i].kind in kinds]:
                owners = [
                    self.owner_of[name]
                    for name in defined_names(_unfence(self.texts[i]))
                    if name in self.owner_of
                ]
                owners = [
                    index
                    for index in owners
                    if index in wanted and self.official[index].cell.cell_type == "code"
                ]
                if owners:
                    index = Counter(sorted(owners)).most_common(1)[0][0]
                    if self._claims(index) and not self._only_by_content(index):
                        self.notes.add("moved", index)
                    self.owner[i] = index
            wanted = {index for index in wanted if not self._has_answer(index)}

    def _only_by_content(self, index: int) -> bool:
        """Se quem reclama a resposta o faz só pelo conteúdo."""
        return all(self.cells[i].grade_id != self.official[index].label for i in self._claims(index))

    def _by_similarity(self) -> None:
        free = self._free()
        for index in self._unclaimed():
            one = self.official[index]
            if one.role == ANSWER or len(one.text) < 20:
                continue
            near = [i for i in free if self.cells[i].kind == one.cell.cell_type and i not in self.owner]
            scores = [(self._alike(self.texts[i], self.stubs[index]), -i) for i in near]
            score, best = max(scores, default=(0.0, 0))
            if score >= ALIKE:
                self.owner[-best] = index

    def _by_position(self) -> None:
        """O que ficou sem dono entre dois vizinhos conhecidos, e a resposta que falta entre eles."""
        for index in self._unclaimed():
            run = self._gap(index)
            one = self.official[index]
            same = [i for i in run if self.cells[i].kind == one.cell.cell_type]
            if one.role != ANSWER:
                same = [i for i in same if self.texts[i] == self.stubs[index]][:1]
            elif one.cell.cell_type == "code":
                same = same[:1]
            if not same and one.role == ANSWER and len(run) == 1 and self.texts[run[0]] not in self.stubs:
                same = run
            for i in same:
                self.owner[i] = index
        prose = [
            i
            for i in self._unclaimed()
            if self.official[i].role == ANSWER and self.official[i].cell.cell_type != "code"
        ]
        free = [i for i in self._free() if self.cells[i].kind != "code"]
        if len(prose) == len(free) == 1:
            self.owner[free[0]] = prose[0]

    def _gap(self, index: int) -> list[int]:
        """As células sem dono logo depois da vizinha anterior da que falta, ou logo antes da seguinte."""
        where = {owner: i for i, owner in self.owner.items()}
        before = max((one for one in where if one < index), default=None)
        after = min((one for one in where if one > index), default=None)
        run = []
        if before is not None or after is None:
            start = max(self._claims(before)) + 1 if before is not None else 0
            for i in range(start, len(self.cells)):
                if i in self.owner:
                    break
                run.append(i)
        if not run and after is not None:
            for i in range(min(self._claims(after)) - 1, -1, -1):
                if i in self.owner:
                    break
                run.insert(0, i)
        return [i for i in run if self.texts[i]]

    def _halves(self) -> None:
        """Uma resposta que não é Python sozinha, e com a célula extra vizinha é, foi partida ao meio."""
        for i, index in sorted(self.owner.items()):
            one, text = self.official[index], self.texts[i]
            if one.role != ANSWER or one.cell.cell_type != "code" or _parses(text):
                continue
            for j, order in ((i + 1, (i, i + 1)), (i - 1, (i - 1, i))):
                free = 0 <= j < len(self.cells) and j not in self.owner
                if free and _parses("\n".join(self.cells[k].text for k in order)):
                    self.owner[j] = index
                    break

    def _separate(self) -> None:
        """Separa, de uma célula, a resposta de outro ToDo que ficou sem célula (células fundidas)."""
        for i, home in sorted(self.owner.items()):
            one, text = self.official[home], self.texts[i]
            if one.cell.cell_type != "code" or text == self.stubs[home]:
                continue
            if one.role == LOCKED:
                text = _added(text, self.stubs[home]) if self._alike(text, self.stubs[home]) >= ALIKE else ""
            wanted = {
                index for index in self.template.answers if index != home and not self._has_answer(index)
            }
            found = {self.owner_of[name] for name in defined_names(text) if name in self.owner_of} & wanted
            # Um esqueleto intacto ao lado é sinal de que a resposta só está aqui se aqui houver a sua função.
            found = {index for index in found if not self._claims(index) or self._defines(text, index)}
            if not found:
                continue
            parts = _segments(self._without_official(text), self.owner_of, found, home)
            for index, part in parts.items():
                if index != home:
                    self.additions[index].append(part)
                    self.notes.add("merged" if one.role == ANSWER else "moved", index)
            if one.role == ANSWER:
                self.pieces[i] = parts.get(home, "")
                self.notes.add("merged", home)

    def _defines(self, text: str, index: int) -> bool:
        return any(
            re.search(rf"^(?:async )?(?:def|class) {re.escape(name)}\b", text, re.MULTILINE)
            for name in self.official[index].names
        )

    def _without_official(self, text: str) -> str:
        for index, one in enumerate(self.official):
            stub = self.stubs[index]
            if one.role != ANSWER and stub and stub in text:
                text = text.replace(stub, "")
        return text

    # --- as respostas ---

    def _text(self, i: int, index: int) -> str:
        """O texto que uma célula do estudante traz a uma resposta."""
        text = self.pieces.get(i, self.cells[i].text)
        if self.official[index].cell.cell_type == "code" and self.cells[i].kind != "code":
            text = _unfence(text)
        return text

    def _answer(self, index: int) -> tuple[str | None, list[tuple[str, str]], list[tuple[str, str]]]:
        """A resposta (`None` se não havia), e o que vai antes e depois dela: pares (tipo, texto)."""
        claims = self._claims(index)
        texts = [self._text(i, index) for i in claims] + self.additions[index]
        filled = [text for text in dict.fromkeys(texts) if _norm(text) not in ("", self.stubs[index])]
        if len(claims) > 1 and len(filled) < len(claims):
            self.notes.add("duplicated", index)
        if not filled:
            return (texts[-1] if texts else None), [], []
        if len(filled) == 1:
            return filled[0], [], []
        if self.official[index].cell.cell_type != "code":
            return self._prose(index, filled)
        joined = "\n".join(filled)
        if not all(_parses(text) for text in filled) and _parses(joined):
            self.notes.add("joined", index)
            return joined, [], []
        kept: list[tuple[str, str]] = []
        later: set[str] = set()
        for text in reversed(filled):
            brings = _brings(text)
            old = bool(kept) and (not _parses(text) or (bool(brings) and brings <= later))
            later |= brings
            kept.insert(0, ("raw" if old else "code", text))
        self.notes.add("superseded", *[index for kind, _ in kept if kind == "raw"])
        code = [n for n, (kind, _) in enumerate(kept) if kind == "code"]
        if len(code) > 1:
            self.notes.add("parts", index)
        main = next(
            (n for n in reversed(code) if defined_names(kept[n][1]) & self.official[index].names), code[-1]
        )
        return kept[main][1], kept[:main], kept[main + 1 :]

    def _prose(
        self, index: int, filled: list[str]
    ) -> tuple[str, list[tuple[str, str]], list[tuple[str, str]]]:
        last = filled[-1]
        old = [text for text in filled[:-1] if _norm(text) in _norm(last) or self._alike(text, last) >= 0.8]
        parts = [text for text in filled if text not in old]
        if len(parts) > 1:
            self.notes.add("joined", index)
        if old:
            self.notes.add("superseded", index)
        return "\n\n".join(parts), [("raw", text) for text in old], []

    # --- o caderno ---

    def notebook(self) -> NotebookNode:
        """O caderno limpo; as anotações ficam completas depois dele."""
        before: dict[int, list[NotebookNode]] = defaultdict(list)
        after: dict[int, list[NotebookNode]] = defaultdict(list)
        for i in range(len(self.cells)):
            self._place_extra(i, before, after)
        result = []
        for index in range(len(self.official)):
            cell, first, last = self._official_cell(index)
            result += [*before[index], *[_extra(*pair) for pair in first], cell]
            result += [*[_extra(*pair) for pair in last], *after[index]]
        result = before[-1] + result
        used = {one.cell.id for one in self.official}
        number = 0
        for cell in result:
            while "id" not in cell:
                number += 1
                if f"extra-{number}" not in used:
                    cell["id"] = f"extra-{number}"
        self._compare()
        metadata = copy.deepcopy(self.template.metadata)
        return nbformat.from_dict({"cells": result, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})

    def _official_cell(self, index: int) -> tuple[NotebookNode, list, list]:
        one, claims = self.official[index], self._claims(index)
        cell = copy.deepcopy(one.cell)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        first: list[tuple[str, str]] = []
        last: list[tuple[str, str]] = []
        if one.role == ANSWER:
            text, first, last = self._answer(index)
            if text is None:
                cell.metadata[MISSING_KEY] = True
                if cell.cell_type != "code":
                    cell.source = NOT_FOUND
                self.notes.add("missing", index)
            else:
                cell.source = text
        elif one.role == PLAIN and claims:
            cell.source = self.cells[claims[0]].text
        if cell.cell_type == "markdown":
            attachments = {k: v for i in claims for k, v in self.cells[i].attachments.items()}
            if attachments and one.role != LOCKED:
                cell["attachments"] = attachments
        return cell, first, last

    def _place_extra(self, i: int, before: dict, after: dict) -> None:
        """Põe uma célula extra onde estava em relação às vizinhas."""
        cell = self._leftover(i)
        if cell is None:
            return
        index = self.owner.get(i)
        if index is not None:
            side = before if cell.cell_type == "code" else after
            side[index].append(cell)
            return
        previous = next((self.owner[j] for j in range(i - 1, -1, -1) if j in self.owner), None)
        following = next((self.owner[j] for j in range(i + 1, len(self.cells)) if j in self.owner), None)
        if previous is None and following is None:
            before[-1].append(cell)
        elif previous is None:
            before[following].append(cell)
        elif following in (None, previous, previous + 1) or not self._uses(following, i):
            after[previous].append(cell)
        else:
            before[following].append(cell)

    def _uses(self, index: int, i: int) -> bool:
        """Se as células do estudante que ficam em `index` usam um nome que a célula extra define."""
        words = {word for j in self._claims(index) for word in re.findall(r"\w+", self.texts[j][:COMPARED])}
        return bool(defined_names(self.texts[i]) & words)

    def _leftover(self, i: int) -> NotebookNode | None:
        """A célula extra que resta de uma célula entregue; `None` se nada resta."""
        cell, index = self.cells[i], self.owner.get(i)
        if index is None:
            return (
                _extra(cell.kind, cell.text, cell.attachments) if self.texts[i] or cell.attachments else None
            )
        one = self.official[index]
        if one.role == ANSWER:
            return None
        mine, original = self.texts[i], self.stubs[index]
        if one.role == PLAIN:
            same = i == self._claims(index)[0] or mine in ("", original)
            return None if same else _extra(cell.kind, cell.text)
        if mine in ("", original) or (original in mine and one.cell.cell_type == "code"):
            return None
        if self._alike(mine, original) < ALIKE and not mine.startswith(original):
            moved = any(part in mine for index in self.additions for part in self.additions[index])
            return None if moved else _extra(cell.kind, cell.text)
        rest = _added(mine, original) if one.cell.cell_type == "markdown" else ""
        return _extra("markdown", rest) if rest.strip() else None

    def _compare(self) -> None:
        """Anota as diferenças entre o que veio e o que saiu."""
        for i, index in self.owner.items():
            one, cell = self.official[index], self.cells[i]
            if cell.kind != one.cell.cell_type:
                self.notes.add("retyped", index)
            if one.role == LOCKED and self.texts[i] != self.stubs[index]:
                self.notes.add("edited", index)
            if one.label and cell.grade_id == one.label:
                mark = one.cell.metadata.nbgrader
                keys = ("grade", "solution", "locked", "points")
                if any(cell.mark.get(key) != mark.get(key) for key in keys):
                    self.notes.add("metadata", index)
            elif one.role == ANSWER:
                self.notes.add("recognized", index)
        for index, one in enumerate(self.official):
            claims = self._claims(index)
            if not claims and one.role != ANSWER:
                self.notes.add(*(("restored", index) if one.label else ("restored_plain",)))
            if len(claims) > 1 and one.role == LOCKED:
                self.notes.add("duplicated", index)
        order = [self.owner[i] for i in sorted(self.owner)]
        if order != sorted(order):
            self.notes.add("reordered")
        fixed = [index for index, one in enumerate(self.official) if one.role == LOCKED]
        if fixed and not any(
            self._alike(self.texts[i], self.stubs[x]) >= ALIKE for x in fixed for i in self._claims(x)
        ):
            self.notes.add("stranger")


def _segments(text: str, owner_of: dict[str, int], wanted: Iterable[int], home: int) -> dict[int, str]:
    """Parte um código pelas definições de cada ToDo; comentários e decoradores vão com o que os segue."""
    allowed = {*wanted, home}
    parts: dict[int, list[str]] = {}
    current: int | None = None
    lead: list[str] = []
    for line in text.split("\n"):
        owners = {owner_of[name] for name in line_names(line) if name in owner_of} & allowed
        if owners and current not in owners:
            current = min(owners)
        if not line.strip() or line.startswith(("#", "@")) or current is None:
            lead.append(line)
            continue
        parts.setdefault(current, []).extend([*lead, line])
        lead = []
    if parts:
        parts[current].extend(lead)
    return {index: "\n".join(lines).strip("\n") for index, lines in parts.items()}


def _extra(kind: str, text: str, attachments: dict | None = None) -> NotebookNode:
    """Uma célula do estudante que não é de nenhum ToDo."""
    cell = {"cell_type": kind, "metadata": {}, "source": text}
    if kind == "code":
        cell |= {"outputs": [], "execution_count": None}
    elif attachments:
        cell["attachments"] = attachments
    return nbformat.from_dict(cell)

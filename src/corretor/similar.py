"""Respostas parecidas demais entre as entregas de um lab: indícios para uma conversa, nunca vereditos.

Impressões digitais por *winnowing* (Schleimer, Wilkerson e Aiken, "Winnowing: Local Algorithms for Document
Fingerprinting", SIGMOD 2003) sobre os símbolos do código, com os nomes apagados. Cada trecho partilhado pesa pela
raridade dele na turma: o que muitos escreveram é a resposta natural, e não acusa ninguém.
"""

from __future__ import annotations

import hashlib
import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Keyword, Literal, Name, Text

from .answers import read_answers
from .course import Lab
from .errors import CorretorError
from .pages import short, write_page
from .repair import MISSING_KEY, read, repair
from .template import template

CODE, PROSE = 12, 7  # símbolos de código, ou palavras, de um trecho comparado
WINDOW = 4  # de cada tantos trechos seguidos, guarda-se ao menos um
ENOUGH = (
    14.0  # raridade partilhada abaixo da qual não se diz nada: uma dúzia de linhas incomuns, mais ou menos
)
COMMON = 0.35  # raridade abaixo da qual um trecho é a resposta natural, e não conta
SMALL_CLASS = 8  # com menos entregas, raridade na turma quer dizer pouco
SHOWN_PAIRS = 60  # na página
MAX_TEXT = 20_000  # caracteres de uma resposta que se comparam

_LEXER = PythonLexer(stripnl=False, ensurenl=False)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Token:
    """Um símbolo do código, ou uma palavra, e onde está no texto."""

    value: str
    start: int
    end: int


@dataclass
class Answer:
    """Uma resposta: o texto, os símbolos, e a impressão de cada trecho, na ordem."""

    todo: str
    text: str
    tokens: list[Token]
    grams: list[int]
    length: int  # símbolos de um trecho


@dataclass
class Entry:
    """Uma entrega: as respostas, e as impressões digitais delas."""

    student: str
    answers: list[Answer]
    prints: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Piece:
    """Um pedaço de resposta; `shared` diz se ele está também na outra."""

    text: str
    shared: bool


@dataclass(frozen=True)
class Side:
    """Uma resposta com trechos partilhados, em pedaços."""

    todo: str
    pieces: list[Piece]


@dataclass(frozen=True)
class Pair:
    """Duas entregas parecidas.

    Attributes
    ----------
    similarity : float
        Parte do que há de incomum na entrega menor que está também na outra, de 0 a 1.
    evidence : float
        Quanto de incomum as duas partilham: a soma das raridades dos trechos.
    places : tuple of str
        Os ToDos com trechos partilhados.
    left, right : list of Side
        As respostas com trechos partilhados, lado a lado.
    """

    first: str
    second: str
    similarity: float
    evidence: float
    places: tuple[str, ...] = ()
    left: list[Side] = field(default_factory=list)
    right: list[Side] = field(default_factory=list)


@dataclass(frozen=True)
class Found:
    """O resultado: os pares, do mais parecido ao menos; quantas entregas; e as que não se leem, com a causa."""

    pairs: list[Pair]
    compared: int
    minimum: float
    unread: dict[str, str]


def compare(lab: Lab, *, minimum: float = 0.6) -> Found:
    """Compara as entregas de um lab, duas a duas, pelo índice dos trechos que partilham.

    Só contam as células de resposta, menos o que veio na versão do estudante. As respostas do banco do lab, que
    são soluções independentes, também dizem o que é comum.

    Parameters
    ----------
    lab : Lab
        O lab, com source/ e release/ em dia.
    minimum : float
        Semelhança, de 0 a 1, a partir da qual um par se mostra.
    """
    official = template(lab)
    starter = {
        print_
        for cell in official.cells
        for print_ in _answer("", cell.text, prose=cell.cell.cell_type == "markdown").grams
    }
    entries, unread = [], {}
    for student in lab.course.submissions(lab):
        try:
            nb, _ = repair(official, read(lab, student))
        except CorretorError as error:
            unread[student] = str(error)
            continue
        entries.append(Entry(student, _answers(nb.cells)))
    for entry in entries:
        entry.prints = _prints(entry.answers, starter)
    weights = _weights(entries, _known(lab, starter))
    pairs = [
        _explain(entries[i], entries[j], similarity, evidence, weights, starter)
        for i, j, similarity, evidence in _close(entries, weights, minimum)
    ]
    return Found(pairs, len(entries), minimum, unread)


def write_similar(lab: Lab, found: Found) -> Path:
    """Escreve relatorio/<lab>-semelhantes.html, com os pares lado a lado; abre sem rede."""
    path = lab.course.root / "relatorio" / f"{lab.name}-semelhantes.html"
    write_page(
        "similar.html.j2",
        path,
        title=lab.settings.get("title", lab.name),
        found=found,
        shown=found.pairs[:SHOWN_PAIRS],
        titles=lab.titles,
        small=found.compared < SMALL_CLASS,
    )
    return path


# --- os trechos ---------------------------------------------------------------------------------


def _answers(cells: Iterable) -> list[Answer]:
    """As respostas de um caderno consertado, por ToDo."""
    result = []
    for cell in cells:
        info = cell.metadata.get("nbgrader", {})
        if info.get("solution") and not cell.metadata.get(MISSING_KEY):
            result.append(_answer(info["grade_id"], cell.source, prose=cell.cell_type == "markdown"))
    return result


def _answer(todo: str, text: str, *, prose: bool) -> Answer:
    text = text[:MAX_TEXT]
    tokens, length = (words(text), PROSE) if prose else (symbols(text), CODE)
    return Answer(todo, text, tokens, _grams([token.value for token in tokens], length), length)


def words(text: str) -> list[Token]:
    """As palavras de um texto, sem maiúsculas nem pontuação."""
    return [Token(found[0].casefold(), found.start(), found.end()) for found in _WORD.finditer(text)]


def symbols(text: str) -> list[Token]:
    """Os símbolos de um código, mesmo que ele não se possa interpretar.

    Saem comentários, docstrings e espaços. Nomes viram `N` (renomear não muda nada), menos os de atributos e
    funções do Python, que quem copia não pode trocar; textos viram `S`.
    """
    result: list[Token] = []
    after_dot = False
    for start, kind, value in _LEXER.get_tokens_unprocessed(text):
        if kind in Comment or kind in Text or kind in Literal.String.Doc or not value.strip():
            continue
        if kind in Literal.String and kind not in Literal.String.Interpol:
            if result and result[-1].value == "S" and start == result[-1].end:
                result[-1] = Token("S", result[-1].start, start + len(value))  # aspas, prefixo e miolo
                continue
            shown = "S"
        elif kind in Name and kind not in Name.Builtin and not after_dot:
            shown = "N"
        elif kind in Keyword or kind in Name:
            shown = value
        else:
            shown = value.strip()
        result.append(Token(shown, start, start + len(value)))
        after_dot = value == "."
    return result


def _grams(values: Sequence[str], length: int) -> list[int]:
    """A impressão de cada trecho de `length` símbolos seguidos; um texto mais curto não tem nenhuma."""
    return [
        int.from_bytes(
            hashlib.blake2b("\x1f".join(values[i : i + length]).encode(), digest_size=8).digest(), "big"
        )
        for i in range(len(values) - length + 1)
    ]


def winnow(grams: Sequence[int], window: int = WINDOW) -> set[int]:
    """De cada `window` trechos seguidos, o de menor impressão: a mesma escolha em qualquer texto que os tenha."""
    return {min(grams[i : i + window]) for i in range(max(1, len(grams) - window + 1))} if grams else set()


def _prints(answers: Iterable[Answer], starter: set[int]) -> frozenset[int]:
    """As impressões de uma entrega, sem as do código que veio pronto."""
    return frozenset(gram for answer in answers for gram in winnow(answer.grams)) - starter


# --- a raridade ---------------------------------------------------------------------------------


def _known(lab: Lab, starter: set[int]) -> list[frozenset[int]]:
    """As soluções do banco e a do professor."""
    if not (lab.content / "answers").is_dir():
        return []
    known = []
    for answer in read_answers(lab):
        cells = [_answer(todo, text, prose=False) for todo, text in answer.cells.items()]
        known.append(_prints(cells, starter))
    marks = {"### BEGIN SOLUTION", "### END SOLUTION"}
    reference = []
    for cell in lab.source_cells:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
            text = "\n".join(line for line in source.split("\n") if line.strip() not in marks)
            reference.append(_answer("", text, prose=cell["cell_type"] == "markdown"))
    return [*known, _prints(reference, starter)]


def _weights(entries: Sequence[Entry], known: Sequence[frozenset[int]]) -> dict[int, float]:
    """A raridade de cada trecho: 1 se só dois o escreveram, 0 se todos; abaixo de COMMON, nada.

    Cada solução conhecida que o tem conta como mais um colega que o escreveu.
    """
    size = len(entries)
    times = Counter(gram for entry in entries for gram in entry.prints)
    others = Counter(gram for prints in known for gram in prints)
    if size < 3:  # sem turma não há raridade
        return {gram: 1.0 for gram in times if not others[gram]}
    weights = {}
    for gram, count in times.items():
        authors = min(size, max(2, count + others[gram]))
        rarity = math.log(size / authors) / math.log(size / 2)
        if rarity >= COMMON:
            weights[gram] = rarity
    return weights


def _close(
    entries: Sequence[Entry], weights: dict[int, float], minimum: float
) -> list[tuple[int, int, float, float]]:
    """Os pares a mostrar: índices, semelhança e evidência, do mais parecido ao menos.

    Um produto de matrizes, aos blocos, no lugar de comparar textos dois a dois.
    """
    times = Counter(gram for entry in entries for gram in entry.prints if gram in weights)
    rows: dict[int, list[int]] = {}
    for i, entry in enumerate(entries):
        for gram in entry.prints:
            if times[gram] > 1:
                rows.setdefault(gram, []).append(i)
    shared = np.zeros((len(entries), len(entries)), dtype=np.float32)
    grams = sorted(rows)
    for begin in range(0, len(grams), 4096):
        block = grams[begin : begin + 4096]
        present = np.zeros((len(entries), len(block)), dtype=np.float32)
        for column, gram in enumerate(block):
            present[rows[gram], column] = math.sqrt(weights[gram])
        shared += present @ present.T
    total = np.array([sum(weights.get(gram, 0.0) for gram in entry.prints) for entry in entries])
    smaller = np.minimum.outer(total, total)
    ratio = np.divide(shared, smaller, out=np.zeros(shared.shape), where=smaller > 0)
    first, second = np.nonzero(np.triu((ratio >= minimum) & (shared >= ENOUGH), 1))
    found = [
        (int(i), int(j), min(1.0, float(ratio[i, j])), float(shared[i, j]))
        for i, j in zip(first, second, strict=True)
    ]
    return sorted(found, key=lambda one: (-one[2] * one[3], one[0], one[1]))


# --- lado a lado --------------------------------------------------------------------------------


def _explain(
    a: Entry, b: Entry, similarity: float, evidence: float, weights: dict[int, float], starter: set[int]
) -> Pair:
    """O par com as respostas que partilham trechos, e os trechos marcados."""
    mine, yours = ({gram for answer in entry.answers for gram in answer.grams} - starter for entry in (a, b))
    # Os trechos comuns a quase todos não se marcam; os que o *winnowing* não escolheu, sim, se cercam os raros.
    plain = {gram for gram in a.prints & b.prints if gram not in weights}
    both = (mine & yours) - plain
    rare = {gram for gram in a.prints & b.prints if gram in weights}
    left = [_side(answer, both) for answer in a.answers if rare.intersection(answer.grams)]
    right = [_side(answer, both) for answer in b.answers if rare.intersection(answer.grams)]
    places = tuple(dict.fromkeys(short(side.todo) for side in (*left, *right)))
    return Pair(a.student, b.student, similarity, evidence, places, left, right)


def _side(answer: Answer, both: set[int]) -> Side:
    """A resposta em pedaços, os partilhados e os outros."""
    covered = np.zeros(len(answer.text), dtype=bool)
    for i, gram in enumerate(answer.grams):
        if gram in both:
            covered[answer.tokens[i].start : answer.tokens[i + answer.length - 1].end] = True
    edges = [0, *(np.flatnonzero(np.diff(covered)) + 1).tolist(), len(answer.text)]
    pieces = [
        Piece(answer.text[begin:end], bool(covered[begin]))
        for begin, end in itertools.pairwise(edges)
        if begin < end
    ]
    return Side(answer.todo, pieces)

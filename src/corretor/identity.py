"""De quem é um arquivo: pelo que a plataforma escreveu no caminho, pela matrícula, pelo nome, pelo recibo."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from .downloads import CANVAS, MOODLE
from .roster import Student, is_safe_id

LEAST, MARGIN = 82.0, 10.0  # semelhança mínima de um palpite, e vantagem sobre o segundo

EXACT, GUESS, AMBIGUOUS, NOBODY = "certo", "palpite", "ambíguo", "ninguém"

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_CONNECTORS = {"de", "da", "do", "das", "dos", "e"}
_NOISE = frozenset(
    re.findall(
        r"\w+",
        "lab laboratorio copia copy of final versao v entrega entregas envio atividade tarefa trabalho exercicio notebook "
        "caderno ipynb json txt py pdf zip docx resposta respostas resolvido resolucao corrigido corrigida novo nova late "
        "untitled anexo anexos download recibo submission submissions assignment aluno aluna nome matricula",
    )
)
_SUFFIXES = re.compile(r"(?:\.(?:ipynb|json|txt|zip|py|pdf|docx?|html?|png|jpe?g|csv))+$", re.IGNORECASE)


@dataclass(frozen=True)
class Receipt:
    """O que um `recibo.json` diz; nada nele é de confiança, mas ajuda a saber de quem é a entrega."""

    student: str = ""
    name: str = ""


@dataclass(frozen=True)
class Match:
    """De quem é um arquivo.

    Attributes
    ----------
    kind : str
        Uma das quatro constantes acima.
    student : str
        O identificador; vazio se não se sabe.
    how : str
        A evidência, em palavras.
    options : tuple of str
        Entre quem se ficou, se é ambíguo.
    note : str
        Evidência que discorda, ou de onde saiu o identificador.
    claimed : str
        O nome que a plataforma dá, quando não há lista da turma.
    """

    kind: str
    student: str = ""
    how: str = ""
    options: tuple[str, ...] = ()
    note: str = ""
    claimed: str = ""


@dataclass(frozen=True)
class Clue:
    """Um pedaço do caminho; `strong` se quem o escreveu foi a plataforma, e não o estudante."""

    text: str
    strong: bool = False


def tokens(text: str) -> list[str]:
    """As palavras e os números de um nome, sem acentos, em minúsculas, "JoaoDerivada" separado."""
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    plain = re.sub(r"([a-z])([A-Z])", r"\1 \2", plain).lower()
    return re.findall(r"[a-z]+|\d+", plain)


def names(text: str) -> list[str]:
    return [token for token in tokens(text) if token not in _CONNECTORS]


def slug(text: str) -> str:
    """Um identificador feito de um nome."""
    return "-".join(_clean(text))[:60]


def stem(part: str) -> str:
    """Um nome de arquivo sem extensões nem marcas de cópia."""
    text = _SUFFIXES.sub("", part.strip())
    text = re.sub(r"\s*\(\d{1,3}\)", " ", text)
    text = re.sub(r"\s*-\s*(?:c[óo]pia|copy)\b(?:\s*\(?\d*\)?)?", " ", text, flags=re.IGNORECASE)
    text = re.sub(r"^(?:c[óo]pia de|copy of)\s+", "", text, flags=re.IGNORECASE)
    return _SUFFIXES.sub("", text.strip())


def clues(parts: Sequence[str]) -> list[Clue]:
    """As pistas de um caminho, de fora para dentro."""
    found: list[Clue] = []
    for part in parts:
        text = stem(part)
        moodle, canvas = MOODLE.fullmatch(part), CANVAS.fullmatch(part)
        if moodle:
            found.append(Clue(moodle["name"], strong=True))
            found += [Clue(stem(moodle["rest"]))] if moodle["rest"] else []
        elif canvas and not canvas["name"].isdigit():
            found += [Clue(canvas["name"], strong=True), Clue(stem(canvas["rest"]))]
        elif " - " in text and _clean(text.rsplit(" - ", 1)[1]):  # o Google Forms: "Arquivo - Nome Sobrenome"
            found.append(Clue(text.rsplit(" - ", 1)[1]))
        else:
            found.append(Clue(text))
    return [clue for clue in found if clue.text.strip()]


def _clean(text: str) -> list[str]:
    """As palavras que podem ser de um nome de pessoa."""
    return [one for one in names(text) if one not in _NOISE and not one.isdigit()]


class Directory:
    """A turma, pronta para reconhecer nomes."""

    def __init__(self, students: Iterable[Student]) -> None:
        self.students = {one.id: one for one in students}
        self._ids: dict[str, str] = {}
        self._emails: dict[str, set[str]] = {}
        self._squashed: dict[str, set[str]] = {}
        self._rotated: dict[str, set[str]] = {}
        self._first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._tokens: dict[str, list[str]] = {}
        for one in self.students.values():
            self._ids["".join(tokens(one.id))] = one.id
            if one.email:
                self._emails.setdefault(one.email.lower(), set()).add(one.id)
            words = self._tokens[one.id] = names(one.name)
            if not words:
                continue
            self._first.setdefault(words[0], []).append((tuple(words), one.id))
            for spelled in (words, tokens(one.name)):
                self._squashed.setdefault("".join(spelled), set()).add(one.id)
                for at in range(len(spelled)):  # o Canvas cola o sobrenome antes do nome
                    self._rotated.setdefault("".join(spelled[at:] + spelled[:at]), set()).add(one.id)

    def match(self, parts: Sequence[str], receipt: Receipt | None = None) -> Match:
        """De quem é o arquivo com esse caminho e esse recibo."""
        path = clues(parts)
        strong = [clue for clue in path if clue.strong]
        weak = [self.exact(clue.text, numbers=True) for clue in path if not clue.strong]
        if receipt is not None:
            weak.append(self._receipt(receipt))
        weak = [one for one in weak if one[0]]
        if strong:
            return self._platform(strong, weak)
        if weak:
            common = set.intersection(*(found for found, _ in weak))
            how = " e ".join(dict.fromkeys(how for _, how in weak))
            everyone = tuple(sorted(set.union(*(found for found, _ in weak))))
            if len(common) == 1:
                return Match(EXACT, common.pop(), how)
            cause = "as evidências discordam" if not common else "mais de uma pessoa tem esse nome"
            return Match(AMBIGUOUS, how=how, options=everyone, note=cause)
        texts = [clue.text for clue in path] + ([receipt.name] if receipt else [])
        best = Match(NOBODY, note="nada no nome, no caminho ou num recibo lembra alguém da lista")
        for text in texts:
            found = self.guess(text)
            first = found.kind != NOBODY and best.kind == NOBODY
            settles = found.kind == GUESS and best.kind == AMBIGUOUS and found.student in best.options
            if first or settles:
                best = found
        return best

    def _platform(self, strong: list[Clue], weak: list[tuple[set[str], str]]) -> Match:
        """O nome que a plataforma deu manda; o resto só desempata, ou é dito."""
        text = strong[0].text
        found, how = self.exact(text, numbers=False)
        glued = self._rotated.get("".join(tokens(text)), set())
        if not found and glued:
            found, how = set(glued), "nome"
        others = set.intersection(*(one for one, _ in weak)) if weak else set()
        other = ", ".join(sorted(set.union(*(one for one, _ in weak)))) if weak else ""
        if len(found) == 1:
            student = next(iter(found))
            clash = bool(weak) and not all(student in one for one, _ in weak)
            note = f"atenção: o nome do arquivo ou o recibo aponta para {other}" if clash else ""
            return Match(EXACT, student, f"{how} (plataforma)", note=note)
        if found:
            both = found & others
            if len(both) == 1:
                return Match(EXACT, both.pop(), f"{how} (plataforma) e {weak[0][1]}")
            return Match(
                AMBIGUOUS, how=how, options=tuple(sorted(found)), note="mais de uma pessoa tem esse nome"
            )
        if len(others) == 1:
            student = next(iter(others))
            if self._score(_clean(text), student) >= 60:
                return Match(EXACT, student, weak[0][1])
            return Match(
                AMBIGUOUS, how=weak[0][1], options=(student,), note=f"a plataforma diz que é de {text}"
            )
        return self.guess(text)

    def _receipt(self, receipt: Receipt) -> tuple[set[str], str]:
        student = self._ids.get("".join(tokens(receipt.student))) if receipt.student else None
        if student:
            return {student}, "matrícula no recibo"
        found, _ = self.exact(receipt.name, numbers=False)
        return found, "nome no recibo"

    def exact(self, text: str, *, numbers: bool) -> tuple[set[str], str]:
        """Quem o texto nomeia sem dúvida de escrita: por e-mail, matrícula (se `numbers`) ou nome completo."""
        emails = {
            address for found in _EMAIL.findall(text.lower()) for address in self._emails.get(found, ())
        }
        if emails:
            return emails, "e-mail"
        words = tokens(text)
        if numbers:
            found = {
                self._ids[joined]
                for size in range(1, 5)
                for at in range(len(words) - size + 1)
                if (joined := "".join(words[at : at + size])) in self._ids and len(joined) >= 4
            }
            if found:
                return found, "matrícula"
        words = [one for one in words if one not in _CONNECTORS]
        spans = [
            (at, at + len(name), student)
            for at, word in enumerate(words)
            for name, student in self._first.get(word, ())
            if tuple(words[at : at + len(name)]) == name
            and (
                len(name) > 1
                or [one for one in words if one not in _NOISE and not one.isdigit()] == list(name)
            )
        ]
        found = {
            student
            for begin, end, student in spans
            if not any(b <= begin and end <= e and e - b > end - begin for b, e, _ in spans)
        }
        if found:
            return found, "nome"
        for squashed in ("".join(words), "".join(_clean(text))):
            if len(squashed) > 3 and squashed in self._squashed:
                return set(self._squashed[squashed]), "nome"
        return set(), ""

    def guess(self, text: str) -> Match:
        """O único nome parecido, com vantagem clara; se dois servem, nenhum."""
        clean = _clean(text)
        if not clean or len("".join(clean)) < 3:
            return Match(NOBODY, note="nada no nome, no caminho ou num recibo lembra alguém da lista")
        digits = [one for one in names(text) if one.isdigit()]
        scores = []
        for student, words in self._tokens.items():
            own = [one for one in words if one.isdigit()]
            if own and not any(digits[at : at + len(own)] == own for at in range(len(digits))):
                continue
            scores.append((self._score(clean, student), student))
        scores.sort(key=lambda pair: (-pair[0], pair[1]))
        near = [student for score, student in scores if score >= LEAST and score > scores[0][0] - MARGIN]
        how = f"nome parecido com “{text.strip()[:80]}”"
        if not near:
            return Match(NOBODY, note=f"“{text.strip()[:80]}” não lembra ninguém da lista")
        if len(near) > 1:
            return Match(AMBIGUOUS, how=how, options=tuple(near[:8]), note="serve a mais de uma pessoa")
        return Match(GUESS, near[0], how)

    def _score(self, clean: Sequence[str], student: str) -> float:
        """De 0 a 100: mesma gente em outra ordem, com nomes do meio a menos, iniciais ou erros de digitação."""
        words = [one for one in self._tokens[student] if not one.isdigit()]
        if not clean or not words:
            return 0.0
        best = max(
            fuzz.ratio(" ".join(sorted(clean)), " ".join(sorted(words))),
            fuzz.ratio("".join(clean), "".join(words)),
        )
        few, many = (clean, words) if len(clean) <= len(words) else (words, clean)
        left, close = list(many), []
        for one in few:
            values = [
                100.0 if len(one) == 1 and other.startswith(one) else fuzz.ratio(one, other) for other in left
            ]
            at = max(range(len(left)), key=values.__getitem__)
            close.append(values[at])
            left.pop(at)
        if min(close) >= 75 and max(len(one) for one in few) >= 3:
            best = max(best, sum(close) / len(close) * (0.95 if len(few) > 1 else 0.86))
        return best


class Anyone:
    """Sem lista da turma: o identificador sai da matrícula escrita no recibo ou no arquivo, ou do nome."""

    students: dict[str, Student] = {}  # noqa: RUF012

    def match(self, parts: Sequence[str], receipt: Receipt | None = None) -> Match:
        """Como `Directory.match`."""
        path = clues(parts)
        claimed = next((clue.text for clue in path if clue.strong), "")
        if receipt and is_safe_id(receipt.student):
            return Match(EXACT, receipt.student, "matrícula no recibo", note=_DERIVED, claimed=claimed)
        for clue in path:
            number = re.search(r"(?<!\d)\d{5,15}(?!\d)", clue.text)
            if number and not clue.strong:
                return Match(EXACT, number[0], "número no nome do arquivo", note=_DERIVED, claimed=claimed)
        for text in [claimed, *(clue.text for clue in path), receipt.name if receipt else ""]:
            if len(slug(text)) > 2:
                return Match(EXACT, slug(text), "nome", note=_DERIVED, claimed=claimed)
        return Match(NOBODY, note="nada no nome, no caminho ou num recibo diz de quem é")


_DERIVED = "sem --turma: identificador tirado do próprio arquivo"

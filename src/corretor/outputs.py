"""O que chega do núcleo, limpo e limitado: nenhuma saída é confiável, nem na forma nem no tamanho."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from gradiente.observe import MIME

from .limits import Limits

MAX_DEPTH = 60  # de aninhamento de um JSON; uma observação honesta não passa de 20
OVERHEAD = 200  # bytes que se contam a mais por saída: um milhão de saídas vazias também é demais
MAX_NAME, MAX_MESSAGE = 200, 2000

_CUT = "\n[saída cortada: passou do limite]\n"


class Intake:
    """Recebe as saídas de um caderno, dentro dos limites de cada célula e do caderno.

    As observações têm um limite só seu, e só nas células de teste: uma enxurrada de texto não as apaga.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._notebook_left = limits.notebook_output_kb * 1000
        self.begin(observations=False)

    def begin(self, *, observations: bool, keep: bool = True) -> None:
        """Começa uma célula; com `keep=False` (uma repetição) nada dela se guarda."""
        self._keep, self._cut = keep, False
        self._left = min(self._limits.cell_output_kb * 1000, self._notebook_left)
        self._observations_left = self._limits.observations_kb * 1000 if observations else 0

    def add(self, outputs: list[NotebookNode], kind: str, content: dict[str, Any]) -> None:
        """Acrescenta uma mensagem do núcleo às saídas; o que não couber é cortado, com aviso."""
        if not self._keep:
            return
        try:
            if kind == "stream":
                self._add_stream(outputs, content)
            elif kind == "error":
                self._add_error(outputs, content)
            elif kind in ("display_data", "execute_result"):
                self._add_data(outputs, kind, content)
        except (TypeError, KeyError, AttributeError, ValueError):
            return  # não tem a forma de uma saída

    def clear(self, outputs: list[NotebookNode]) -> None:
        """Apaga as saídas a pedido do código; as observações e os erros ficam."""
        kept = []
        for output in outputs:
            if MIME in output.get("data", {}) or output.output_type == "error":
                kept.append(output)
            else:
                self._spend(-_size(output))
        outputs[:] = kept

    def _add_stream(self, outputs: list[NotebookNode], content: dict[str, Any]) -> None:
        name = "stderr" if content["name"] == "stderr" else "stdout"
        text = content["text"]
        if not isinstance(text, str) or self._cut:
            return
        room = max(self._left - OVERHEAD, 0)
        if room:
            text = clean_text(text[:room])
            self._spend(len(text) + OVERHEAD)
            outputs.append(new_output("stream", name=name, text=text))
        if not room or len(content["text"]) > room:
            self._cut_here(outputs)

    def _add_error(self, outputs: list[NotebookNode], content: dict[str, Any]) -> None:
        if sum(output.output_type == "error" for output in outputs) >= 5:
            return
        lines, room = [], self._left
        for line in content.get("traceback") or []:
            room -= len(line)
            if room < 0:
                break
            lines.append(clean_text(line))
        self._spend(self._left - max(room, 0))
        outputs.append(error(content["ename"], content["evalue"], lines))

    def _add_data(self, outputs: list[NotebookNode], kind: str, content: dict[str, Any]) -> None:
        data = content["data"]
        if MIME in data:
            value, size = clean_json(data[MIME])
            self._observations_left -= size  # a primeira que não couber fecha a célula às seguintes
            if self._observations_left >= 0:
                outputs.append(new_output("display_data", {MIME: value}))
            return
        clean, total = {}, OVERHEAD
        for mime, value in data.items():
            value, size = clean_json(value)
            if isinstance(value, str) or mime.endswith("json"):
                clean[clean_text(str(mime)[:MAX_NAME])] = value
                total += size
        if total > self._left:
            self._cut_here(outputs)
        elif not self._cut:
            self._spend(total)
            extra = {"execution_count": None} if kind == "execute_result" else {}
            outputs.append(new_output(kind, clean, **extra))

    def _cut_here(self, outputs: list[NotebookNode]) -> None:
        if not self._cut:
            outputs.append(new_output("stream", name="stdout", text=_CUT))
        self._cut = True

    def _spend(self, size: int) -> None:
        self._left -= size
        self._notebook_left -= size


def error(name: Any, message: Any, traceback: list[str]) -> NotebookNode:
    """Uma saída de erro, com nome e mensagem de tamanho limitado."""
    ename, evalue = clean_text(str(name)[:MAX_NAME]), clean_text(str(message)[:MAX_MESSAGE])
    return new_output("error", ename=ename, evalue=evalue, traceback=traceback or [f"{ename}: {evalue}"])


def merge_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Junta os textos seguidos do mesmo canal: o núcleo os manda aos pedaços."""
    groups: list[tuple[NotebookNode, list[str]]] = []
    for output in outputs:
        last = groups[-1][0] if groups else None
        if (
            last is not None
            and output.output_type == last.output_type == "stream"
            and output.name == last.name
        ):
            groups[-1][1].append(output.text)
        else:
            groups.append((output, [output.text] if output.output_type == "stream" else []))
    for output, texts in groups:
        if texts:
            output.text = "".join(texts)
    return [output for output, _ in groups]


def clean_text(text: str) -> str:
    """O texto que se pode gravar em UTF-8 (um meio par substituto, que o JSON admite, não pode)."""
    return text.encode("utf-8", "replace").decode("utf-8")


def clean_json(value: Any, depth: int = 0) -> tuple[Any, int]:
    """Um JSON que se pode gravar, e o seu tamanho aproximado em bytes.

    Raises
    ------
    ValueError
        Se for aninhado demais.
    """
    if depth > MAX_DEPTH:
        raise ValueError("aninhado demais")
    if isinstance(value, str):
        return clean_text(value), len(value) + 2
    if isinstance(value, list):
        pairs = [clean_json(item, depth + 1) for item in value]
        return [item for item, _ in pairs], 2 + sum(size + 1 for _, size in pairs)
    if isinstance(value, dict):
        result, total = NotebookNode(), 2
        for key, item in value.items():
            result[clean_text(str(key))], size = clean_json(item, depth + 1)
            total += size + len(str(key)) + 4
        return result, total
    return value, len(repr(value))


def _size(output: NotebookNode) -> int:
    if output.output_type == "stream":
        return len(output.text) + OVERHEAD
    return OVERHEAD + clean_json(output.get("data", {}))[1]

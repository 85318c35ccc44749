"""O que se diz dos consertos: uma frase para o estudante e outra para o professor, por tipo."""

from __future__ import annotations

from collections import defaultdict

from .intake import Repair
from .template import Official

# Para cada tipo de conserto: o que se diz ao estudante e ao professor. {cells} são as células, nesses termos.
_TEXTS = {
    "missing": (
        "Não encontramos no caderno entregue a célula de resposta: {cells}. Pusemos uma vazia no lugar. Se você "
        "a apagou sem querer, avise.",
        "Célula de resposta ausente: {cells}.",
    ),
    "recognized": (
        "Algumas células perderam as marcas do curso (o Colab e outros editores fazem isso). Reconhecemos as "
        "suas respostas pelo conteúdo: {cells}. Confira se estão certas.",
        "Respostas sem marca do nbgrader, reconhecidas pelo conteúdo ou pela posição: {cells}.",
    ),
    "moved": (
        "A resposta estava em outra célula, e a levamos para a célula certa: {cells}.",
        "Resposta encontrada numa célula que não é a sua: {cells}.",
    ),
    "merged": (
        "Uma célula trazia respostas de mais de um ToDo; nós as separamos: {cells}.",
        "Respostas de mais de um ToDo numa só célula, separadas: {cells}.",
    ),
    "joined": (
        "A resposta estava partida em mais de uma célula; juntamos as partes, na ordem: {cells}.",
        "Resposta partida em várias células, juntada: {cells}.",
    ),
    "parts": (
        "A resposta estava em mais de uma célula; todas foram executadas, na ordem: {cells}.",
        "Resposta em várias células, todas mantidas na ordem: {cells}.",
    ),
    "superseded": (
        "Havia mais de uma versão da resposta; valeu a última: {cells}. As outras continuam no caderno, como texto.",
        "Versões repetidas da resposta; vale a última preenchida, as outras ficam como texto: {cells}.",
    ),
    "duplicated": (
        "Havia cópias repetidas de células; ficou uma de cada: {cells}.",
        "Células duplicadas: {cells}.",
    ),
    "retyped": (
        "O tipo de algumas células (código ou texto) havia mudado; ele voltou ao original: {cells}.",
        "Células com o tipo trocado, restaurado: {cells}.",
    ),
    "edited": (
        "Células que não se editam estavam diferentes e voltaram ao original: {cells}.",
        "Células fixas alteradas, restauradas: {cells}.",
    ),
    "metadata": (
        "As marcas internas de algumas células estavam alteradas e voltaram ao original: {cells}.",
        "Metadados do nbgrader alterados (pontos, tipo ou bloqueio), restaurados: {cells}.",
    ),
    "restored": (
        "Faltavam células do lab, que recolocamos: {cells}.",
        "Células do lab ausentes, recolocadas: {cells}.",
    ),
    "restored_plain": (
        "Faltavam células de texto ou de exemplo do lab, que recolocamos.",
        "Células comuns do lab (texto, exemplos) ausentes, recolocadas.",
    ),
    "reordered": (
        "As células estavam fora de ordem; pusemos as do lab na ordem original, e as suas junto delas.",
        "Células fora de ordem, reordenadas.",
    ),
    "unknown": (
        "Algumas células traziam marcas que não são deste lab; elas foram tratadas como células suas.",
        "Células com grade_id que não existe neste lab: mantidas como células comuns.",
    ),
    "stranger": (
        "Quase nada do texto deste lab está no caderno entregue. Confira se você entregou o caderno certo.",
        "Nenhuma célula fixa do lab foi encontrada: o caderno parece ser de outro lab.",
    ),
}


class Notes:
    """Os consertos, por tipo e sem repetição."""

    def __init__(self, cells: tuple[Official, ...]) -> None:
        self._cells = cells
        self._found: dict[str, list[int]] = defaultdict(list)

    def add(self, kind: str, *where: int) -> None:
        self._found[kind] += [index for index in where if index not in self._found[kind]]

    def repairs(self) -> list[Repair]:
        result = []
        for kind, (student, instructor) in _TEXTS.items():
            if kind in self._found:
                cells = [self._cells[index] for index in sorted(self._found[kind])]
                short = ", ".join(
                    dict.fromkeys(cell.short if cell.label else "texto do lab" for cell in cells)
                )
                long = ", ".join(dict.fromkeys(cell.label or "célula comum" for cell in cells))
                result.append(Repair(student.format(cells=short), instructor.format(cells=long)))
        return result

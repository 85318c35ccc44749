"""Os limites de uma execução: o que o lab pede no cabeçalho, ou os padrões."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from .errors import CorretorError

VARIABLE = "CORRETOR_LIMITS"  # leva os limites ao provisionador; não entra no isolamento


@dataclass(frozen=True)
class Limits:
    """O que uma entrega pode gastar. Cada campo é uma chave de `grading:` no cabeçalho do lab.

    Attributes
    ----------
    cell_seconds, submission_seconds : int
        Tempo de parede por célula e por entrega; as repetições de células contam no segundo.
    cpu_seconds : int
        Tempo de processador de cada processo.
    memory_mb : int
        Memória de todos os processos da entrega, juntos.
    processes : int
        Processos e fios da entrega, juntos.
    file_mb : int
        Tamanho de cada arquivo que ela escreve.
    disk_mb : int
        Espaço da pasta privada; e, à parte, o de /tmp.
    cell_output_kb, notebook_output_kb : int
        Saídas guardadas por célula e por caderno; o resto é cortado ao chegar.
    observations_kb : int
        Observações guardadas por célula de teste, à parte das outras saídas.
    max_epochs : int
        Teto de épocas que `gradiente` impõe ao treino durante a correção; 0 é sem teto.
    """

    cell_seconds: int = 120
    submission_seconds: int = 900
    cpu_seconds: int = 3600
    memory_mb: int = 4096
    processes: int = 512
    file_mb: int = 256
    disk_mb: int = 512
    cell_output_kb: int = 4000
    notebook_output_kb: int = 20_000
    observations_kb: int = 8000
    max_epochs: int = 0

    @classmethod
    def read(cls, settings: dict[str, Any], **defaults: int) -> Limits:
        """Os limites de um lab: `defaults` vale para o que ele não diz.

        Raises
        ------
        CorretorError
            Se uma chave não existe ou um valor não é um inteiro positivo: um limite mal escrito não pode
            passar por limite nenhum.
        """
        known = {field.name for field in fields(cls)}
        for key, value in settings.items():
            if key not in known:
                raise CorretorError(
                    f"grading: não conheço o limite {key!r}. Os que existem: {', '.join(sorted(known))}."
                )
            if isinstance(value, bool) or not isinstance(value, int) or value < (key != "max_epochs"):
                raise CorretorError(f"grading: {key} deve ser um número inteiro positivo, e é {value!r}.")
        return cls(**(defaults | settings))

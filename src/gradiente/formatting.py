"""Números e tabelas escritos como se escreve em português: vírgula decimal e potências de dez."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, digits: int = 2) -> str:
    """Escreve um número com vírgula decimal e poucos algarismos significativos.

    Parameters
    ----------
    value : float
        O número. Infinitos viram "∞" e NaN vira "NaN".
    digits : int
        Algarismos significativos, ao menos 1.

    Returns
    -------
    str
        Notação comum entre 0,001 e 100 000; fora disso, potência de dez ("2,7·10⁻⁵").

    Raises
    ------
    ValueError
        Se `digits` for menor que 1.

    Examples
    --------
    >>> number(0.9**100), number(0.25), number(1234.5, digits=3)
    ('2,7·10⁻⁵', '0,25', '1230')
    """
    if digits < 1:
        raise ValueError("são precisos um ou mais algarismos significativos")
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    power = int(exponent)
    if -4 < power < 5:
        places = max(digits - 1 - power, 0)
        text = f"{round(value, digits - 1 - power):.{places}f}"
    else:
        text = f"{mantissa}·10{str(power).translate(_SUPERSCRIPT)}"
    return text.replace(".", ",").replace("-", "−")


def power_of_ten(value: float) -> str:
    """A potência de dez mais próxima, para quando só a ordem de grandeza importa ("10⁻⁵").

    Parameters
    ----------
    value : float
        Número positivo e finito.

    Raises
    ------
    ValueError
        Se o número não for positivo e finito.
    """
    if not (math.isfinite(value) and value > 0):
        raise ValueError("só um número positivo e finito tem ordem de grandeza")
    return "10" + str(round(math.log10(value))).translate(_SUPERSCRIPT)


def percent(share: float, digits: int = 0) -> str:
    """Escreve uma fração entre 0 e 1 como porcentagem ("55 %")."""
    return f"{100 * float(share):.{digits}f} %".replace(".", ",")


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Monta uma tabela em Markdown.

    Parameters
    ----------
    header : sequence of str
        Títulos das colunas.
    rows : iterable of sequences
        Uma sequência por linha, do mesmo comprimento que `header`. Números de ponto flutuante
        passam por `number`; o resto, por `str`.

    Returns
    -------
    str
        O texto Markdown. Em um caderno, mostre-o com `show_table`.

    Raises
    ------
    ValueError
        Se alguma linha tiver outro número de células.
    """
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"a linha {row!r} tem {len(row)} células; o cabeçalho tem {len(header)}")
        cells = [number(cell) if isinstance(cell, float) else str(cell) for cell in row]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def show_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Mostra no caderno a tabela que `table` monta."""
    from IPython.display import Markdown, display

    display(Markdown(table(header, rows)))

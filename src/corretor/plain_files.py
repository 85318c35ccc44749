"""Da pasta de uma entrega só se copiam arquivos comuns: nunca o que um atalho aponta, nem filas e dispositivos.

O nbgrader segue os atalhos ao copiar a entrega para autograded/: um que aponte para o livro de notas o entregaria
ao estudante, e um que aponte para /dev/zero encheria o disco.
"""

from __future__ import annotations

import os
import stat

from nbgrader.converters import base

_find_all_files = base.find_all_files


def find_plain_files(path: str, exclude: list[str] | None = None) -> list[str]:
    """Como `nbgrader.utils.find_all_files`, só com os arquivos comuns."""
    return [found for found in _find_all_files(path, exclude) if stat.S_ISREG(os.lstat(found).st_mode)]


def install() -> None:
    """Faz o nbgrader copiar assim, também quando é ele, e não o corretor, que comanda."""
    base.find_all_files = find_plain_files

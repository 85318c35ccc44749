"""Um caderno vira PDF em menos de um segundo, com o pandoc e o Typst: sem navegador e sem LaTeX."""

from __future__ import annotations

import functools
import re
import tempfile
import unicodedata
from pathlib import Path

from nbformat import NotebookNode

from .labs import DeskError

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
# O pandoc escreve o tamanho da figura na tela; na página, ela ocupa no máximo a largura do texto.
_IMAGE = re.compile(r'image\("([^"]+)"(?:, (?:height|width|alt): (?:"[^"]*"|[^,()]+))*\)')
# Um destino que não existe no caderno pararia o Typst.
_INNER_LINK = re.compile(r"#link\(<[^>\n]*>\)")
_MAX_OUTPUT = 6000  # caracteres de texto por saída: um laço que imprime não faz mil páginas


def to_pdf(nb: NotebookNode, target: Path, heading: str = "") -> None:
    """Grava o PDF de um caderno, com as saídas que ele traz.

    Parameters
    ----------
    nb : NotebookNode
        O caderno; não muda.
    target : Path
        O arquivo a gravar, de uma vez.
    heading : str
        O que vai no alto de cada página (quem entrega, e o quê).

    Raises
    ------
    DeskError
        Se faltam o pandoc ou o Typst, ou eles recusam o caderno.
    """
    try:
        import pypandoc
        import typst
    except ImportError as error:
        raise DeskError(
            f"Falta {error.name}. Execute: pip install pypandoc-binary typst, e repita."
        ) from error
    with tempfile.TemporaryDirectory(prefix="gradiente-pdf-") as name:
        folder = Path(name)
        from nbformat import writes

        (folder / "caderno.ipynb").write_text(writes(_printable(nb)), encoding="utf-8")
        try:
            pypandoc.convert_file(
                str(folder / "caderno.ipynb"),
                "typst",
                outputfile=str(folder / "corpo.typ"),
                extra_args=[f"--extract-media={folder / 'figuras'}", "--wrap=preserve"],
            )
            body = (folder / "corpo.typ").read_text(encoding="utf-8").replace(str(folder) + "/", "")
            body = _INNER_LINK.sub("#emph", _IMAGE.sub(r'fit("\1")', body))
            style = Path(__file__).with_name("page.typ").read_text(encoding="utf-8")
            page = style.replace("TITULO", _quoted(heading)) + body
            (folder / "pagina.typ").write_text(page, encoding="utf-8")
            content = typst.compile(str(folder / "pagina.typ"), font_paths=[str(_font_folder())])
        except (RuntimeError, typst.TypstError, OSError) as error:
            reason = str(error).splitlines()[0][:300]
            raise DeskError(f"Não consegui fazer o PDF: {reason}.") from error
    partial = target.with_suffix(".pdf.parcial")
    partial.write_bytes(content)
    partial.replace(target)


def _printable(nb: NotebookNode) -> NotebookNode:
    """Uma cópia só com o que se lê no papel."""
    from nbformat import from_dict
    from nbformat.v4 import new_markdown_cell

    copy = from_dict(nb)
    cells = []
    for cell in copy.cells:
        cell.source = _drawable(cell.source)
        cell.pop("attachments", None)
        cells.append(cell)
        if cell.cell_type != "code":
            continue
        # O pandoc não lê saídas em Markdown (as tabelas das lições): cada uma vira uma célula de texto.
        tables = [
            output.data["text/markdown"]
            for output in cell.outputs
            if "text/markdown" in output.get("data", {})
        ]
        cell.outputs = [output for output in cell.outputs if "text/markdown" not in output.get("data", {})]
        cells += [new_markdown_cell(_drawable(_short(text))) for text in tables]
        for output in cell.outputs:
            if output.output_type == "stream":
                output.text = _drawable(_short(output.text))
            elif output.output_type == "error":
                output.traceback = [_drawable(_short("\n".join(output.traceback)))]
                output.evalue = _drawable(output.evalue)
            else:
                if {"image/png", "text/plain"} & output.data.keys():
                    for kind in ("text/html", "image/svg+xml", "application/javascript"):
                        output.data.pop(kind, None)
                if "text/plain" in output.data:
                    output.data["text/plain"] = _drawable(_short(output.data["text/plain"]))
    copy.cells = cells
    return copy


def _short(text: str) -> str:
    text = _ANSI.sub("", text)
    return text if len(text) <= _MAX_OUTPUT else text[:_MAX_OUTPUT] + "\n[… o resto foi cortado no PDF]"


@functools.cache
def _covered() -> set[int]:
    """Os caracteres que a DejaVu desenha: é ela que completa as fontes do Typst."""
    from matplotlib.ft2font import FT2Font

    return set(FT2Font(str(_font_folder() / "DejaVuSans.ttf")).get_charmap())


def _font_folder() -> Path:
    from matplotlib import get_data_path

    return Path(get_data_path(), "fonts", "ttf")


def _drawable(text: str) -> str:
    """O texto, com o nome no lugar do caractere que nenhuma fonte desenha (um emoji recente)."""
    if text.isascii():
        return text

    def shown(char: str) -> str:
        if char.isascii() or ord(char) in _covered():
            return char
        if unicodedata.category(char) in ("Cf", "Mn", "Cc", "Cs", "Co", "Cn"):
            return ""  # modificadores invisíveis, e o que não é caractere
        return f":{unicodedata.name(char, f'U+{ord(char):04X}').lower().replace(' ', '_')}:"

    return "".join(map(shown, unicodedata.normalize("NFC", text)))


def _quoted(text: str) -> str:
    return _drawable(text).replace("\\", "\\\\").replace('"', '\\"')

"""Fórmulas em MathML, prontas na página: nem rede, nem script, nem nada que o LaTeX de um estudante traga."""

from __future__ import annotations

import functools
from html import escape, unescape
from xml.etree import ElementTree

from latex2mathml.converter import convert_to_element
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

MAX_FORMULA = 2_000  # caracteres; as do curso têm menos de 300
MAX_NESTING = 40  # chaves dentro de chaves: cada nível é uma recursão

# O que uma fórmula pode ter. O latex2mathml aceita também href, style e class, e um \text{} com HTML dentro.
_ELEMENTS = frozenset(
    [
        "math",
        "mrow",
        "mi",
        "mn",
        "mo",
        "ms",
        "mtext",
        "mspace",
        "mfrac",
        "msqrt",
        "mroot",
        "msub",
        "msup",
        "msubsup",
        "munder",
        "mover",
        "munderover",
        "mtable",
        "mtr",
        "mtd",
        "mpadded",
        "mphantom",
        "menclose",
        "merror",
        "mstyle",
        "mmultiscripts",
        "mprescripts",
        "none",
    ]
)
_ATTRIBUTES = frozenset(
    [
        "display",
        "displaystyle",
        "scriptlevel",
        "stretchy",
        "fence",
        "form",
        "separator",
        "lspace",
        "rspace",
        "minsize",
        "maxsize",
        "symmetric",
        "largeop",
        "movablelimits",
        "accent",
        "accentunder",
        "linethickness",
        "columnalign",
        "rowspacing",
        "columnspacing",
        "columnlines",
        "rowlines",
        "mathvariant",
        "width",
        "height",
        "depth",
        "notation",
    ]
)


@functools.lru_cache(maxsize=2_000)
def mathml(formula: str, *, block: bool = False) -> str:
    """A fórmula em MathML; o próprio LaTeX, como código, se ela não se converter."""
    try:
        if (
            len(formula) > MAX_FORMULA
            or formula.count("{") > 10 * MAX_NESTING
            or _nesting(formula) > MAX_NESTING
        ):
            raise ValueError("fórmula grande demais")
        root = convert_to_element(formula, display="block" if block else "inline")
        _clean(root)
    except (Exception, RecursionError):
        return f"<code>{escape(formula)}</code>"
    root.set("alttext", formula)
    return ElementTree.tostring(root, encoding="unicode")


def _nesting(formula: str) -> int:
    depth = deepest = 0
    for char in formula:
        depth += (char == "{") - (char == "}")
        deepest = max(deepest, depth)
    return max(deepest, formula.count(r"\left"), formula.count(r"\begin"))


def _clean(element: ElementTree.Element) -> None:
    """Deixa só MathML: o latex2mathml escreve entidades no texto, e quem as serializa as escaparia."""
    if element.tag not in _ELEMENTS:
        raise ValueError(element.tag)
    for name in list(element.attrib):
        if name not in _ATTRIBUTES:
            del element.attrib[name]
    element.text = unescape(element.text) if element.text else element.text
    for child in element:
        _clean(child)


def _inside(self, tokens, index, options, env) -> str:
    return mathml(tokens[index].content.strip())


def _block(self, tokens, index, options, env) -> str:
    return mathml(tokens[index].content.strip(), block=True)


def _renderer(preset: str) -> MarkdownIt:
    md = MarkdownIt(preset, {"html": False})
    md.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    # As regras do plugin cercam a fórmula de elementos que só servem a um script.
    for rule, block in (
        ("math_inline", False),
        ("math_inline_double", True),
        ("math_block", True),
        ("math_block_label", True),
    ):
        md.add_render_rule(rule, _block if block else _inside)
    return md


# HTML do estudante é mostrado como texto, nunca interpretado; imagens de fora não são buscadas.
_markdown = _renderer("commonmark").enable("table").disable("image")
_inline = _renderer("zero").enable("backticks")


def markdown(text: str) -> str:
    """Um texto em Markdown, com as fórmulas entre cifrões, em HTML seguro."""
    return _markdown.render(text)


def inline(text: str) -> str:
    """Uma frase em HTML seguro: trechos entre crases em <code>, fórmulas entre cifrões, o resto como texto puro."""
    return _inline.renderInline(text)

"""As figuras do relatório, em SVG dentro da página: com título e descrição, sem rede, sem script."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from .pages import number

_INK, _SOFT, _BLUE = "#1c2430", "#5a6675", "#0b4f8a"

# Cores que se distinguem também sem ver todas elas (Okabe e Ito); o sinal diz o mesmo.
COLORS = {
    "correct": "#0072b2",
    "partial": "#56b4e9",
    "wrong": "#d55e00",
    "empty": "#b8bec6",
    "manual": "#f0e442",
}


def _figure(width: float, height: float, title: str, description: str, body: list[str]) -> Markup:
    return Markup(
        f'<svg role="img" viewBox="0 0 {width:g} {height:g}" width="100%" style="max-width: {width:g}px" '
        f'font-size="13" fill="{_INK}" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>{''.join(body)}</svg>"
    )


def _text(x: float, y: float, text: str, anchor: str = "start", fill: str = _INK) -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{fill}">{escape(text)}</text>'


def histogram(bins: Sequence[tuple[float, float, int]], axis: str) -> Markup:
    """Uma barra por faixa de notas, com a contagem em cima."""
    width, height, left, top, bottom = 720, 240, 20, 24, 44
    most = max((count for *_, count in bins), default=0) or 1
    step = (width - 2 * left) / len(bins)
    room = height - top - bottom
    body = [
        f'<line x1="{left}" y1="{height - bottom}" x2="{width - left}" y2="{height - bottom}" stroke="{_SOFT}"/>'
    ]
    for i, (low, high, count) in enumerate(bins):
        tall = room * count / most
        x, y = left + i * step, height - bottom - tall
        if count:
            body.append(
                f'<rect x="{x + 3:g}" y="{y:.1f}" width="{step - 6:g}" height="{tall:.1f}" fill="{_BLUE}"/>'
            )
            body.append(_text(x + step / 2, y - 6, str(count), "middle"))
        body.append(_text(x, height - bottom + 17, number(low), "middle", _SOFT))
        if i == len(bins) - 1:
            body.append(_text(x + step, height - bottom + 17, number(high), "middle", _SOFT))
    body.append(_text(width / 2, height - 6, axis, "middle", _SOFT))
    spoken = "; ".join(f"de {number(low)} a {number(high)}: {count}" for low, high, count in bins if count)
    return _figure(
        width, height, "Distribuição das notas automáticas", f"Entregas por faixa: {spoken}.", body
    )


def outcomes(rows: Sequence[tuple[str, dict[str, int]]], names: dict[str, str]) -> Markup:
    """Uma barra deitada por questão, dividida pelos resultados; `names` dá a ordem e a legenda."""
    width, label, bar = 720, 80, 26
    body, x = [], label
    for key, name in names.items():
        body.append(
            f'<rect x="{x:g}" y="4" width="13" height="13" fill="{COLORS[key]}" stroke="{_SOFT}" stroke-width=".5"/>'
        )
        body.append(_text(x + 18, 15, name))
        x += 36 + 7.2 * len(name)
    for i, (title, counts) in enumerate(rows):
        y, x, total = 30 + i * bar, float(label), sum(counts.values()) or 1
        body.append(_text(label - 8, y + 15, title, "end"))
        for key in names:
            wide = (width - label - 4) * counts.get(key, 0) / total
            if wide:
                body.append(
                    f'<rect x="{x:.1f}" y="{y}" width="{wide:.1f}" height="{bar - 6}" fill="{COLORS[key]}" '
                    f'stroke="#fff" stroke-width="1"/>'
                )
                if wide > 18:
                    ink = "#fff" if key in ("correct", "wrong") else _INK
                    body.append(_text(x + wide / 2, y + 15, str(counts[key]), "middle", ink))
            x += wide
    spoken = ". ".join(
        f"{title}: " + ", ".join(f"{names[key]} {counts[key]}" for key in names if counts.get(key))
        for title, counts in rows
    )
    return _figure(width, 34 + bar * len(rows), "Resultados por questão", f"{spoken}.", body)

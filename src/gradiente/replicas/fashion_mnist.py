"""Réplica do Fashion-MNIST: roupas desenhadas com formas sorteadas, dez classes."""

from __future__ import annotations

import numpy as np

from gradiente.replicas.raster import (
    band,
    box,
    chance,
    either,
    ellipse,
    grid,
    inside,
    limb,
    profile,
    ring,
    smooth_noise,
    uniform,
)

SEED = 20_170_825
SIZE = 28
X, Y = grid(SIZE)


def generate(n_train: int = 6_000, n_test: int = 1_000) -> tuple[np.ndarray, ...]:
    """Desenha a réplica.

    Parameters
    ----------
    n_train, n_test : int
        Número de imagens de cada parte; as classes têm o mesmo tamanho, a menos de uma imagem.

    Returns
    -------
    x_train, y_train, x_test, y_test : arrays
        Imagens (n, 28, 28) e rótulos (n,), uint8, na ordem das classes do conjunto original.

    Notes
    -----
    Desenho próprio; nenhuma imagem do conjunto original é usada.
    """
    return (*_draw(n_train, 0), *_draw(n_test, 1))


def _draw(n: int, part: int) -> tuple[np.ndarray, np.ndarray]:
    """`n` imagens embaralhadas e os seus rótulos."""
    rng = np.random.default_rng([SEED, part])
    labels = rng.permutation(np.arange(n) % len(GARMENTS)).astype(np.uint8)
    images = np.zeros((n, SIZE, SIZE), np.uint8)
    for label, garment in enumerate(GARMENTS):
        where = np.flatnonzero(labels == label)
        if where.size:
            images[where] = _photograph(rng, *garment(rng, where.size))
    return images, labels


def _photograph(rng, cover, tone):
    """Junta silhueta e tom (n, 28, 28), acrescenta luz e ruído e devolve uint8.

    A silhueta é deslocada de até um pixel, como nas fotos originais, que são centradas pela massa.
    """
    n = len(cover)
    light = 1 + 0.07 * smooth_noise(rng, n, SIZE, 4) + 0.04 * rng.standard_normal(cover.shape, np.float32)
    image = 255 * cover * np.clip(tone * light, 0.04, 1)
    framed = np.pad(image.astype(np.uint8), ((0, 0), (1, 1), (1, 1)))
    shift = np.arange(SIZE) + rng.integers(0, 3, (2, n, 1))
    return framed[np.arange(n)[:, None, None], shift[0][:, :, None], shift[1][:, None, :]]


def _fabric(rng, n, patterned=0.45):
    """Tom do tecido (n, 28, 28): liso, listrado, xadrez ou estampado."""
    base = 0.25 + 0.72 * rng.beta(2.2, 1.4, (n, 1, 1)).astype(np.float32)
    other = np.clip(base + np.where(base > 0.55, -1, 1) * uniform(rng, n, 0.15, 0.5), 0.08, 1)
    period, phase = uniform(rng, n, 3, 8), uniform(rng, n, 0, 6.28)
    across = np.sin(2 * np.pi * Y / period + phase)
    down = np.sin(2 * np.pi * X / period + phase)
    blot = smooth_noise(rng, n, SIZE, 9)
    patterns = [across, 0.5 * (across + down), blot]
    kind = rng.integers(0, len(patterns), (n, 1, 1))
    mix = inside(2.5 * np.select([kind == k for k in range(len(patterns))], patterns) - 0.5)
    mix = mix * chance(rng, n, patterned)
    folds = 0.06 * np.sin(X * uniform(rng, n, 0.3, 0.9) + Y * uniform(rng, n, -0.3, 0.3) + phase)
    return base + (other - base) * mix + folds


def _blend(tone, color, cover):
    """Pinta `color` sobre `tone` com a cobertura dada."""
    return tone + (color - tone) * cover


def _torso(
    rng, n, *, sleeve, neck, hem=(25.5, 27.5), width=(5.2, 7.4), flare=(-0.8, 0.8), sleeve_radius=(1.5, 2.2)
):
    """Parte de cima de uma roupa, vista de frente.

    Parameters
    ----------
    sleeve : array (n, 1, 1)
        Comprimento da manga, de 0 (sem manga) a 1 (até o punho).
    neck : array (n, 1, 1)
        Profundidade do decote, em pixels.

    Returns
    -------
    cover, crease : arrays (n, 28, 28)
        Silhueta, e a dobra entre manga e corpo.
    top, bottom, collar : arrays (n, 1, 1)
        Linhas do ombro e da barra e meia largura da gola, em pixels.
    """
    top, bottom = uniform(rng, n, 0.6, 2.4), uniform(rng, n, *hem)
    shoulder = uniform(rng, n, *width)
    armpit, waist = shoulder - uniform(rng, n, 0, 0.7), shoulder - uniform(rng, n, -0.2, 1.0)
    end = waist + uniform(rng, n, *flare)
    collar = uniform(rng, n, 2.0, 3.4)
    slope = top + uniform(rng, n, 1.2, 2.6)
    half = profile(Y, [(top, collar), (slope, shoulder), (slope + 6, armpit), (17, waist), (bottom, end)])
    body = inside(half - np.abs(X - 14)) * band(Y, top, bottom)

    reach = sleeve * uniform(rng, n, 0.92, 1.06)
    spread = uniform(rng, n, 2.6, 5.0)  # quanto a manga se afasta do corpo
    r0, r1 = uniform(rng, n, 1.9, 2.7), uniform(rng, n, *sleeve_radius)
    y0 = slope + r0 * 0.6
    x_end = shoulder - 1.2 + spread * np.minimum(1.0, 0.45 + reach)
    y_end = y0 + reach * (24.5 - y0)
    side = np.abs(X - 14)  # as duas mangas de uma vez, por simetria
    arm = limb(side, Y, shoulder - 1.4, y0, x_end, y_end, r0, r1) * (sleeve > 0.02)
    cover = np.maximum(body, arm)
    cover = cover * (1 - ellipse(X, Y, 14, top - 0.3, collar * 0.86, neck))
    crease = (
        inside(0.35 - np.abs(side - half)) * band(Y, slope + 5, np.minimum(y_end, bottom)) * (sleeve > 0.4)
    )
    return cover, crease, top, bottom, collar


def _t_shirt(rng, n):
    """Camiseta: manga curta ou nenhuma, às vezes com estampa no peito."""
    sleeve = either(rng, n, 0.1, 0.0, uniform(rng, n, 0.16, 0.4))
    cover, crease, *_ = _torso(rng, n, sleeve=sleeve, neck=uniform(rng, n, 1.2, 4.0), width=(6.0, 8.0))
    tone = _blend(_fabric(rng, n, 0.3), 0.2, 0.5 * crease)
    print_tone = np.where(tone.mean((1, 2), keepdims=True) > 0.55, 0.2, 0.95)
    height = uniform(rng, n, 1.5, 4.5)
    logo = ellipse(X, Y, 14, uniform(rng, n, 10, 13), uniform(rng, n, 2.0, 4.4), height)
    logo = logo * inside(2 * np.sin(X * uniform(rng, n, 1.0, 2.5) + Y * uniform(rng, n, -2, 2)) + 0.6)
    return cover, _blend(tone, print_tone, logo * chance(rng, n, 0.4))


def _trouser(rng, n):
    """Calça: duas pernas que se separam abaixo do quadril."""
    top, bottom, crotch = uniform(rng, n, 0.4, 1.6), uniform(rng, n, 26, 27.6), uniform(rng, n, 7.5, 11.5)
    hip, gap = uniform(rng, n, 3.6, 5.6), uniform(rng, n, 0.3, 2.6)
    hem, knee = uniform(rng, n, 1.7, 3.2), uniform(rng, n, 2.0, 3.0)
    outer = profile(
        Y, [(top, hip - 0.7), (crotch, hip), (18, gap * 0.5 + 2 * knee - 1.2), (bottom, gap + 2 * hem - 0.6)]
    )
    inner = profile(Y, [(crotch - 0.5, -0.6), (crotch + 1.5, 0.15), (bottom, gap)])
    side = np.abs(X - 14)
    cover = band(side, inner, outer) * band(Y, top, bottom)
    tone = _fabric(rng, n, 0.12)
    tone = _blend(tone, 0.15, 0.6 * inside(0.3 - np.abs(Y - top - 2)) * chance(rng, n, 0.7))  # cós
    fade = uniform(rng, n, 0, 0.25) * np.exp(-(((side - (inner + outer) / 2) / 1.2) ** 2))
    return cover, tone + fade


def _pullover(rng, n):
    """Pulôver: manga comprida, decote raso, punhos e barra de malha."""
    sleeve = either(rng, n, 0.07, uniform(rng, n, 0.5, 0.8), uniform(rng, n, 0.9, 1.0))
    cover, crease, top, bottom, collar = _torso(rng, n, sleeve=sleeve, neck=uniform(rng, n, 0.8, 2.4))
    tone = _blend(_fabric(rng, n, 0.3), 0.12, uniform(rng, n, 0.4, 0.9) * crease)
    knit = inside(bottom - Y - 0.2) * inside(Y - bottom + 2.6) + inside(1.2 - np.abs(Y - 24)) * (
        np.abs(X - 14) > 8
    )
    tone = _blend(tone, tone * 0.72, np.clip(knit, 0, 1) * chance(rng, n, 0.6))
    neckline = ring(X, Y, 14, top, collar, 2.4, 1.1)
    tone = _blend(tone, tone * 0.65, neckline * chance(rng, n, 0.7))
    bars = band(Y, uniform(rng, n, 8, 12), uniform(rng, n, 13, 17))
    return cover, _blend(tone, np.clip(1.25 - tone, 0.1, 1), bars * chance(rng, n, 0.2))


def _dress(rng, n):
    """Vestido: estreito em cima, marcado na cintura e aberto na barra."""
    top, bottom, waist_y = uniform(rng, n, 0.4, 1.6), uniform(rng, n, 25, 27.6), uniform(rng, n, 9, 13)
    shoulder, waist = uniform(rng, n, 3.0, 5.0), uniform(rng, n, 2.4, 4.2)
    hem = np.minimum(waist + uniform(rng, n, 0.2, 5.0), 8.0)
    half = profile(
        Y,
        [
            (top, shoulder - 1.3),
            (top + 1.6, shoulder),
            (waist_y, waist),
            (waist_y + 7, (waist + 2 * hem) / 3),
            (bottom, hem),
        ],
    )
    body = inside(half - np.abs(X - 14)) * band(Y, top, bottom)
    long = chance(rng, n, 0.22)
    y_end = np.where(long > 0, uniform(rng, n, 13, 21), uniform(rng, n, 5, 9))
    arm = limb(
        np.abs(X - 14), Y, shoulder - 0.8, top + 2.8, shoulder + uniform(rng, n, 0.6, 2.4), y_end, 1.6, 1.2
    )
    cover = np.maximum(body, arm * np.maximum(long, chance(rng, n, 0.45)))
    cover = cover * (1 - ellipse(X, Y, 14, top - 0.3, shoulder * 0.55, uniform(rng, n, 1.0, 4.5)))
    tone = _fabric(rng, n, 0.35)
    tone = _blend(tone, tone * 0.5, inside(0.5 - np.abs(Y - waist_y)) * chance(rng, n, 0.45))
    pleats = 0.1 * np.sin((X - 14) / np.maximum(half, 1) * uniform(rng, n, 5, 12)) * inside(Y - waist_y)
    return cover, tone + pleats * chance(rng, n, 0.6)


def _coat(rng, n):
    """Casaco: manga comprida, abertura na frente, gola e bolsos."""
    sleeve = uniform(rng, n, 0.88, 1.0)
    cover, crease, top, _, collar = _torso(
        rng,
        n,
        sleeve=sleeve,
        neck=uniform(rng, n, 0.8, 3.2),
        hem=(26.2, 27.8),
        width=(5.4, 7.4),
        flare=(-0.2, 1.2),
    )
    tone = _blend(_fabric(rng, n, 0.16), 0.08, uniform(rng, n, 0.4, 0.9) * crease)
    center = 14 + uniform(rng, n, -0.7, 0.7)
    opening = inside(uniform(rng, n, 0.2, 0.8) - np.abs(X - center)) * inside(Y - top - 1)
    tone = _blend(tone, either(rng, n, 0.75, 0.06, 0.95), opening * chance(rng, n, 0.85))
    lapel_end = uniform(rng, n, 6, 12)
    lapel = limb(np.abs(X - 14), Y, collar, top + 0.5, 0.4, lapel_end, 0.7)
    tone = _blend(tone, tone * 0.55, lapel * chance(rng, n, 0.6))
    pocket_y = uniform(rng, n, 16, 20)
    pocket = limb(np.abs(X - 14), Y, 2.6, pocket_y, 4.8, pocket_y + uniform(rng, n, -1, 0.6), 0.5)
    return cover, _blend(tone, tone * 0.4, pocket * chance(rng, n, 0.55))


def _sandal(rng, n):
    """Sandália: sola fina (às vezes com salto) e tiras, com vãos por onde se veria o pé."""
    toe, heel = uniform(rng, n, 0.6, 3.0), uniform(rng, n, 24.5, 27.4)
    ground, thick = uniform(rng, n, 19, 24), uniform(rng, n, 1.0, 2.4)
    high = chance(rng, n, 0.45)
    lift = high * uniform(rng, n, 4, 10) + (1 - high) * uniform(rng, n, 0, 2.0)
    ball = toe + (heel - toe) * 0.36
    floor = ground - profile(
        X, [(toe, 0.8), (toe + 2, 0.0), (ball, 0.0), (heel - 3.5, lift), (heel, lift * 1.05)]
    )
    sole = band(Y, floor - thick, floor) * band(X, toe, heel)
    spike = limb(X, Y, heel - 1.6, ground - lift, heel - uniform(rng, n, 0.4, 2.0), ground - 0.6, 1.5, 0.6)
    wedge = band(Y, floor - thick, ground) * band(X, ball, heel)
    cover = np.maximum(sole, either(rng, n, 0.35, wedge, spike) * high)

    # O pé invisível fica entre a sola e o peito; as tiras são faixas inclinadas dentro dele.
    instep = uniform(rng, n, 6.5, 9.5)
    foot = floor - thick - profile(X, [(toe, 1.5), (toe + 4, 3.0), (ball, 4.0), (20, instep), (heel, instep)])
    flesh = inside(Y - foot) * inside(floor - Y) * band(X, toe, heel)
    slanted = X + uniform(rng, n, -0.9, 0.9) * (floor - Y)
    for place, keep in ((0.17, 0.75), (0.33, 0.85), (0.52, 0.35), (0.68, 0.45)):
        middle = toe + (heel - toe) * (place + uniform(rng, n, -0.06, 0.06))
        half = uniform(rng, n, 0.5, 1.7)
        strap = flesh * band(slanted, middle - half, middle + half)
        cover = np.maximum(cover, strap * chance(rng, n, keep))
    rim = flesh * inside(uniform(rng, n, 0.4, 0.9) - np.abs(Y - foot - 0.6)) * band(X, toe + 3, heel - 4)
    cover = np.maximum(cover, rim * chance(rng, n, 0.45))
    back = flesh * inside(X - heel + uniform(rng, n, 1.0, 2.2))
    ankle = flesh * inside(uniform(rng, n, 1.2, 2.2) - (Y - foot)) * inside(X - 17)
    has_back = chance(rng, n, 0.65)
    cover = np.maximum(cover, np.maximum(back, ankle * chance(rng, n, 0.8)) * has_back)
    tone = _fabric(rng, n, 0.3) * uniform(rng, n, 0.75, 1.0)
    return cover, _blend(tone, uniform(rng, n, 0.2, 0.9), sole)


def _shirt(rng, n):
    """Camisa: manga de qualquer comprimento, colarinho e fileira de botões; tecidos variados."""
    length = rng.random((n, 1, 1))
    sleeve = np.select(
        [length < 0.08, length < 0.4], [0.0, uniform(rng, n, 0.2, 0.45)], uniform(rng, n, 0.85, 1.0)
    )
    cover, crease, top, _, collar = _torso(
        rng, n, sleeve=sleeve, neck=uniform(rng, n, 0.8, 3.6), width=(5.2, 7.6), flare=(-0.6, 1.2)
    )
    tone = _blend(_fabric(rng, n, 0.45), 0.15, uniform(rng, n, 0.3, 0.8) * crease)
    placket = inside(uniform(rng, n, 0.15, 0.5) - np.abs(X - 14)) * inside(Y - top - 2)
    buttons = inside(1.4 * np.cos(2 * np.pi * Y / uniform(rng, n, 3.2, 4.5)) - 0.4)
    tone = _blend(tone, tone * 0.5, placket * np.maximum(buttons, 0.35) * chance(rng, n, 0.6))
    wing = limb(np.abs(X - 14), Y, collar, top + 0.4, 0.8, top + uniform(rng, n, 2.4, 4.5), 0.75)
    return cover, _blend(tone, np.clip(tone * uniform(rng, n, 0.6, 1.35), 0, 1), wing * chance(rng, n, 0.65))


def _sneaker(rng, n):
    """Tênis: perfil baixo com o bico à esquerda, sola clara ou escura e cadarço."""
    toe, heel = uniform(rng, n, 0.4, 1.8), uniform(rng, n, 26, 27.6)
    ground, sole = uniform(rng, n, 18.5, 21), uniform(rng, n, 1.4, 3.0)
    ankle = uniform(rng, n, 6.5, 11.0) + 3.5 * chance(rng, n, 0.12)  # altura do cano; alguns são altos
    tip, mouth = uniform(rng, n, 2.6, 4.2), uniform(rng, n, 14, 17.5)
    top = ground - profile(
        X,
        [
            (toe, tip * 0.6),
            (toe + 2.5, tip + 0.8),
            (8, tip + 2),
            (mouth, ankle * 0.93),
            (21, ankle - uniform(rng, n, 0.6, 2.2)),
            (heel - 1, ankle),
            (heel, ankle * 0.8),
        ],
    )
    cover = band(Y, top, ground) * band(X, toe, heel)
    tone = _fabric(rng, n, 0.15)
    tone = _blend(tone, np.clip(1.3 - tone, 0.15, 1), inside(Y - ground + sole) * chance(rng, n, 0.75))
    tone = _blend(tone, tone * 0.55, inside(0.4 - np.abs(Y - ground + sole)))
    lace = inside(2 * np.sin(2 * np.pi * (X + Y) / uniform(rng, n, 2.2, 3.4)) - 0.4) * box(
        X, Y, 8, top, mouth, top + 2.6
    )
    tone = _blend(tone, np.clip(1.2 - tone, 0.1, 1), lace * chance(rng, n, 0.8))
    cap = inside(toe + uniform(rng, n, 4, 7) - X) * inside(ground - sole - Y)
    tone = _blend(tone, tone * uniform(rng, n, 0.6, 1.3), cap * chance(rng, n, 0.5))
    collar = inside(top + uniform(rng, n, 0.8, 1.8) - Y) * inside(X - mouth)
    tone = _blend(tone, tone * 0.4, collar * chance(rng, n, 0.7))
    slash = limb(
        X, Y, uniform(rng, n, 10, 13), ground - sole - 0.8, uniform(rng, n, 19, 23), ground - 6.5, 0.9, 0.4
    )
    return cover, _blend(tone, np.clip(1.25 - tone, 0.1, 1), slash * chance(rng, n, 0.55))


def _bag(rng, n):
    """Bolsa: corpo largo, alça em arco, aba e fecho."""
    left, right = uniform(rng, n, 0.8, 5.5), uniform(rng, n, 22.5, 27.2)
    top, bottom = uniform(rng, n, 8.5, 14.5), uniform(rng, n, 22, 27)
    slant = uniform(rng, n, -0.6, 2.8)
    edge = slant * (bottom - Y) / np.maximum(bottom - top, 1)
    body = band(X, left + edge, right - edge) * band(Y, top, bottom)
    middle, half = (left + right) / 2, (right - left) / 2
    round_bag = ellipse(X, Y, middle, bottom, half, bottom - top) * inside(bottom - Y)
    body = either(rng, n, 0.2, round_bag, body)
    rise = uniform(rng, n, 4, 12)
    handle = ring(
        X, Y, middle, top + 0.5, uniform(rng, n, 4, 9), np.minimum(rise, top), uniform(rng, n, 1.0, 2.0)
    )
    handle = handle * inside(top + 1 - Y)
    cover = np.maximum(body, handle * chance(rng, n, 0.82))
    tone = _fabric(rng, n, 0.3)
    flap = top + (bottom - top) * uniform(rng, n, 0.25, 0.6)
    line = inside(0.45 - np.abs(Y - flap)) * inside(Y - top)
    tone = _blend(tone, tone * 0.45, line * chance(rng, n, 0.65))
    lock = box(X, Y, middle - 1.2, flap - 0.8, middle + 1.2, flap + 1.2)
    return cover, _blend(tone, np.clip(1.3 - tone, 0.1, 1), lock * chance(rng, n, 0.6))


def _boot(rng, n):
    """Bota: cano alto à direita, pé para a esquerda, com ou sem salto."""
    toe, heel = uniform(rng, n, 0.8, 4.5), uniform(rng, n, 23.5, 27.4)
    ground, shaft_top = uniform(rng, n, 23.5, 27.2), uniform(rng, n, 0.6, 9.5)
    front = heel - uniform(rng, n, 8.5, 12.5)
    tip, instep = uniform(rng, n, 3.2, 4.8), uniform(rng, n, 7.0, 9.5)
    top = profile(
        X,
        [
            (toe, ground - tip * 0.7),
            (toe + 2.5, ground - tip),
            (front - 1.5, ground - instep),
            (front + 0.6, shaft_top),
        ],
    )
    lift = chance(rng, n, 0.5) * uniform(rng, n, 1.0, 5.0)
    under = ground - profile(X, [(toe + 8, 0), (heel - 4.2, lift), (heel - 3.6, lift), (heel - 3.2, 0.0)])
    back = heel - profile(Y, [(shaft_top, uniform(rng, n, 0.0, 1.6)), (ground - 7, 0.9), (ground - 3, 0.0)])
    cover = band(Y, np.maximum(top, shaft_top), under) * band(X, toe, back)
    tone = _fabric(rng, n, 0.12)
    tone = _blend(tone, either(rng, n, 0.7, 0.12, 0.9), inside(Y - under + uniform(rng, n, 0.6, 1.8)))
    cuff = inside(shaft_top + uniform(rng, n, 1.5, 4) - Y)
    tone = _blend(tone, np.clip(tone * uniform(rng, n, 0.6, 1.4), 0, 1), cuff * chance(rng, n, 0.45))
    zipper = inside(0.4 - np.abs(X - heel + uniform(rng, n, 4, 7))) * inside(ground - 3 - Y)
    laces = inside(2 * np.sin(Y * 2.2) - 0.4) * band(X, front + 0.5, front + 3) * inside(ground - 5 - Y)
    detail = either(rng, n, 0.5, zipper, laces) * chance(rng, n, 0.7)
    return cover, _blend(tone, np.clip(1.1 - tone, 0.1, 1), detail)


GARMENTS = (_t_shirt, _trouser, _pullover, _dress, _coat, _sandal, _shirt, _sneaker, _bag, _boot)

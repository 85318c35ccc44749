"""Réplica do conjunto gato/não gato: cenas coloridas de 64×64, em HDF5 no formato original."""

from __future__ import annotations

import io

import numpy as np

from gradiente.replicas.raster import band, box, ellipse, grid, inside, limb, ring, smooth_noise

SEED = 20_170_808
SIZE = 64
X, Y = (axis[0] for axis in grid(SIZE))  # (1, 64) e (64, 1): aqui se desenha uma imagem de cada vez
PARTS = {"train": (209, 72), "test": (50, 33)}  # imagens e, entre elas, gatos
CLASSES = np.array([b"non-cat", b"cat"])

# Cores de pelo, RGB de 0 a 1: preto, cinza, branco, laranja, creme, marrom.
FURS = np.array(
    [
        [0.13, 0.12, 0.12],
        [0.5, 0.5, 0.5],
        [0.9, 0.88, 0.85],
        [0.8, 0.5, 0.24],
        [0.8, 0.7, 0.55],
        [0.42, 0.32, 0.25],
    ]
)
EYES = np.array([[0.75, 0.72, 0.2], [0.45, 0.7, 0.3], [0.45, 0.65, 0.8], [0.8, 0.55, 0.15]])


def generate(part: str) -> tuple[np.ndarray, np.ndarray]:
    """Desenha uma das partes.

    Parameters
    ----------
    part : {"train", "test"}

    Returns
    -------
    x : array (n, 64, 64, 3), uint8
        Com n = 209 (72 gatos) no treino e n = 50 (33 gatos) no teste, como nos originais.
    y : array (n,), int64
        1 para gato.
    """
    n, cats = PARTS[part]
    rng = np.random.default_rng([SEED, list(PARTS).index(part)])
    y = rng.permutation((np.arange(n) < cats).astype(np.int64))
    images = [_photograph(rng, _cat(rng) if label else OTHERS[rng.integers(len(OTHERS))](rng)) for label in y]
    return np.stack(images), y


def generate_files() -> dict[str, bytes]:
    """Conteúdo dos dois arquivos HDF5: chaves, formas e tipos dos originais.

    Returns
    -------
    dict
        `{"train": bytes, "test": bytes}`, prontos para escrever em disco.
    """
    import h5py

    files = {}
    for part in PARTS:
        x, y = generate(part)
        content = io.BytesIO()
        with h5py.File(content, "w") as file:
            file["list_classes"] = CLASSES
            file[f"{part}_set_x"], file[f"{part}_set_y"] = x, y
        files[part] = content.getvalue()
    return files


def _photograph(rng, image):
    """Luz, contraste e ruído de câmera; devolve (64, 64, 3) uint8."""
    if rng.random() < 0.5:
        image = image[:, ::-1]
    lit = 1 + rng.uniform(-0.2, 0.2) * (X - 32) / 32 + rng.uniform(-0.2, 0.2) * (Y - 32) / 32
    image = image * (lit * rng.uniform(0.7, 1.15))[..., None] * rng.uniform(0.95, 1.05, 3)
    grain = rng.normal(0, rng.uniform(0.01, 0.04), (SIZE, SIZE, 1)) + rng.normal(0, 0.01, (SIZE, SIZE, 3))
    return (255 * np.clip(image + grain, 0, 1)).astype(np.uint8)


# --- pincéis -------------------------------------------------------------------------------------


def _paint(image, cover, color):
    """Pinta no lugar: `cover` (64, 64) e `color` (3,) ou (64, 64, 3)."""
    touched = cover > 0
    rows, columns = (np.flatnonzero(touched.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return
    window = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)  # o resto não muda
    color = np.asarray(color)
    color = color[window] if color.ndim == 3 else color
    image[window] += (color - image[window]) * cover[window][..., None]


def _noise(rng, cells):
    return smooth_noise(rng, 1, SIZE, cells)[0]


def _color(rng, low=0.1, high=0.95):
    """Cor qualquer, com mais ou menos saturação."""
    gray = rng.uniform(low, high)
    return np.clip(gray + rng.uniform(0.05, 0.5) * rng.uniform(-0.6, 0.6, 3), 0.02, 1)


def _indoor(rng):
    """Cor de casa: bege, madeira, creme ou cinza."""
    warm = np.array([1.0, rng.uniform(0.78, 0.98), rng.uniform(0.55, 0.95)])
    return np.clip(rng.uniform(0.2, 0.95) * warm + rng.normal(0, 0.03, 3), 0.02, 1)


def _vivid(rng):
    """Cor de flor ou de fruta."""
    hue = rng.choice(
        [[0.85, 0.2, 0.25], [0.95, 0.8, 0.2], [0.9, 0.55, 0.7], [0.95, 0.93, 0.9], [0.6, 0.4, 0.75]]
    )
    return np.clip(hue + rng.normal(0, 0.07, 3), 0, 1)


def _green(rng):
    return np.clip(np.array([0.22, 0.38, 0.13]) * rng.uniform(0.5, 1.6) + rng.normal(0, 0.04, 3), 0, 1)


def _texture(rng, color, strength=0.2):
    """Superfície (64, 64, 3) de uma cor, com manchas em três escalas."""
    stains = sum(_noise(rng, cells) / k for k, cells in enumerate((3, 8, 20), start=1))
    return np.clip(np.asarray(color) * (1 + strength * stains[..., None]), 0, 1)


def _room(rng):
    """Fundo de casa ou de rua: parede e chão, manta estampada, folhagem ou desfoque."""
    kind = rng.choice(4, p=[0.35, 0.25, 0.1, 0.3])
    image = _texture(rng, _indoor(rng), rng.uniform(0.05, 0.3))
    if kind == 0:  # parede e chão, às vezes com móvel
        horizon = rng.uniform(25, 55)
        _paint(image, np.broadcast_to(inside(Y - horizon), (SIZE, SIZE)), _texture(rng, _indoor(rng), 0.15))
        left = rng.uniform(-10, 50)
        _paint(
            image,
            box(X, Y, left, rng.uniform(0, 30), left + rng.uniform(10, 30), 64) * (rng.random() < 0.6),
            _indoor(rng),
        )
    elif kind == 1:  # manta
        wave = np.sin(
            2 * np.pi * (X * rng.uniform(-0.12, 0.12) + Y * rng.uniform(-0.12, 0.12)) + 0.6 * _noise(rng, 5)
        )
        _paint(image, inside(3 * wave), _indoor(rng))
    elif kind == 2:
        image = _foliage(rng)
    return image


def _foliage(rng):
    """Mato: manchas e folhas de vários verdes."""
    image = _texture(rng, _green(rng), 0.35)
    for _ in range(rng.integers(10, 40)):
        angle = rng.uniform(0, np.pi)
        leaf = ellipse(X, Y, *rng.uniform(0, 64, 2), rng.uniform(2, 9), rng.uniform(0.8, 3), angle)
        _paint(image, leaf, _green(rng))
    return image


# --- gatos ---------------------------------------------------------------------------------------


def _cat(rng):
    """Gato: corpo, cabeça com orelhas, olhos, focinho e bigodes, em lugar e tamanho sorteados."""
    image = _room(rng)
    size = rng.uniform(13, 26)  # meia largura da cabeça
    cx, cy = rng.uniform(25, 39), rng.uniform(22, 36) + size * 0.1
    fur = np.clip(FURS[rng.integers(len(FURS))] * rng.uniform(0.8, 1.2) + rng.normal(0, 0.03, 3), 0, 1)
    coat = _coat(rng, fur)
    _body(rng, image, coat, cx, cy, size)
    _head(rng, image, coat, fur, cx, cy, size)
    return image


def _coat(rng, fur):
    """Pelagem (64, 64, 3): lisa, rajada ou com manchas."""
    coat = _texture(rng, fur, 0.13)
    kind = rng.integers(3)
    if kind == 0:
        stripes = np.sin((X * rng.uniform(-0.5, 0.5) + Y * rng.uniform(0.5, 1.1)) + 1.8 * _noise(rng, 6))
        coat = coat * (1 - rng.uniform(0.2, 0.5) * inside(2 * stripes - 0.3))[..., None]
    elif kind == 1:
        patch = inside(4 * _noise(rng, 3) - 1)[..., None]
        coat = coat * (1 - patch) + _texture(rng, FURS[rng.integers(len(FURS))], 0.1) * patch
    hair = rng.normal(0, 0.05, (SIZE, SIZE, 1))
    return np.clip(coat + hair, 0, 1)


def _body(rng, image, coat, cx, cy, size):
    """Corpo sentado, deitado ou fora do quadro, e às vezes o rabo."""
    pose = rng.integers(3)
    side = rng.choice([-1, 1])
    if pose == 0:
        rx, ry = size * rng.uniform(0.95, 1.3), size * rng.uniform(1.5, 2.1)
        _paint(image, ellipse(X, Y, cx + side * size * 0.25, cy + size * 1.7, rx, ry), 0.88 * coat)
        for foot in (-0.35, 0.35):
            paw_x = cx + foot * size
            _paint(image, limb(X, Y, paw_x, cy + size, paw_x, cy + size * 2.9, size * 0.26), coat)
    elif pose == 1:
        rx, ry = size * rng.uniform(1.7, 2.4), size * rng.uniform(0.75, 1.0)
        _paint(image, ellipse(X, Y, cx + side * size * 1.3, cy + size * 0.75, rx, ry), 0.85 * coat)
    else:
        _paint(image, ellipse(X, Y, cx, cy + size * 1.9, size * 1.5, size * 1.3), 0.8 * coat)
    if rng.random() < 0.5 and pose < 2:
        x0, y0 = cx + side * size * 2.0, cy + size * 1.2
        _paint(
            image,
            limb(X, Y, x0, y0, x0 + side * size * 0.7, y0 - size * 1.3, size * 0.22, size * 0.13),
            0.8 * coat,
        )


def _head(rng, image, coat, fur, cx, cy, size):
    """Cabeça de frente ou um pouco virada; os olhos podem estar fechados."""
    turn, tilt = rng.uniform(-0.25, 0.25), rng.uniform(-0.35, 0.35)
    cos, sin = np.cos(tilt), np.sin(tilt)
    u = ((X - cx) * cos + (Y - cy) * sin) / size  # coordenadas da cabeça, em meias larguras
    v = ((Y - cy) * cos - (X - cx) * sin) / size

    def soft(depth):
        return inside(depth * size)

    spread, height = rng.uniform(0.52, 0.66), rng.uniform(0.95, 1.25)
    for side in (-1, 1):
        center = side * spread + 0.4 * turn
        for scale, color in ((1.0, 0.9 * coat), (0.6, [0.78, 0.55, 0.52])):
            tip = -(0.45 + (height - 0.45) * (0.55 + 0.45 * scale))
            width = 0.36 * scale * (v - tip) / (-0.3 - tip)
            lean = side * 0.16 * np.clip((-0.3 - v) / 0.7, 0, 1)
            _paint(image, soft(width - np.abs(u - center - lean)) * soft(v - tip) * soft(-0.2 - v), color)
    cheeks = np.sqrt((u / 1.0) ** 2 + (v / rng.uniform(0.78, 0.9)) ** 2)
    _paint(image, soft(1 - cheeks), coat)
    shade = 0.25 * np.clip(cheeks, 0, 1)[..., None] ** 3
    _paint(image, soft(1 - cheeks), image * (1 - shade))

    look = turn * 0.9
    muzzle_color = np.clip(fur * 0.5 + 0.5 * np.array([0.95, 0.92, 0.88]), 0, 1)
    if rng.random() < 0.6:
        for side in (-1, 1):
            _paint(image, 0.85 * soft(0.27 - np.hypot(u - look - side * 0.17, v - 0.42)), muzzle_color)
    eye, closed = EYES[rng.integers(len(EYES))] * rng.uniform(0.7, 1.1), rng.random() < 0.15
    radius, slit = rng.uniform(0.15, 0.22), rng.uniform(0.25, 0.8)
    for side in (-1, 1):
        du, dv = u - look - side * 0.4, v + 0.08
        if closed:
            _paint(image, soft(0.05 - np.abs(dv - 0.6 * du**2)) * soft(0.2 - np.abs(du)), fur * 0.3)
            continue
        _paint(image, soft(radius * 1.25 - np.hypot(du, dv * 1.15 + side * du * 0.2)), [0.08, 0.07, 0.06])
        _paint(image, soft(radius - np.hypot(du, dv * 1.15 + side * du * 0.2)), eye)
        _paint(image, soft(radius * 0.85 - np.hypot(du / slit, dv)), [0.03, 0.03, 0.03])
        _paint(image, 0.9 * soft(0.05 - np.hypot(du - 0.06, dv + 0.07)), [1, 1, 1])
    nose = soft(0.12 - np.abs(u - look) - 0.6 * np.maximum(v - 0.27, 0)) * soft(v - 0.24) * soft(0.38 - v)
    _paint(image, nose, np.array([0.72, 0.42, 0.42]) * rng.uniform(0.4, 1.1))
    mouth = soft(0.035 - np.abs(v - 0.52 + 0.5 * np.abs(np.abs(u - look) - 0.15))) * soft(
        0.28 - np.abs(u - look)
    )
    _paint(image, mouth, fur * 0.3)
    whisker = np.full(3, 0.95 if fur.mean() < 0.6 else 0.25)
    for side in (-1, 1):
        for slope in (-0.18, 0.02, 0.2):
            reach = side * (u - look)
            line = (
                soft(0.018 - np.abs(v - 0.42 - slope * (reach - 0.2)))
                * soft(reach - 0.3)
                * soft(1.25 - reach)
            )
            _paint(image, 0.7 * line, whisker)


# --- o que não é gato ----------------------------------------------------------------------------


def _flowers(rng):
    """Uma flor grande ou várias pequenas, sobre folhagem."""
    image = _foliage(rng)
    big = rng.random() < 0.55
    color, center_color = _vivid(rng), _vivid(rng) * 0.8
    for _ in range(1 if big else rng.integers(4, 14)):
        size = rng.uniform(13, 26) if big else rng.uniform(3, 8)
        cx, cy = rng.uniform(22, 42, 2) if big else rng.uniform(4, 60, 2)
        _paint(image, limb(X, Y, cx, cy, cx + rng.uniform(-10, 10), 70, max(1.0, size * 0.06)), _green(rng))
        petals = rng.integers(5, 13)
        for angle in rng.uniform(0, 6.28) + np.arange(petals) * 2 * np.pi / petals:
            px, py = cx + 0.55 * size * np.cos(angle), cy + 0.55 * size * np.sin(angle)
            petal = ellipse(X, Y, px, py, 0.5 * size, 1.6 * size / petals + 0.4, angle)
            _paint(image, petal, np.clip(color * rng.uniform(0.8, 1.1), 0, 1))
        _paint(image, ellipse(X, Y, cx, cy, 0.22 * size, 0.22 * size), center_color)
    return image


def _landscape(rng):
    """Céu em degradê, montanhas e campo, lago ou areia; às vezes um pôr do sol."""
    sunset = rng.random() < 0.35
    high = np.array([0.25, 0.2, 0.35]) if sunset else np.array([0.3, 0.5, 0.85]) * rng.uniform(0.7, 1.15)
    low = np.array([0.95, 0.55, 0.2]) if sunset else np.array([0.8, 0.87, 0.92])
    horizon = rng.uniform(28, 50)
    mix = np.clip(Y / horizon, 0, 1)[..., None]
    image = np.broadcast_to(high * (1 - mix) + low * mix, (SIZE, SIZE, 3)).copy()
    _paint(
        image, inside(5 * _noise(rng, 4) - 1.5) * 0.6, [0.95, 0.95, 0.95] if not sunset else [0.8, 0.4, 0.3]
    )
    for depth in range(rng.integers(1, 4)):
        ridge = horizon - rng.uniform(2, 14) + 5 * _noise(rng, 4)[:1] + 1.5 * _noise(rng, 12)[:1]
        _paint(
            image,
            inside(Y - ridge),
            _texture(rng, np.array([0.3, 0.35, 0.4]) * (0.5 if sunset else 1 - 0.2 * depth)),
        )
    ground = _texture(rng, _green(rng) if rng.random() < 0.6 else _color(rng, 0.3, 0.8), 0.25) * (
        0.4 if sunset else 1
    )
    _paint(image, np.broadcast_to(inside(Y - horizon), (SIZE, SIZE)), ground)
    return image


def _building(rng):
    """Fachada com janelas, contra o céu ou ocupando o quadro."""
    image = _texture(rng, np.array([0.55, 0.7, 0.9]) * rng.uniform(0.7, 1.1), 0.08)
    for _ in range(rng.integers(1, 4)):
        left, top = rng.uniform(-8, 40), rng.uniform(-4, 28)
        right = left + rng.uniform(16, 50)
        wall = box(X, Y, left, top, right, 64)
        _paint(image, wall, _texture(rng, _color(rng, 0.3, 0.85), 0.12))
        dx, dy = rng.uniform(5, 11), rng.uniform(6, 12)
        panes = inside(3 * np.sin(2 * np.pi * (X - left) / dx) - 0.8) * inside(
            3 * np.sin(2 * np.pi * (Y - top) / dy) - 0.6
        )
        _paint(image, wall * panes, _color(rng, 0.05, 0.4))
    road = rng.uniform(50, 62)
    _paint(image, np.broadcast_to(inside(Y - road), (SIZE, SIZE)), _texture(rng, [0.4, 0.4, 0.4]))
    return image


def _vehicle(rng):
    """Carro ou ônibus de lado, em uma rua."""
    image = _landscape(rng) if rng.random() < 0.5 else _building(rng)
    color, ground = _color(rng, 0.2, 0.8), rng.uniform(46, 56)
    left, length, height = rng.uniform(2, 14), rng.uniform(36, 50), rng.uniform(8, 13)
    _paint(image, np.broadcast_to(inside(Y - ground + 2), (SIZE, SIZE)), _texture(rng, [0.35, 0.35, 0.36]))
    slope = rng.uniform(0.2, 0.9)
    cabin_top = ground - height - rng.uniform(7, 14)
    lean = slope * (ground - height - Y)
    cabin = band(X, left + 0.18 * length + lean, left + 0.82 * length - lean) * band(
        Y, cabin_top, ground - height + 1
    )
    _paint(image, cabin, color * 0.9)
    glass = band(X, left + 0.24 * length + lean, left + 0.76 * length - lean) * band(
        Y, cabin_top + 2, ground - height
    )
    _paint(image, glass, [0.2, 0.28, 0.34])
    _paint(image, box(X, Y, left, ground - height, left + length, ground - 2), color)
    for place in (0.2, 0.78):
        wheel = left + place * length
        _paint(image, ellipse(X, Y, wheel, ground - 2, 5, 5), [0.06, 0.06, 0.06])
        _paint(image, ellipse(X, Y, wheel, ground - 2, 2.4, 2.4), [0.6, 0.6, 0.6])
    return image


def _still_life(rng):
    """Mesa com frutas, copos, pratos e caixas."""
    image = _room(rng)
    table = rng.uniform(28, 46)
    _paint(
        image, np.broadcast_to(inside(Y - table), (SIZE, SIZE)), _texture(rng, _color(rng, 0.3, 0.8), 0.15)
    )
    for _ in range(rng.integers(2, 7)):
        cx, base, size = rng.uniform(6, 58), rng.uniform(table + 4, 62), rng.uniform(5, 14)
        color = _vivid(rng) if rng.random() < 0.6 else _color(rng)
        kind = rng.integers(3)
        if kind == 0:
            _paint(image, ellipse(X, Y, cx, base - size, size, size), color)
            _paint(
                image,
                0.6 * ellipse(X, Y, cx - size * 0.3, base - size * 1.35, size * 0.25, size * 0.2),
                [1, 1, 1],
            )
        elif kind == 1:
            _paint(image, box(X, Y, cx - size * 0.5, base - 2 * size, cx + size * 0.5, base), color)
            _paint(image, ellipse(X, Y, cx, base - 2 * size, size * 0.5, size * 0.16), color * 0.5)
        else:
            _paint(image, ellipse(X, Y, cx, base - 3, size * 1.3, size * 0.5), [0.92, 0.92, 0.9])
            _paint(image, ellipse(X, Y, cx, base - 3, size * 0.8, size * 0.28), color)
    return image


def _animal(rng):
    """Bicho que não é gato: um pássaro no galho ou um cachorro de orelhas caídas."""
    image = _room(rng)
    color = FURS[rng.integers(len(FURS))] * rng.uniform(0.8, 1.2) if rng.random() < 0.6 else _vivid(rng)
    coat = _coat(rng, np.clip(color, 0, 1))
    size = rng.uniform(10, 22)
    cx, cy = rng.uniform(22, 42), rng.uniform(20, 38)
    if rng.random() < 0.5:  # pássaro
        _paint(
            image,
            limb(X, Y, -4, cy + size * 1.1, 68, cy + size * 1.1 + rng.uniform(-6, 6), 2),
            [0.3, 0.2, 0.13],
        )
        _paint(
            image,
            limb(X, Y, cx - size * 0.5, cy + size * 0.5, cx - size * 1.8, cy + size * 1.3, size * 0.3, 1),
            0.7 * coat,
        )
        _paint(image, ellipse(X, Y, cx, cy + size * 0.3, size * 0.9, size * 0.62, -0.5), coat)
        _paint(image, ellipse(X, Y, cx + size * 0.65, cy - size * 0.35, size * 0.42, size * 0.4), coat * 0.9)
        beak = cx + size * 0.95
        _paint(
            image,
            limb(X, Y, beak, cy - size * 0.35, beak + size * 0.4, cy - size * 0.25, size * 0.14, 0.3),
            [0.8, 0.6, 0.2],
        )
        _paint(image, ellipse(X, Y, cx + size * 0.75, cy - size * 0.45, size * 0.08, size * 0.08), [0, 0, 0])
        return image
    _body(rng, image, coat, cx, cy, size)
    _paint(image, ellipse(X, Y, cx, cy, size * 0.85, size), coat)
    for side in (-1, 1):
        x0 = cx + side * size * 0.75
        _paint(
            image,
            limb(X, Y, x0, cy - size * 0.6, x0 + side * size * 0.3, cy + size * 0.5, size * 0.2, size * 0.32),
            0.55 * coat,
        )
        _paint(
            image,
            ellipse(X, Y, cx + side * size * 0.33, cy - size * 0.15, size * 0.11, size * 0.11),
            [0.05, 0.04, 0.03],
        )
    _paint(image, ellipse(X, Y, cx, cy + size * 0.45, size * 0.48, size * 0.42), np.clip(coat * 1.2, 0, 1))
    _paint(image, ellipse(X, Y, cx, cy + size * 0.28, size * 0.2, size * 0.14), [0.05, 0.05, 0.05])
    return image


def _abstract(rng):
    """Placas, tecidos e azulejos: formas geométricas de cores fortes."""
    image = _texture(rng, _color(rng), 0.15)
    for _ in range(rng.integers(3, 10)):
        cx, cy, rx, ry = *rng.uniform(0, 64, 2), *rng.uniform(4, 22, 2)
        shapes = (
            ellipse(X, Y, cx, cy, rx, ry, rng.uniform(0, 3)),
            box(X, Y, cx - rx, cy - ry, cx + rx, cy + ry),
            ring(X, Y, cx, cy, rx, rx, rng.uniform(1.5, 5)),
        )
        _paint(image, shapes[rng.integers(3)], _vivid(rng) if rng.random() < 0.5 else _color(rng))
    return image


OTHERS = (_flowers, _flowers, _landscape, _landscape, _building, _vehicle, _still_life, _animal, _abstract)

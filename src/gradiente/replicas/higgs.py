"""Réplica do HIGGS: uma simulação de brinquedo das colisões, com as mesmas 28 colunas."""

from __future__ import annotations

import numpy as np

SEED = 20_140_702
BLOCK = 11_000  # linhas geradas de cada vez; as n primeiras linhas nunca dependem de n
SIGNAL_FRACTION = 0.53

# Massas em GeV: as partículas dos dois processos que o conjunto HIGGS compara.
M_W, M_TOP, M_HEAVY, M_CHARGED, M_LIGHT, M_B = 80.4, 173.0, 425.0, 325.0, 125.0, 4.7

# O que borra o detector de brinquedo. Valores maiores tornam o problema mais difícil.
JET_NOISE, JET_FLOOR = 0.9, 0.04  # resolução da energia: √(ruído²/E + piso²)
MET_NOISE = 11.0  # GeV por componente da energia ausente
EXTRA_JET = 0.55  # probabilidade de um jato que não vem do decaimento
B_TAG = (0.52, 0.20)  # (marca forte, marca fraca) de um jato que é b
LIGHT_TAG = (0.025, 0.13)  # as mesmas marcas em um jato que não é b
# As massas usam a medida fina. As colunas de lépton e jatos trazem uma leitura mais grosseira: sem ela,
# as 21 primeiras colunas diriam quase tudo, e a penalidade L2 não teria o que podar.
COARSE_PT, COARSE_ANGLE = 0.3, 0.5  # erro de log(pT) e dos ângulos (η e φ)
PT_CUT, ETA_CUT = 20.0, 2.5  # o detector só vê acima de 20 GeV e longe do feixe

# Cada coluna positiva é dividida pela sua média e cada ângulo pelo seu desvio padrão, como no
# conjunto original. As constantes foram medidas uma vez em 200 mil colisões desta simulação.
PT_SCALE = (61.05, 50.89, 119.9, 77.01, 52.59, 35.34)  # lépton, energia ausente, jatos 1 a 4
ETA_SCALE = (1.065, 1.03, 1.068, 1.116, 1.162)  # lépton, jatos 1 a 4
PHI_SCALE = np.pi / np.sqrt(3)
TAG_UNITS = (1.086538, 1.107436, 1.274112, 1.550981)  # uma marca; duas marcas valem o dobro
MASS_SCALE = (106.2, 203.8, 84.32, 185.9, 144.4, 322.3, 487.5)


def generate(n: int = BLOCK) -> tuple[np.ndarray, np.ndarray]:
    """Gera as `n` primeiras colisões da réplica.

    O sinal é gg → H⁰ → W H± → W W h⁰ → W W b b̄; o fundo é t t̄ → W W b b̄. Nos dois, um W decai
    em lépton e neutrino e o outro em dois jatos. Os decaimentos são isotrópicos no referencial de
    quem decai; depois o detector borra energias, erra marcas de jatos b e perde o neutrino.

    Parameters
    ----------
    n : int
        Número de linhas. As linhas são sempre as mesmas, qualquer que seja `n`.

    Returns
    -------
    x : array (n, 28), float32
        Colunas na ordem de `gradiente.datasets.HIGGS_FEATURES`.
    y : array (n, 1), float32
        1 para sinal, 0 para fundo (perto de 53 % de sinal).

    Notes
    -----
    Código próprio. O processo imitado é o de Baldi, Sadowski e Whiteson (2014), "Searching for
    exotic particles in high-energy physics with deep learning"; nenhum dado de lá é usado.
    """
    blocks = [_block(number) for number in range(-(-n // BLOCK))]
    x, y = (np.concatenate(part)[:n] for part in zip(*blocks, strict=True))
    return x, y


def _block(number: int) -> tuple[np.ndarray, np.ndarray]:
    """Bloco de índice `number`, com BLOCK linhas que passam nos cortes do detector."""
    rng = np.random.default_rng([SEED, number])
    batches = []
    while sum(len(batch[0]) for batch in batches) < BLOCK:
        batches.append(_detect(rng, *_collide(rng, 2 * BLOCK)))
    signal, *event = (np.concatenate(part)[:BLOCK] for part in zip(*batches, strict=True))
    return _columns(rng, *event).astype(np.float32), signal[:, None].astype(np.float32)


# --- quadrivetores: o último eixo guarda (E, px, py, pz), em GeV ---------------------------------


def _vector(mass, momentum):
    """Quadrivetor a partir da massa (n,) e do momento (n, 3)."""
    energy = np.sqrt(mass**2 + np.sum(momentum**2, axis=-1))
    return np.concatenate([energy[..., None], momentum], axis=-1)


def _pt(v):
    return np.hypot(v[..., 1], v[..., 2])


def _eta(v):
    return np.arcsinh(v[..., 3] / np.maximum(_pt(v), 1e-6))


def _phi(v):
    return np.arctan2(v[..., 2], v[..., 1])


def _mass(v):
    return np.sqrt(np.maximum(v[..., 0] ** 2 - np.sum(v[..., 1:] ** 2, axis=-1), 0.0))


def _boost(v, frame):
    """Leva `v` do repouso de `frame` ao laboratório (transformação de Lorentz)."""
    beta = frame[:, 1:] / frame[:, :1]
    beta2 = np.sum(beta**2, axis=1)
    gamma = 1 / np.sqrt(1 - beta2)
    along = np.sum(beta * v[:, 1:], axis=1)
    factor = np.where(beta2 > 0, (gamma - 1) / np.maximum(beta2, 1e-12), 0.0) * along + gamma * v[:, 0]
    return np.column_stack([gamma * (v[:, 0] + along), v[:, 1:] + factor[:, None] * beta])


def _decay(rng, parent, m1, m2):
    """Decaimento isotrópico de `parent` em duas partículas de massas `m1` e `m2`."""
    n, total = len(parent), _mass(parent)
    room = (total**2 - (m1 + m2) ** 2) * (total**2 - (m1 - m2) ** 2)
    momentum = np.sqrt(np.maximum(room, 0.0)) / (2 * total)
    cosine, angle = rng.uniform(-1, 1, n), rng.uniform(-np.pi, np.pi, n)
    sine = np.sqrt(1 - cosine**2)
    direction = momentum[:, None] * np.column_stack([sine * np.cos(angle), sine * np.sin(angle), cosine])
    return _boost(_vector(m1, direction), parent), _boost(_vector(m2, -direction), parent)


def _resonance(rng, n, mass, width, limit):
    """Massas de uma ressonância (Breit-Wigner), limitadas a `mass` ± `limit`."""
    return mass + np.clip(width / 2 * rng.standard_cauchy(n), -limit, limit)


# --- a colisão, antes do detector ----------------------------------------------------------------


def _collide(rng, n):
    """Sorteia `n` colisões: rótulos (n,), lépton e neutrino (n, 4), cinco jatos (n, 5, 4)."""
    signal = rng.random(n) < SIGNAL_FRACTION
    m_w1, m_w2 = (_resonance(rng, n, M_W, 2.1, 12.0) for _ in range(2))
    m_t1, m_t2 = (_resonance(rng, n, M_TOP, 1.5, 25.0) for _ in range(2))
    heavy = np.maximum(_resonance(rng, n, M_HEAVY, 10.0, 60.0), m_w1 + M_CHARGED + 3.0)
    total = np.where(signal, heavy, m_t1 + m_t2 + rng.gamma(1.3, 75.0, n))

    # Um jato de recuo dá ao sistema um impulso transversal; os prótons, um impulso longitudinal.
    recoil_pt = np.where(rng.random(n) < EXTRA_JET, 20 + rng.exponential(40, n), rng.exponential(8, n))
    angle, recoil_eta, rapidity = rng.uniform(-np.pi, np.pi, n), rng.normal(0, 1.6, n), rng.normal(0, 0.75, n)
    sideways = recoil_pt[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    recoil = np.column_stack([recoil_pt * np.cosh(recoil_eta), sideways, recoil_pt * np.sinh(recoil_eta)])
    transverse = np.hypot(total, recoil_pt)
    system = np.column_stack([transverse * np.cosh(rapidity), -sideways, transverse * np.sinh(rapidity)])

    # Sinal: H⁰ → W H±, H± → W h⁰, h⁰ → b b̄.
    w1_s, charged = _decay(rng, system, m_w1, np.full(n, M_CHARGED))
    w2_s, light = _decay(rng, charged, m_w2, rng.normal(M_LIGHT, 1.0, n))
    b1_s, b2_s = _decay(rng, light, M_B, M_B)
    # Fundo: t t̄, cada t → W b.
    top1, top2 = _decay(rng, system, m_t1, m_t2)
    w1_b, b1_b = _decay(rng, top1, m_w1, M_B)
    w2_b, b2_b = _decay(rng, top2, m_w2, M_B)

    pairs = ((w1_s, w1_b), (w2_s, w2_b), (b1_s, b1_b), (b2_s, b2_b))
    w1, w2, b1, b2 = (np.where(signal[:, None], ours, theirs) for ours, theirs in pairs)
    swap = rng.random((n, 1)) < 0.5  # qual dos dois W decai em lépton e neutrino
    lepton, neutrino = _decay(rng, np.where(swap, w1, w2), 0.1, 0.0)
    quark1, quark2 = _decay(rng, np.where(swap, w2, w1), 0.3, 0.3)
    return signal, lepton, neutrino, np.stack([b1, b2, quark1, quark2, recoil], axis=1)


# --- o detector ----------------------------------------------------------------------------------


def _smear(rng, v, noise, floor):
    """Erro de medida da energia, com a direção preservada."""
    sigma = np.sqrt(noise**2 / np.maximum(v[..., 0], 5.0) + floor**2)
    return v * np.exp(sigma * rng.standard_normal(sigma.shape))[..., None]


def _detect(rng, signal, lepton, neutrino, jets):
    """Borra, marca os jatos b, guarda os quatro jatos de maior pT e aplica os cortes."""
    n = len(signal)
    measured = _smear(rng, jets, JET_NOISE, JET_FLOOR)
    lepton = _smear(rng, lepton, 0.1, 0.01)
    missing = neutrino[:, 1:3] + rng.normal(0, MET_NOISE, (n, 2))
    missing -= np.sum(measured - jets, axis=1)[:, 1:3]  # o erro dos jatos aparece na energia ausente

    is_b = np.arange(5) < 2
    strong, weak = (np.where(is_b, B_TAG[i], LIGHT_TAG[i]) for i in range(2))
    draw = rng.random((n, 5))
    tags = np.where(draw < strong, 2, np.where(draw < strong + weak, 1, 0))

    seen = (_pt(measured) > PT_CUT) & (np.abs(_eta(measured)) < ETA_CUT)
    order = np.argsort(np.where(seen, -_pt(measured), np.inf), axis=1, kind="stable")[:, :4]
    four = np.take_along_axis(measured, order[:, :, None], axis=1)
    tags = np.take_along_axis(tags, order, axis=1)
    keep = (seen.sum(axis=1) >= 4) & (tags.max(axis=1) > 0)
    keep &= (_pt(lepton) > PT_CUT) & (np.abs(_eta(lepton)) < ETA_CUT)
    return signal[keep], lepton[keep], missing[keep], four[keep], tags[keep]


# --- as 28 colunas -------------------------------------------------------------------------------


def _neutrino(lepton, missing):
    """Neutrino com o pz que dá ao par lépton-neutrino a massa do W, quando há solução."""
    half = M_W**2 / 2 + np.sum(lepton[:, 1:3] * missing, axis=1)
    middle = half * lepton[:, 3] / _pt(lepton) ** 2
    inside = middle**2 - (lepton[:, 0] ** 2 * np.sum(missing**2, axis=1) - half**2) / _pt(lepton) ** 2
    root = np.sqrt(np.maximum(inside, 0.0))
    pz = np.where(middle > 0, middle - root, middle + root)  # a solução de menor |pz|
    return _vector(0.0, np.column_stack([missing, pz]))


def _masses(lepton, missing, jets, tags):
    """As sete massas invariantes (n, 7), em GeV: m_jj, m_jjj, m_lv, m_jlv, m_bb, m_wbb, m_wwbb."""
    order = np.argsort(-(1e4 * tags + _pt(jets)), axis=1, kind="stable")  # os dois mais marcados são os b
    b1, b2, j1, j2 = np.moveaxis(np.take_along_axis(jets, order[:, :, None], axis=1), 1, 0)
    leptonic, hadronic, bb = lepton + _neutrino(lepton, missing), j1 + j2, b1 + b2

    def distance(b_leptonic, b_hadronic):
        return abs(_mass(leptonic + b_leptonic) - M_TOP) + abs(_mass(hadronic + b_hadronic) - M_TOP)

    swap = (distance(b2, b1) < distance(b1, b2))[:, None]
    b_leptonic, b_hadronic = np.where(swap, b2, b1), np.where(swap, b1, b2)
    candidates = np.stack([_mass(leptonic + bb), _mass(hadronic + bb)])
    wbb = np.where(np.diff(abs(candidates - M_CHARGED), axis=0)[0] > 0, *candidates)
    triples = [_mass(hadronic), _mass(hadronic + b_hadronic), _mass(leptonic), _mass(leptonic + b_leptonic)]
    return np.column_stack([*triples, _mass(bb), wbb, _mass(leptonic + hadronic + bb)])


def _coarse(rng, v):
    """pT, η e φ de `v` lidos com erro e devolvidos à região que o detector vê (por reflexão)."""
    noise = rng.standard_normal((3, *v.shape[:-1]))
    pt = PT_CUT * np.exp(np.abs(np.log(_pt(v) / PT_CUT) + COARSE_PT * noise[0]))
    eta = _eta(v) + COARSE_ANGLE * noise[1]
    eta -= 2 * np.sign(eta) * np.maximum(np.abs(eta) - ETA_CUT, 0)
    phi = np.mod(_phi(v) + COARSE_ANGLE * noise[2] + np.pi, 2 * np.pi) - np.pi
    return pt, eta, phi


def _columns(rng, lepton, missing, jets, tags):
    """Monta e normaliza as 28 colunas (n, 28)."""
    pt, eta, phi = _coarse(rng, lepton)
    columns = [pt / PT_SCALE[0], eta / ETA_SCALE[0], phi / PHI_SCALE]
    columns += [np.hypot(*missing.T) / PT_SCALE[1], np.arctan2(missing[:, 1], missing[:, 0]) / PHI_SCALE]
    readings = np.stack([*_coarse(rng, jets), tags])  # (4, n, 4): pT, η, φ e marca de cada jato
    order = np.argsort(-readings[0], axis=1, kind="stable")  # os jatos vêm em ordem de pT
    readings = np.take_along_axis(readings, order[None], axis=2)
    for i in range(4):
        scales = (1 / PT_SCALE[i + 2], 1 / ETA_SCALE[i + 1], 1 / PHI_SCALE, TAG_UNITS[i])
        columns += [reading[:, i] * scale for reading, scale in zip(readings, scales, strict=True)]
    return np.column_stack([*columns, _masses(lepton, missing, jets, tags) / MASS_SCALE])

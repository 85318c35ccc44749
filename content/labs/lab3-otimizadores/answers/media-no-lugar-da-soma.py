# /// resposta
# titulo = "Médias onde são somas, somas onde são médias: o passo com o tamanho errado"
# ///

# %% todo01
def passo_momento(theta, v, g, taxa=0.01, beta=0.9):
    v_novo = beta * v - (1 - beta) * taxa * g
    return theta + v_novo, v_novo


# %% todo02
def passo_nesterov(theta, v, g, taxa=0.01, beta=0.9):
    v_novo = beta * v + (1 - beta) * g
    return theta - taxa * v_novo, v_novo


# %% todo03
def passo_rmsprop(theta, s, g, taxa=0.001, rho=0.9, epsilon=1e-7):
    s_novo = s + g**2
    return theta - taxa * g / np.sqrt(s_novo + epsilon), s_novo


# %% todo04
def passo_adam(theta, m, s, g, t, taxa=0.001, beta1=0.9, beta2=0.999, epsilon=1e-7):
    m_novo = beta1 * m + g
    s_novo = beta2 * s + (1 - beta2) * g**2
    m_chapeu, s_chapeu = m_novo / (1 - beta1**t), s_novo / (1 - beta2**t)
    return theta - taxa * m_chapeu / (np.sqrt(s_chapeu) + epsilon), m_novo, s_novo


# %% todo05
def percorrer(regra, gradiente, inicio, estado, tolerancia, maximo):
    theta = np.array(inicio, dtype=float)
    caminho = [theta.copy()]
    for t in range(1, maximo + 1):
        g = gradiente(theta)
        if np.mean(np.abs(g)) <= tolerancia:
            return caminho, True
        theta, estado = regra(theta, estado, g, t)
        caminho.append(theta.copy())
    return caminho, np.mean(np.abs(gradiente(theta))) <= tolerancia


# %% todo06
def taxa_inversa(passo, inicial, escala):
    return inicial / (1 + passo * escala)


def taxa_exponencial(epoca, inicial, escala):
    return inicial * np.exp(-epoca / escala)


def taxa_por_partes(epoca, limites, valores):
    return valores[sum(epoca > limite for limite in limites)]


def taxas_do_treino(agenda, epocas, passos_por_epoca):
    return np.array([agenda(passo / passos_por_epoca) for passo in range(epocas * passos_por_epoca)])


# %% todo07
def um_ciclo(passo, passos, maxima):
    f = passo / (passos - 1)
    nos = (0, 0.3, 0.9, 1)
    taxa = 10 ** np.interp(f, nos, np.log10((maxima / 10, maxima, maxima / 10, maxima / 10_000)))
    return taxa, np.interp(f, nos, (0.85, 0.95, 0.85, 0.85))


# %% todo08
def escolher_taxa(taxas, perdas, beta=0.9):
    alisadas = []
    media = perdas[0]
    for perda in perdas:
        media = beta * media + (1 - beta) * perda
        if not np.isfinite(media) or (alisadas and media > 4 * min(alisadas)):
            break
        alisadas.append(media)
    return np.array(alisadas), taxas[np.argmin(alisadas)]

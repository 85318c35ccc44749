# /// resposta
# titulo = "Tudo certo, por outros caminhos"
# [todo01]
# pontos = 10
# ///

# %% todo01
def passo_momento(theta, v, g, taxa=0.01, beta=0.9):
    velocidade = np.array(v)
    velocidade *= beta
    velocidade -= taxa * g
    return theta + velocidade, velocidade


# %% todo02
def passo_nesterov(theta, v, g, taxa=0.01, beta=0.9):
    v_novo = beta * v - taxa * g
    salto = v_novo + beta * (v_novo - v)
    return theta + salto, v_novo


# %% todo03
def passo_rmsprop(theta, s, g, taxa=0.001, rho=0.9, epsilon=1e-7):
    s_novo = s + (1 - rho) * (np.square(g) - s)
    return theta - taxa * g * (s_novo + epsilon) ** -0.5, s_novo


# %% todo04
def passo_adam(theta, m, s, g, t, taxa=0.001, beta1=0.9, beta2=0.999, epsilon=1e-7):
    m_novo = beta1 * m + (1 - beta1) * g
    s_novo = beta2 * s + (1 - beta2) * g**2
    alfa = taxa * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return theta - alfa * m_novo / (np.sqrt(s_novo) + epsilon), m_novo, s_novo


# %% todo05
def percorrer(regra, gradiente, inicio, estado, tolerancia, maximo):
    caminho = np.zeros((maximo + 1, len(inicio)))
    theta = np.asarray(inicio).astype(float)
    caminho[0] = theta
    t = 0
    while True:
        g = gradiente(theta)
        chegou = np.sqrt(np.sum(g**2)) <= tolerancia
        if chegou or t == maximo:
            return caminho[: t + 1], chegou
        t += 1
        theta, estado = regra(theta, estado, g, t)
        caminho[t] = theta


# %% todo06
def taxa_inversa(passo, inicial, escala):
    return inicial * escala / (escala + passo)


def taxa_exponencial(epoca, inicial, escala):
    return inicial * np.exp(-np.log(10) * epoca / escala)


def taxa_por_partes(epoca, limites, valores):
    return valores[np.searchsorted(limites, epoca, side="right")]


def taxas_do_treino(agenda, epocas, passos_por_epoca):
    return np.array([agenda(passo // passos_por_epoca) for passo in range(epocas * passos_por_epoca)])


# %% todo07
def um_ciclo(passo, passos, maxima):
    f = passo / (passos - 1)
    if f <= 0.3:
        parte = f / 0.3
        return maxima * (0.1 + 0.9 * parte), 0.95 - 0.1 * parte
    if f <= 0.9:
        parte = (f - 0.3) / 0.6
        return maxima * (1 - 0.9 * parte), 0.85 + 0.1 * parte
    parte = (f - 0.9) / 0.1
    return maxima / 10 + parte * (maxima / 10_000 - maxima / 10), 0.95


# %% todo08
def escolher_taxa(taxas, perdas, beta=0.9):
    pesos, soma, alisadas = 0.0, 0.0, []
    for perda in perdas:
        soma = beta * soma + (1 - beta) * perda
        pesos = beta * pesos + (1 - beta)
        alisada = soma / pesos
        if not np.isfinite(alisada) or (alisadas and alisada > 4 * min(alisadas)):
            break
        alisadas.append(alisada)
    fundo = min(range(len(alisadas)), key=alisadas.__getitem__)
    return alisadas, 0.1 * taxas[fundo]


# %% [markdown] todo09
# A é a taxa que cai, B a fixa, C a grande e D a pequena.

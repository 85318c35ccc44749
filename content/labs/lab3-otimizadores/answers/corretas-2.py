# /// resposta
# titulo = "Tudo certo, com laços e contas por extenso"
# [todo01]
# pontos = 10
# ///

# %% todo01
def passo_momento(theta, v, g, taxa=0.01, beta=0.9):
    v_novo = -(taxa * g - beta * v)
    theta_novo = theta.copy()
    theta_novo += v_novo
    return theta_novo, v_novo


# %% todo02
def passo_nesterov(theta, v, g, taxa=0.01, beta=0.9):
    v_novo = beta * v - taxa * g
    return theta + beta**2 * v - (1 + beta) * taxa * g, v_novo


# %% todo03
def passo_rmsprop(theta, s, g, taxa=0.001, rho=0.9, epsilon=1e-7):
    s_novo = np.empty_like(s)
    theta_novo = np.empty_like(theta)
    for i in np.ndindex(g.shape):
        s_novo[i] = rho * s[i] + (1 - rho) * g[i] ** 2
        theta_novo[i] = theta[i] - taxa * g[i] / (s_novo[i] + epsilon) ** 0.5
    return theta_novo, s_novo


# %% todo04
def passo_adam(theta, m, s, g, t, taxa=0.001, beta1=0.9, beta2=0.999, epsilon=1e-7):
    m, s = beta1 * m + (1 - beta1) * g, beta2 * s + (1 - beta2) * np.square(g)
    m_chapeu, s_chapeu = m / (1 - beta1**t), s / (1 - beta2**t)
    return theta - taxa * m_chapeu / (np.sqrt(s_chapeu) + epsilon), m, s


# %% todo05
def percorrer(regra, gradiente, inicio, estado, tolerancia, maximo):
    pontos = [np.array(inicio, dtype="float64")]
    while np.linalg.norm(gradiente(pontos[-1])) > tolerancia and len(pontos) <= maximo:
        aqui = pontos[-1].copy()
        novo, estado = regra(aqui, estado, gradiente(aqui), len(pontos))
        pontos.append(np.array(novo))
    return np.vstack(pontos), np.linalg.norm(gradiente(pontos[-1])) <= tolerancia


# %% todo06
def taxa_inversa(passo, inicial, escala):
    denominador = 1 + passo / escala
    return inicial / denominador


def taxa_exponencial(epoca, inicial, escala):
    return inicial / 10 ** (epoca / escala)


def taxa_por_partes(epoca, limites, valores):
    for limite, valor in zip(limites, valores, strict=False):
        if epoca < limite:
            return valor
    return valores[-1]


def taxas_do_treino(agenda, epocas, passos_por_epoca):
    taxas = []
    for epoca in range(epocas):
        taxas += [agenda(epoca)] * passos_por_epoca
    return np.array(taxas)


# %% todo07
def um_ciclo(passo, passos, maxima):
    def reta(f, fa, ya, fb, yb):
        return ya + (yb - ya) * (f - fa) / (fb - fa)

    f, baixa, fim = passo / (passos - 1), maxima / 10, maxima / 10_000
    if f < 0.3:
        return reta(f, 0, baixa, 0.3, maxima), reta(f, 0, 0.95, 0.3, 0.85)
    elif f < 0.9:
        return reta(f, 0.3, maxima, 0.9, baixa), reta(f, 0.3, 0.85, 0.9, 0.95)
    return reta(f, 0.9, baixa, 1, fim), 0.95


# %% todo08
def escolher_taxa(taxas, perdas, beta=0.9):
    media, alisadas, melhor, onde = 0.0, [], None, 0
    for t in range(len(perdas)):
        media = beta * media + (1 - beta) * perdas[t]
        corrigida = media / (1 - beta ** (t + 1))
        if np.isnan(corrigida) or np.isinf(corrigida):
            break
        if melhor is not None and corrigida > 4 * melhor:
            break
        if melhor is None or corrigida < melhor:
            melhor, onde = corrigida, t
        alisadas.append(corrigida)
    return np.array(alisadas), taxas[onde] / 10

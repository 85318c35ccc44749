# /// resposta
# titulo = "Metade do caminho: momento e RMSprop certos, Adam sem correção, laço que não pergunta no fim"
# base = "esqueleto"
# [todo01]
# pontos = 10
# [todo03]
# pontos = 10
# [todo04]
# pontos = 8.8
# mensagens = ["Falta a correção do viés nas duas médias: nos primeiros passos,"]
# [todo05]
# pontos = 9
# mensagens = ["Se o último passo permitido chega, `chegou` é True: depois do laço"]
# [todo06]
# pontos = 6.9
# mensagens = ["A divisão do expoente é a inteira, `//`: a queda saiu em degraus, e o", "Na época do limite já vale o valor seguinte: a troca está uma época", "Veio uma taxa por época: falta repeti-la por todos os passos dela."]
# [todo07]
# pontos = 9.9
# mensagens = ["Falta o mergulho: no fim a taxa ficou parada na máxima dividida por"]
# ///

# %% todo01
def passo_momento(theta, v, g, taxa=0.01, beta=0.9):
    v_novo = beta * v - taxa * g
    return theta + v_novo, v_novo


# %% todo03
def passo_rmsprop(theta, s, g, taxa=0.001, rho=0.9, epsilon=1e-7):
    s_novo = rho * s + (1 - rho) * g * g
    return theta - taxa / np.sqrt(s_novo + epsilon) * g, s_novo


# %% todo04
def passo_adam(theta, m, s, g, t, taxa=0.001, beta1=0.9, beta2=0.999, epsilon=1e-7):
    m_novo = beta1 * m + (1 - beta1) * g
    s_novo = beta2 * s + (1 - beta2) * g**2
    return theta - taxa * m_novo / (np.sqrt(s_novo) + epsilon), m_novo, s_novo


# %% todo05
def percorrer(regra, gradiente, inicio, estado, tolerancia, maximo):
    theta = np.array(inicio, dtype=float)
    caminho = [theta.copy()]
    for t in range(1, maximo + 1):
        g = gradiente(theta)
        if np.linalg.norm(g) <= tolerancia:
            return np.array(caminho), True
        theta, estado = regra(theta, estado, g, t)
        caminho.append(theta.copy())
    return np.array(caminho), False


# %% todo06
def taxa_inversa(passo, inicial, escala):
    return inicial / (1 + passo / escala)


def taxa_exponencial(epoca, inicial, escala):
    return inicial * 0.1 ** (epoca // escala)


def taxa_por_partes(epoca, limites, valores):
    for limite, valor in zip(limites, valores, strict=False):
        if epoca <= limite:
            return valor
    return valores[-1]


def taxas_do_treino(agenda, epocas, passos_por_epoca):
    return np.array([agenda(epoca) for epoca in range(epocas)])


# %% todo07
def um_ciclo(passo, passos, maxima):
    f = passo / (passos - 1)
    if f <= 0.3:
        return maxima / 10 + f / 0.3 * (maxima - maxima / 10), 0.95 - f / 0.3 * 0.1
    return max(maxima / 10, maxima - (f - 0.3) / 0.6 * 0.9 * maxima), min(0.95, 0.85 + (f - 0.3) / 0.6 * 0.1)


# %% [markdown] todo09
# D é a taxa pequena e C é a grande. As outras são parecidas.

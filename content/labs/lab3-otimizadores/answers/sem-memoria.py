# /// resposta
# titulo = "Devolve o que chegou, ou a ordem trocada; o laço não para; a busca crua"
# [todo01]
# pontos = 2.7
# mensagens = ["A ordem da tupla é (theta_novo, v_novo): a velocidade veio primeiro.", "A posição veio em segundo lugar na tupla; ela é a primeira."]
# [todo02]
# pontos = 7.5
# mensagens = ["Você devolveu a velocidade já adiantada, βv − ηg feito duas vezes; a"]
# [todo03]
# pontos = 6.2
# mensagens = ["A média é do gradiente; devia ser do quadrado dele."]
# [todo04]
# pontos = 8.8
# mensagens = ["A correção conta um passo a mais: o primeiro passo é t = 1, e t já"]
# [todo05]
# pontos = 6.2
# mensagens = ["O laço comparou a norma ao quadrado, e parou cedo: é a norma", "Com uma regra que altera theta no próprio array, as linhas do caminho"]
# [todo06]
# pontos = 3.3
# mensagens = ["Isso é a taxa exponencial; a inversa divide por 1 + t/s.", "Isso é a taxa inversa.", "A troca vem uma época antes do limite.", "A taxa é a mesma do começo ao fim: a agenda é chamada a cada época."]
# [todo07]
# pontos = 4.8
# mensagens = ["Falta o mergulho: a descida vai de f = 0,3 a f = 1, em uma reta só.", "O momento está parado; ele muda a cada passo."]
# [todo08]
# pontos = 1.2
# mensagens = ["As perdas vieram cruas: falta alisá-las.", "O corte olha as perdas alisadas: comece pelo alisamento.", "O índice veio da curva crua e inteira, além do disparo: use a menor"]
# ///

# %% todo01
def passo_momento(theta, v, g, taxa=0.01, beta=0.9):
    v_novo = beta * v - taxa * g
    return v_novo, theta + v_novo


# %% todo02
def passo_nesterov(theta, v, g, taxa=0.01, beta=0.9):
    salto = beta * (beta * v - taxa * g) - taxa * g
    return theta + salto, salto


# %% todo03
def passo_rmsprop(theta, s, g, taxa=0.001, rho=0.9, epsilon=1e-7):
    s_novo = rho * s + (1 - rho) * g
    return theta - taxa * g / np.sqrt(s_novo + epsilon), s_novo


# %% todo04
def passo_adam(theta, m, s, g, t, taxa=0.001, beta1=0.9, beta2=0.999, epsilon=1e-7):
    m_novo = beta1 * m + (1 - beta1) * g
    s_novo = beta2 * s + (1 - beta2) * g**2
    m_chapeu, s_chapeu = m_novo / (1 - beta1 ** (t + 1)), s_novo / (1 - beta2 ** (t + 1))
    return theta - taxa * m_chapeu / (np.sqrt(s_chapeu) + epsilon), m_novo, s_novo


# %% todo05
def percorrer(regra, gradiente, inicio, estado, tolerancia, maximo):
    theta = np.array(inicio, dtype=float)
    caminho = [theta]
    for t in range(1, maximo + 1):
        g = gradiente(theta)
        if np.sum(g**2) <= tolerancia:
            break
        theta, estado = regra(theta, estado, g, t)
        caminho.append(theta)
    return np.array(caminho), np.linalg.norm(gradiente(theta)) <= tolerancia


# %% todo06
def taxa_inversa(passo, inicial, escala):
    return inicial * 0.1 ** (passo / escala)


def taxa_exponencial(epoca, inicial, escala):
    return inicial / (1 + epoca / escala)


def taxa_por_partes(epoca, limites, valores):
    return valores[sum(epoca + 1 >= limite for limite in limites)]


def taxas_do_treino(agenda, epocas, passos_por_epoca):
    return np.full(epocas * passos_por_epoca, agenda(0))


# %% todo07
def um_ciclo(passo, passos, maxima):
    f = passo / (passos - 1)
    taxa = np.interp(f, (0, 0.3, 1), (maxima / 10, maxima, maxima / 10_000))
    return taxa, 0.9


# %% todo08
def escolher_taxa(taxas, perdas, beta=0.9):
    ficam = np.isfinite(perdas)
    return perdas[ficam], taxas[ficam][np.argmin(perdas[ficam])] / 10

# /// resposta
# titulo = "Números do enunciado no lugar dos argumentos; épocas no lugar de passos"
# [todo01]
# pontos = 2.7
# mensagens = ["A conta só confere com os valores padrão: os argumentos que chegam"]
# [todo02]
# pontos = 7.2
# mensagens = ["Com os argumentos escritos na chamada a conta confere; com os valores"]
# [todo03]
# pontos = 6
# mensagens = ["O ε não entrou na conta."]
# [todo04]
# pontos = 8.1
# mensagens = ["A correção não usa t: o expoente muda a cada passo."]
# [todo05]
# pontos = 5.5
# mensagens = ["O laço não para: a norma do gradiente já era menor que a tolerância,", "A contagem começa em zero; o primeiro passo é t = 1."]
# [todo06]
# pontos = 2.7
# mensagens = ["Falta dividir o tempo pela escala.", "Os limites recebidos não são usados: os do enunciado são só um", "A agenda recebeu o número do passo; ela espera o da época."]
# [todo07]
# pontos = 0.9
# mensagens = ["O número de passos está fixo em 101: use o que chega.", "O momento está parado; ele desce até 0,85 no topo da taxa e volta."]
# [todo08]
# pontos = 6.2
# mensagens = ["Nada foi cortado: a curva alisada tem todos os pontos.", "A menor alisada foi procurada além do corte."]
# ///

# %% todo01
def passo_momento(theta, v, g, taxa=0.01, beta=0.9):
    v_novo = 0.9 * v - 0.01 * g
    return theta + v_novo, v_novo


# %% todo02
def passo_nesterov(theta, v, g, taxa=0.1, beta=0.9):
    v_novo = beta * v - taxa * g
    return theta + beta * v_novo - taxa * g, v_novo


# %% todo03
def passo_rmsprop(theta, s, g, taxa=0.001, rho=0.9, epsilon=1e-7):
    s_novo = rho * s + (1 - rho) * g**2
    return theta - taxa * g / np.sqrt(s_novo), s_novo


# %% todo04
def passo_adam(theta, m, s, g, t, taxa=0.001, beta1=0.9, beta2=0.999, epsilon=1e-7):
    m_novo = beta1 * m + (1 - beta1) * g
    s_novo = beta2 * s + (1 - beta2) * g**2
    m_chapeu, s_chapeu = m_novo / (1 - beta1), s_novo / (1 - beta2)
    return theta - taxa * m_chapeu / (np.sqrt(s_chapeu) + epsilon), m_novo, s_novo


# %% todo05
def percorrer(regra, gradiente, inicio, estado, tolerancia, maximo):
    theta = np.array(inicio, dtype=float)
    caminho = [theta.copy()]
    for t in range(maximo):
        g = gradiente(theta)
        theta, estado = regra(theta, estado, g, t)
        caminho.append(theta.copy())
    return np.array(caminho), True


# %% todo06
def taxa_inversa(passo, inicial, escala):
    return inicial / (1 + passo)


def taxa_exponencial(epoca, inicial, escala):
    return inicial * 0.1**epoca


def taxa_por_partes(epoca, limites, valores):
    if epoca < 5:
        return valores[0]
    return valores[1] if epoca < 8 else valores[2]


def taxas_do_treino(agenda, epocas, passos_por_epoca):
    return np.array([agenda(passo) for passo in range(epocas * passos_por_epoca)])


# %% todo07
def um_ciclo(passo, passos, maxima):
    f = passo / 100
    nos = (0, 0.3, 0.9, 1)
    taxa = np.interp(f, nos, (maxima / 10, maxima, maxima / 10, maxima / 10_000))
    return taxa, 0.95


# %% todo08
def escolher_taxa(taxas, perdas, beta=0.9):
    alisadas, media = [], 0.0
    for t, perda in enumerate(perdas, start=1):
        media = beta * media + (1 - beta) * perda
        alisadas.append(media / (1 - beta**t))
    return np.array(alisadas), taxas[np.nanargmin(alisadas)] / 10

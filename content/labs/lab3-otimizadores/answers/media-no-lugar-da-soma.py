# /// resposta
# titulo = "Médias onde são somas, somas onde são médias: o passo com o tamanho errado"
# [todo01]
# pontos = 4.8
# mensagens = ["A velocidade virou uma média: o gradiente entra com 1 − β, e o passo"]
# [todo02]
# pontos = 3.6
# mensagens = ["A velocidade virou uma média, com 1 − β e sem a taxa: no Keras o", "A posição multiplica a velocidade pela taxa. Na convenção do"]
# [todo03]
# pontos = 5.8
# mensagens = ["Você acumulou os quadrados sem esquecer nenhum: é o AdaGrad. O que já"]
# [todo04]
# pontos = 11.2
# mensagens = ["Os dois pesos de m não somam 1: falta 1 − β1 no gradiente."]
# [todo05]
# pontos = 4
# mensagens = ["O caminho veio em lista; o pedido é um array: np.array(…) no fim.", "Parou em outro ponto: a pergunta é sobre a norma do gradiente"]
# [todo06]
# pontos = 4.8
# mensagens = ["O tempo multiplica a escala; ele é dividido por ela.", "A base é e; o pedido é 0,1: a cada escala a taxa divide por dez.", "Na época do limite já vale o valor seguinte: a troca está uma época", "A taxa muda dentro da época: a divisão do passo é a inteira."]
# [todo07]
# pontos = 4.5
# mensagens = ["As retas estão no logaritmo da taxa; o pedido é reta na própria taxa.", "O momento acompanha a taxa; ele faz o contrário dela."]
# [todo08]
# pontos = 7.1
# mensagens = ["A média nasceu na primeira perda; o pedido é nascer em zero e", "Essa é a taxa do fundo, em que a perda está para subir; a escolha é"]
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

# /// resposta
# titulo = "Quase: um termo, um parêntese ou uma comparação de distância"
# [todo01]
# pontos = 6.9
# mensagens = ["A posição usa a velocidade que chegou; é a que acaba de ser calculada"]
# [todo02]
# pontos = 5.4
# mensagens = ["A velocidade nova entra inteira: falta multiplicá-la por β."]
# [todo03]
# pontos = 3.1
# mensagens = ["ρ e 1 − ρ estão trocados: é a memória que fica com ρ.", "Falta a raiz: s está na escala do quadrado do gradiente."]
# [todo04]
# pontos = 10.9
# mensagens = ["O ε ficou dentro da raiz; no Adam ele fica fora."]
# [todo05]
# pontos = 7
# mensagens = ["Com a norma exatamente igual à tolerância, chegou: é menor ou igual.", "Se o início já cumpre a tolerância, são zero passos: pergunte antes", "Se o último passo permitido chega, `chegou` é True: depois do laço"]
# [todo06]
# pontos = 4.2
# mensagens = ["A escala e o tempo estão trocados na fração.", "0,1 multiplica t/s; é 0,1 elevado a t/s.", "O último valor nunca é usado: depois do último limite vale o último.", "A primeira época é a 0: a sua conta começou na 1."]
# [todo07]
# pontos = 8.4
# mensagens = ["O mergulho vai até zero; é até a máxima dividida por dez mil.", "O momento volta até 0,95 em f = 0,9, e não em f = 1."]
# [todo08]
# pontos = 7.7
# mensagens = ["Uma perda infinita ou NaN não parou a leitura: NaN não é maior que", "A escolha é pela menor perda alisada, e não pela maior queda."]
# ///

# %% todo01
def passo_momento(theta, v, g, taxa=0.01, beta=0.9):
    v_novo = beta * v - taxa * g
    return theta + v, v_novo


# %% todo02
def passo_nesterov(theta, v, g, taxa=0.01, beta=0.9):
    v_novo = beta * v - taxa * g
    return theta + v_novo - taxa * g, v_novo


# %% todo03
def passo_rmsprop(theta, s, g, taxa=0.001, rho=0.9, epsilon=1e-7):
    s_novo = (1 - rho) * s + rho * g**2
    return theta - taxa * g / (s_novo + epsilon), s_novo


# %% todo04
def passo_adam(theta, m, s, g, t, taxa=0.001, beta1=0.9, beta2=0.999, epsilon=1e-7):
    m_novo = beta1 * m + (1 - beta1) * g
    s_novo = beta2 * s + (1 - beta2) * g**2
    m_chapeu, s_chapeu = m_novo / (1 - beta1**t), s_novo / (1 - beta2**t)
    return theta - taxa * m_chapeu / np.sqrt(s_chapeu + epsilon), m_novo, s_novo


# %% todo05
def percorrer(regra, gradiente, inicio, estado, tolerancia, maximo):
    theta = np.array(inicio, dtype=float)
    caminho, chegou = [theta.copy()], False
    for t in range(1, maximo + 1):
        g = gradiente(theta)
        theta, estado = regra(theta, estado, g, t)
        caminho.append(theta.copy())
        if np.linalg.norm(gradiente(theta)) < tolerancia:
            chegou = True
            break
    return np.array(caminho), chegou


# %% todo06
def taxa_inversa(passo, inicial, escala):
    return inicial / (1 + escala / (passo + 1e-9))


def taxa_exponencial(epoca, inicial, escala):
    return inicial * (0.1 * epoca / escala)


def taxa_por_partes(epoca, limites, valores):
    return valores[min(sum(epoca >= limite for limite in limites), len(limites) - 1)]


def taxas_do_treino(agenda, epocas, passos_por_epoca):
    return np.repeat([agenda(epoca + 1) for epoca in range(epocas)], passos_por_epoca)


# %% todo07
def um_ciclo(passo, passos, maxima):
    f = passo / (passos - 1)
    taxa = np.interp(f, (0, 0.3, 0.9, 1), (maxima / 10, maxima, maxima / 10, 0))
    return taxa, np.interp(f, (0, 0.3, 1), (0.95, 0.85, 0.95))


# %% todo08
def escolher_taxa(taxas, perdas, beta=0.9):
    alisadas, media = [], 0.0
    for t, perda in enumerate(perdas, start=1):
        media = beta * media + (1 - beta) * perda
        corrigida = media / (1 - beta**t)
        if t > 1 and corrigida > 4 * min(alisadas):
            break
        alisadas.append(corrigida)
    return np.array(alisadas), taxas[np.argmin(np.gradient(alisadas))] / 10

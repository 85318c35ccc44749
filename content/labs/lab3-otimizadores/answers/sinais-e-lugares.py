# /// resposta
# titulo = "O sinal em dois lugares, o epsilon do lado errado, Nesterov no ponto de antes"
# [todo01]
# pontos = 4.5
# mensagens = ["O sinal do gradiente na velocidade está trocado: ela aponta para onde", "A posição subtrai a velocidade. Na convenção do enunciado ela soma: o"]
# [todo02]
# pontos = 4.2
# mensagens = ["A posição é a do momento comum. Na forma de Nesterov o β multiplica a"]
# [todo03]
# pontos = 7
# mensagens = ["O ε ficou fora da raiz: no RMSprop do Keras, e no enunciado, ele"]
# [todo04]
# pontos = 6.3
# mensagens = ["O gradiente entra em m com o sinal de mais. O sinal de menos aparece", "O passo sobe a encosta: confira quantas vezes aparece o sinal de"]
# [todo05]
# pontos = 3.2
# mensagens = ["Falta o início: ele é a primeira linha do caminho.", "Deu um passo depois de chegar: a pergunta vem antes do passo, no"]
# [todo06]
# pontos = 3.6
# mensagens = ["Faltam parênteses no denominador: o 1 e t/s são somados antes.", "A taxa cresce: a base é 0,1, e não 10.", "Os valores vêm na ordem contrária.", "As épocas vieram intercaladas: cada taxa deve se repetir seguida."]
# [todo07]
# pontos = 4.8
# mensagens = ["A fração não chega a 1: o último passo é o de número passos − 1, e é", "A fração do momento não chega a 1: divida por passos − 1."]
# [todo08]
# pontos = 7.3
# mensagens = ["β e 1 − β estão trocados: é a memória que fica com β.", "O ponto que dispara ficou na curva: ele e os seguintes ficam de fora."]
# ///

# %% todo01
def passo_momento(theta, v, g, taxa=0.01, beta=0.9):
    v_novo = beta * v + taxa * g
    return theta - v_novo, v_novo


# %% todo02
def passo_nesterov(theta, v, g, taxa=0.01, beta=0.9):
    v_novo = beta * v - taxa * g
    return theta + v_novo, v_novo


# %% todo03
def passo_rmsprop(theta, s, g, taxa=0.001, rho=0.9, epsilon=1e-7):
    s_novo = rho * s + (1 - rho) * g**2
    return theta - taxa * g / (np.sqrt(s_novo) + epsilon), s_novo


# %% todo04
def passo_adam(theta, m, s, g, t, taxa=0.001, beta1=0.9, beta2=0.999, epsilon=1e-7):
    m_novo = beta1 * m - (1 - beta1) * g
    s_novo = beta2 * s + (1 - beta2) * g**2
    m_chapeu, s_chapeu = m_novo / (1 - beta1**t), s_novo / (1 - beta2**t)
    return theta - taxa * m_chapeu / (np.sqrt(s_chapeu) + epsilon), m_novo, s_novo


# %% todo05
def percorrer(regra, gradiente, inicio, estado, tolerancia, maximo):
    theta = np.array(inicio, dtype=float)
    caminho = []
    for t in range(1, maximo + 1):
        g = gradiente(theta)
        theta, estado = regra(theta, estado, g, t)
        caminho.append(theta.copy())
        if np.linalg.norm(g) <= tolerancia:
            return np.array(caminho), True
    return np.array(caminho), False


# %% todo06
def taxa_inversa(passo, inicial, escala):
    return inicial / 1 + passo / escala


def taxa_exponencial(epoca, inicial, escala):
    return inicial * 10 ** (epoca / escala)


def taxa_por_partes(epoca, limites, valores):
    return valores[::-1][sum(epoca >= limite for limite in limites)]


def taxas_do_treino(agenda, epocas, passos_por_epoca):
    return np.tile([agenda(epoca) for epoca in range(epocas)], passos_por_epoca)


# %% todo07
def um_ciclo(passo, passos, maxima):
    f = passo / passos
    nos = (0, 0.3, 0.9, 1)
    taxa = np.interp(f, nos, (maxima / 10, maxima, maxima / 10, maxima / 10_000))
    return taxa, np.interp(f, nos, (0.95, 0.85, 0.95, 0.95))


# %% todo08
def escolher_taxa(taxas, perdas, beta=0.9):
    alisadas, media, menor = [], 0.0, np.inf
    for t, perda in enumerate(perdas, start=1):
        media = (1 - beta) * media + beta * perda
        corrigida = media / (1 - (1 - beta) ** t)
        alisadas.append(corrigida)
        if not np.isfinite(corrigida) or corrigida > 4 * menor:
            break
        menor = min(menor, corrigida)
    return np.array(alisadas), taxas[np.argmin(alisadas)] / 10

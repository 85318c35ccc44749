# /// resposta
# titulo = "A memória velha, a memória corrigida guardada, a memória de quem chamou alterada"
# [todo01]
# pontos = 9
# mensagens = ["Algum dos arrays recebidos mudou: `v *= beta` e `theta += v` mudam o"]
# [todo02]
# pontos = 5.4
# mensagens = ["Falta o último termo: depois de somar β vezes a velocidade nova,"]
# [todo03]
# pontos = 6.5
# mensagens = ["A raiz usa o s que chegou; é o novo que conta."]
# [todo04]
# pontos = 8.8
# mensagens = ["A memória m devolvida é a corrigida: no passo seguinte ela será", "A memória s devolvida é a corrigida: guarde a média, e use a"]
# [todo05]
# pontos = 8
# mensagens = ["A contagem começa em zero, e o estado não anda.", "Com uma regra que altera theta no próprio array, as linhas do caminho", "A regra alterou `inicio`: comece de uma cópia.", "Com um início em inteiros, uma regra que altera theta no próprio"]
# [todo06]
# pontos = 5.1
# mensagens = ["A divisão do tempo é a inteira, `//`: a taxa cai em degraus. Use `/`.", "A divisão do expoente é a inteira, `//`: a queda saiu em degraus, e o", "Só o primeiro limite conta: falta percorrer os outros.", "O resto da divisão dá o passo dentro da época; a época é o quociente."]
# [todo07]
# pontos = 4.8
# mensagens = ["O topo ficou no meio, como no ciclo simétrico da lição; aqui ele vem", "O momento chega ao fundo no meio do ciclo; é em f = 0,3, com o topo"]
# [todo08]
# pontos = 3.6
# mensagens = ["A média corrigida voltou para a conta do passo seguinte: guarde a sem", "O corte compara com a primeira perda; é com a menor até ali.", "O índice veio da curva crua, e um lote de sorte enganou: use a menor"]
# ///

# %% todo01
def passo_momento(theta, v, g, taxa=0.01, beta=0.9):
    v *= beta
    v -= taxa * g
    return theta + v, v


# %% todo02
def passo_nesterov(theta, v, g, taxa=0.01, beta=0.9):
    v_novo = beta * v - taxa * g
    return theta + beta * v_novo, v_novo


# %% todo03
def passo_rmsprop(theta, s, g, taxa=0.001, rho=0.9, epsilon=1e-7):
    return theta - taxa * g / np.sqrt(s + epsilon), rho * s + (1 - rho) * g**2


# %% todo04
def passo_adam(theta, m, s, g, t, taxa=0.001, beta1=0.9, beta2=0.999, epsilon=1e-7):
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    m = m / (1 - beta1**t)
    s = s / (1 - beta2**t)
    return theta - taxa * m / (np.sqrt(s) + epsilon), m, s


# %% todo05
def percorrer(regra, gradiente, inicio, estado, tolerancia, maximo):
    theta = inicio
    caminho = [theta]
    for t in range(maximo):
        g = gradiente(theta)
        if np.linalg.norm(g) <= tolerancia:
            return np.array(caminho), True
        theta, _ = regra(theta, estado, g, t)
        caminho.append(theta)
    return np.array(caminho), np.linalg.norm(gradiente(theta)) <= tolerancia


# %% todo06
def taxa_inversa(passo, inicial, escala):
    return inicial / (1 + passo // escala)


def taxa_exponencial(epoca, inicial, escala):
    return inicial * 0.1 ** (epoca // escala)


def taxa_por_partes(epoca, limites, valores):
    if epoca < limites[0]:
        return valores[0]
    return valores[1]


def taxas_do_treino(agenda, epocas, passos_por_epoca):
    return np.array([agenda(passo % passos_por_epoca) for passo in range(epocas * passos_por_epoca)])


# %% todo07
def um_ciclo(passo, passos, maxima):
    f = passo / (passos - 1)
    taxa = np.interp(f, (0, 0.5, 0.9, 1), (maxima / 10, maxima, maxima / 10, maxima / 10_000))
    return taxa, np.interp(f, (0, 0.5, 0.9, 1), (0.95, 0.85, 0.95, 0.95))


# %% todo08
def escolher_taxa(taxas, perdas, beta=0.9):
    alisadas, media = [], 0.0
    for t, perda in enumerate(perdas, start=1):
        media = (beta * media + (1 - beta) * perda) / (1 - beta**t)
        if alisadas and (not np.isfinite(media) or media > 4 * alisadas[0]):
            break
        alisadas.append(media)
    return np.array(alisadas), taxas[np.argmin(perdas[: len(alisadas)])] / 10

# /// resposta
# titulo = "Erro de sintaxe, recuo errado, nome que não existe e array chamado como função"
# [todo02]
# pontos = 0
# mensagens = ["TypeError"]
# [todo04]
# pontos = 0
# mensagens = ["NameError"]
# [todo05]
# pontos = 0
# mensagens = ["SyntaxError"]
# [todo08]
# pontos = 0
# mensagens = ["IndentationError"]
# ///

# %% todo02
def passo_nesterov(theta, v, g, taxa=0.01, beta=0.9):
    v_novo = beta * v - taxa * g(theta + beta * v)
    return theta + v_novo, v_novo

# %% todo04
def passo_adam(theta, m, s, g, t, taxa=0.001, beta1=0.9, beta2=0.999, epsilon=1e-7):
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    m_chapeu = m / (1 - beta1**t)
    return theta - taxa * m_chapeu / (np.sqrt(s_chapeu) + epsilon), m, s

# %% todo05
def percorrer(regra, gradiente, inicio, estado, tolerancia, maximo)
    caminho = [inicio]
    return np.array(caminho), False

# %% todo08
def escolher_taxa(taxas, perdas, beta=0.9):
    media = 0
    for t, perda in enumerate(perdas, start=1):
    media = beta * media + (1 - beta) * perda
    return perdas, taxas[0]

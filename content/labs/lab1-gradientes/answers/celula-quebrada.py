# /// resposta
# titulo = "Erro de sintaxe, nome que não existe e recuo errado"
# [todo01]
# pontos = 0
# mensagens = ["SyntaxError"]
# [todo05]
# pontos = 0
# mensagens = ["NameError"]
# [todo09]
# pontos = 0
# mensagens = ["IndentationError"]
# ///

# %% todo01
def produto_de_fatores(fator, camadas)
    return fator**camadas

# %% todo05
def retropropaga(x, y, W1, b1, W2, b2):
    h = np.tanh(x @ W1 + b1)
    delta2 = 2 * (h @ W2 + b2 - y) / len(y)
    delta1 = (delta2 @ W2.T) * (1 - H**2)
    return x.T @ delta1, delta1.sum(axis=0), h.T @ delta2, delta2.sum(axis=0)

# %% todo09
def diagnosticar(normas):
    razao = normas[0] / normas[-1]
      if razao > 10:
        return "explode"
    return "estável"

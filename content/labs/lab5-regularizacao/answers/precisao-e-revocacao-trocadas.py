# /// resposta
# titulo = "Precisão e revocação trocadas"
# [todo10]
# pontos = 6.5
# mensagens = ["Na precisão está o valor de outra métrica, a revocação", "Na revocação está o valor de outra métrica"]
# ///

# %% todo10
def metricas(y, logits):
    y, previsto = y.ravel().astype(int), (logits.ravel() > 0).astype(int)
    vp = int((y * previsto).sum())
    precisao = vp / y.sum() if y.sum() else 0.0
    revocacao = vp / previsto.sum() if previsto.sum() else 0.0
    f1 = 2 * precisao * revocacao / (precisao + revocacao) if vp else 0.0
    return {"acuracia": (y == previsto).mean(), "precisao": precisao, "revocacao": revocacao, "f1": f1}


tabela = {nome: metricas(cats_y_test, logits) for nome, logits in test_logits.items()}

# /// resposta
# titulo = "scikit-learn com a média das duas classes, em porcentagem na acurácia, e aviso de divisão"
# [todo10]
# pontos = 2.5
# mensagens = ['average="macro"', "está em porcentagem", "deve valer 0"]
# ///

# %% todo10
from sklearn.metrics import accuracy_score, precision_recall_fscore_support


def metricas(y, logits):
    previsto = 1 / (1 + np.exp(-logits)) > 0.5
    p, r, f, _ = precision_recall_fscore_support(y.ravel(), previsto.ravel(), average="macro")
    return {"acuracia": 100 * accuracy_score(y, previsto), "precisao": p, "revocacao": r, "f1": f}


tabela = {nome: metricas(cats_y_test, logits) for nome, logits in test_logits.items()}

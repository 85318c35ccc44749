# /// resposta
# titulo = "Como veio"
# base = "esqueleto"
# ///

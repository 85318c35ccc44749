# /// resposta
# titulo = "Solução do professor"
# ///

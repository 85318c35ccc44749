"""As verificações do lab que se mede."""

from corretor.checks import check, fail, ok


@check("todo01", points=6)
def units(unidades):
    """As unidades de cada camada."""
    return ok() if unidades == [32, 32, 1] else fail("Confira as unidades.")


@check("todo01", points=4)
def activations(ativacoes):
    """As ativações de cada camada."""
    return ok() if ativacoes == ["relu", "relu", "sigmoid"] else fail("Confira as ativações.")


@check("todo02", points=4)
def fall(queda):
    """Quanto a perda caiu."""
    return ok() if queda[0] == queda[1] and queda[0] > 0 else fail("Confira a diferença.")

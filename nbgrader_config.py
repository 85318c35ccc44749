"""O caminho de uma entrega, inteiro: é isto que `nbgrader` e o botão do formgrader executam."""

import os

from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    DeduplicateIds,
    LimitOutput,
    OverwriteCells,
)

from corretor.preprocessors import ForceKernel, HideProbes, IsolatedExecute, Judge, SaveVerdicts

c = get_config()  # noqa: F821  (o nbgrader a fornece)
c.CourseDirectory.root = os.path.dirname(os.path.abspath(__file__))

# Da versão do professor (source/) para a do estudante (release/): os textos fixos em português.
c.ClearSolutions.code_stub = {
    "python": '# ToDo: escreva aqui a sua solução e apague a linha seguinte.\nraise NotImplementedError("ToDo por fazer")'
}
c.ClearSolutions.text_stub = "*ToDo: escreva aqui a sua resposta.*"
c.OverwriteCells.missing_cell_notification = (
    "Esta célula ({cell_id}) faltava na entrega e foi recolocada.\n\n"
)

# Da entrega (submitted/) para o caderno limpo, com as sondas de volta.
c.Autograde.sanitize_preprocessors = [
    ClearOutput,
    DeduplicateIds,
    ForceKernel,  # o núcleo é o do curso, não o que a entrega nomear
    OverwriteCells,
    CheckCellMetadata,
]

# Do caderno limpo para a nota: executa isolado, julga fora, guarda, e só então esconde as sondas.
c.Autograde.autograde_preprocessors = [
    IsolatedExecute,
    Judge,
    ClearMetadataPreprocessor,
    LimitOutput,
    SaveVerdicts,
    AssignLatePenalties,
    HideProbes,
]
c.IsolatedExecute.timeout = 120  # segundos por célula; o lab pode pedir menos
c.IsolatedExecute.startup_timeout = 180  # segundos até o núcleo responder

"""O caminho de uma entrega, inteiro: é isto que `nbgrader` e o botão do formgrader executam."""

import os

from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbgrader.preprocessors import LimitOutput

from corretor.execution import IsolatedExecute
from corretor.lateness import LatePenalty
from corretor.preprocessors import HideProbes, Judge, SaveVerdicts, forget_marks
from corretor.repair import RepairSubmission

c = get_config()  # noqa: F821  (o nbgrader a fornece)
c.CourseDirectory.root = os.path.dirname(os.path.abspath(__file__))

# Da versão do professor (source/) para a do estudante (release/): os textos fixos em português.
c.ClearSolutions.code_stub = {
    "python": '# ToDo: escreva aqui a sua solução e apague a linha seguinte.\nraise NotImplementedError("ToDo por fazer")'
}
c.ClearSolutions.text_stub = "*ToDo: escreva aqui a sua resposta.*"

# Da entrega (submitted/) para o caderno limpo: as respostas no caderno do professor, com as sondas de volta.
c.Autograde.sanitize_preprocessors = [RepairSubmission]

# Recomeçada a correção, a nota de antes já não vale.
c.Autograde.pre_convert_hook = forget_marks

# Do caderno limpo para a nota: executa isolado, julga fora, esconde as sondas, e só então grava tudo de uma vez.
c.Autograde.autograde_preprocessors = [
    IsolatedExecute,
    Judge,
    ClearMetadataPreprocessor,
    LimitOutput,
    HideProbes,
    SaveVerdicts,  # com a multa por atraso do nbgrader (c.AssignLatePenalties)
]
# Multa por atraso: a de `late:` no cabeçalho do lab; onde ele não a traz, esta (vazia, sem multa). O prazo se põe no
# formgrader. Exemplo: {"grace_minutes": 15, "percent_per_day": 10, "max_percent": 50}
c.AssignLatePenalties.plugin_class = LatePenalty
c.LatePenalty.late = {}

c.IsolatedExecute.timeout = 120  # segundos por célula; o lab pode pedir menos
c.IsolatedExecute.startup_timeout = 180  # segundos até o núcleo responder

"""O exemplo do manual do professor, executado como está escrito: um ToDo novo, a verificação e a resposta."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from corretor.answers import read_answers
from corretor.build import build_lab
from corretor.rehearsal import Rehearsal, filled, rehearse

MANUAL = Path(__file__).resolve().parents[2] / "docs" / "professor.md"


def test_the_example_of_a_new_todo_gives_the_marks_it_says(mini):
    section = MANUAL.read_text(encoding="utf-8").split("## Acrescentar um ToDo", 1)[1]
    statement, check, answer = re.findall(r"```python\n(.*?)```", section, re.DOTALL)[:3]
    for text, path in ((statement, "notebook.py"), (check, "checks.py")):
        with (mini.content / path).open("a", encoding="utf-8") as file:
            file.write("\n\n" + textwrap.dedent(text))
    (mini.content / "answers" / "soma-sem-dividir.py").write_text(textwrap.dedent(answer), encoding="utf-8")
    build_lab(mini)
    assert mini.points["todo11"] == (10, False)
    bank = {entry.name: entry for entry in read_answers(mini)}
    runs = [Rehearsal(filled(mini, bank[name])) for name in ("referencia", "soma-sem-dividir")]
    rehearse(mini, runs)
    right, wrong = (run.verdicts["todo11"] for run in runs)
    assert (right.points, wrong.points) == (10, 3)
    assert any("não dividiu" in message for message in wrong.messages)

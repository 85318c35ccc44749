"""O livro de notas num servidor PostgreSQL de verdade, que o teste inicia."""

from __future__ import annotations

import os
import pwd
import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path

import pytest

from corretor import gradebook, sandbox
from corretor.answers import read_answers, submission
from corretor.build import write_notebook
from corretor.grading import GRADED, KEPT, autograde

BINARIES = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)

pytestmark = [
    pytest.mark.skipif(sandbox.unavailable_reason() is not None, reason=str(sandbox.unavailable_reason())),
    pytest.mark.skipif(BINARIES is None, reason="sem PostgreSQL (apt install postgresql)"),
]


@pytest.fixture
def server():
    """O endereço de um servidor vazio, numa pasta só dele, sem rede."""
    root = os.geteuid() == 0  # o servidor se recusa a ser root
    user = {"user": "postgres", "group": pwd.getpwnam("postgres").pw_gid, "extra_groups": []} if root else {}
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    if root:
        shutil.chown(folder, "postgres")
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/"} | user
    data = str(folder / "dados")
    control = [str(BINARIES / "pg_ctl"), "-D", data, "-w"]
    subprocess.run([str(BINARIES / "initdb"), "-D", data, "-A", "trust", "-U", "professor"], **quiet)
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    subprocess.run([*control, "-o", options, "-l", str(folder / "registro"), "start"], **quiet)
    try:
        yield f"postgresql://professor@/postgres?host={folder}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **quiet)
        shutil.rmtree(folder, ignore_errors=True)


def hand_in(lab) -> None:
    for i, answer in enumerate(read_answers(lab)):
        write_notebook(submission(lab, answer), lab.submitted(f"estudante-{i:03d}"))


def test_marks_on_a_server_equal_those_in_a_file(mini, server):
    hand_in(mini)
    autograde(mini)
    in_file = gradebook.auto_scores(mini)
    assert [len(todos) for todos in in_file.values()] == [3, 3, 3]
    (mini.course.root / "gradebook.db").unlink()
    config = mini.course.root / "nbgrader_config.py"
    config.write_text(
        config.read_text()
        + f"\nc.CourseDirectory.course_id = 'curso'\nc.CourseDirectory.db_url = {server!r}\n"
    )
    assert {result.status for result in autograde(mini)} == {GRADED}
    assert gradebook.auto_scores(mini) == in_file
    assert {result.status for result in autograde(mini)} == {KEPT}
    assert not (mini.course.root / "gradebook.db").exists()


def test_the_file_is_written_ahead(mini):
    hand_in(mini)
    autograde(mini, ["estudante-000"])
    with sqlite3.connect(mini.course.root / "gradebook.db") as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)

"""O botão do formgrader: a mesma correção isolada e julgada, e a página de correção à mão abre."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from corretor.answers import read_answers, submission
from corretor.build import write_notebook
from corretor.gradebook import generate
from corretor.grading import autograde, read_verdicts


@pytest.fixture
def server(mini):
    """Um servidor Jupyter com o formgrader, na pasta do curso mínimo; devolve o endereço."""
    generate(mini, register=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = dict(os.environ) | {"PATH": f"{sys.prefix}/bin:{os.environ['PATH']}"}
    command = [f"{sys.prefix}/bin/jupyter", "server", "--no-browser", "--allow-root", f"--port={port}"]
    process = subprocess.Popen(
        [*command, "--IdentityProvider.token=teste"],
        cwd=mini.course.root,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                call(f"{address}/api")
                break
            except OSError:
                assert process.poll() is None, "o servidor Jupyter não iniciou"
                time.sleep(0.5)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def call(url: str, method: str = "GET") -> bytes:
    request = urllib.request.Request(url, method=method, headers={"Authorization": "token teste"})
    with urllib.request.urlopen(request, timeout=300) as response:
        return response.read()


def test_the_button_goes_through_sandbox_and_judge(mini, server):
    answer = next(answer for answer in read_answers(mini) if answer.name == "soma-no-lugar-da-media")
    write_notebook(submission(mini, answer), mini.submitted("estudante-001"))
    api = f"{server}/formgrader/api"
    reply = json.loads(call(f"{api}/submission/{mini.name}/estudante-001/autograde", "POST"))
    assert reply["success"], reply
    record = read_verdicts(mini, "estudante-001")
    assert record["isolated"] is True
    assert [verdict["points"] for verdict in record["verdicts"]] == [2.0, 4.0]
    submitted = json.loads(call(f"{api}/submitted_notebooks/{mini.name}/{Path(mini.source).stem}"))
    assert [(entry["student"], entry["score"]) for entry in submitted] == [("estudante-001", 6.0)]
    page = call(f"{server}/formgrader/submissions/{submitted[0]['id']}").decode()
    assert "não dividiu" in page and "de_array" not in page

    # E abre todas as outras, corrigidas pelo `corretor`, com as mesmas notas.
    for i, other in enumerate(read_answers(mini), start=2):
        write_notebook(submission(mini, other), mini.submitted(f"estudante-00{i}"))
    assert not [result.error for result in autograde(mini) if result.error]
    submitted = json.loads(call(f"{api}/submitted_notebooks/{mini.name}/{Path(mini.source).stem}"))
    scores = {entry["student"]: entry["score"] for entry in submitted}
    assert [scores[student] for student in sorted(scores)] == [6.0, 14.0, 0.0, 6.0]
    for entry in submitted:
        assert "ToDo 2" in call(f"{server}/formgrader/submissions/{entry['id']}").decode()

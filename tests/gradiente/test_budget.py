"""O teto de épocas que o corretor impõe pelo ambiente."""

import pytest

from gradiente.budget import VARIABLE, cap_epochs, is_capped


def test_without_cap_the_request_stands(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert cap_epochs(400) == 400
    assert not is_capped()


@pytest.mark.parametrize("text", ["", "   "])
def test_empty_variable_is_no_cap(monkeypatch, text):
    monkeypatch.setenv(VARIABLE, text)
    assert cap_epochs(7) == 7
    assert not is_capped()


@pytest.mark.parametrize(("epochs", "text", "expected"), [(400, "2", 2), (1, "2", 1), (3, " 3 ", 3)])
def test_the_smaller_of_request_and_cap(monkeypatch, epochs, text, expected):
    monkeypatch.setenv(VARIABLE, text)
    assert cap_epochs(epochs) == expected
    assert is_capped()


@pytest.mark.parametrize("text", ["0", "-1", "2.5", "dois", "1e3", "1_000"])
def test_a_bad_cap_is_explained(monkeypatch, text):
    monkeypatch.setenv(VARIABLE, text)
    with pytest.raises(ValueError, match="número inteiro positivo"):
        cap_epochs(10)


@pytest.mark.parametrize("epochs", [0, -3])
def test_at_least_one_epoch(monkeypatch, epochs):
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(ValueError, match="ao menos 1"):
        cap_epochs(epochs)

from capitals import capital_of


def test_the_capital_of_france():
    assert "France" in capital_of("France")


def test_the_capital_of_italy():
    assert "Italy" in capital_of("Italy")

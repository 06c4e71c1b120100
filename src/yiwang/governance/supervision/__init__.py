"""Yellow and red cards from clocks, explanations, escalation (电子监察). Plan part: 一网统管."""

"""What is said of a question, an option, an exam or retakes, by the rules in words."""

ENOUGH = 30


def on_question(presented: int, difficulty: float | None, discrimination: float | None) -> str:
    if presented < ENOUGH:
        return "too few attempts"
    if difficulty > 0.9:
        return "too easy"
    if difficulty < 0.3:
        return "too hard"
    return "sound" if (discrimination or 0) >= 0.2 else "does not separate"


def on_option(
    presented: int,
    correct: bool | None,
    chosen: float | None,
    lower: float | None,
    upper: float | None,
) -> str:
    """The last three are shares: of all, and of the weakest and the strongest third."""
    if presented < ENOUGH or lower is None or upper is None:
        return "too few attempts"
    if correct is None:
        return "not known to be right"
    if correct:
        if upper == lower:
            return "right, but does not separate"
        return "right" if upper > lower else "right, but the strong do not see it"
    if upper > lower:
        return "misleads the strong"
    if chosen < 0.05:
        return "distracts hardly anybody"
    return "distracts the weak" if upper < lower else "distracts weak and strong alike"


def on_exam(attempts: int, kr20: float | None, why_none: str | None) -> str | None:
    if kr20 is None:
        return why_none
    if attempts < ENOUGH:
        return "too few attempts"
    return "reliable" if kr20 >= 0.7 else "less reliable"


def on_retakes(low: float | None, high: float | None) -> str:
    """Of a question; the limits of the share of those that are corrected."""
    if low is not None and high < 0.5:
        return "mostly stays wrong"
    return "mostly gets corrected" if low is not None and low > 0.5 else "not known"

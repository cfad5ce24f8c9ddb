"""How the budget pages write rupiah, percentages and points; "–" where there is no number."""

from django import template

from himpun.measure.numbers import Number, write_number, write_percent

register = template.Library()


@register.filter
def rupiah(amount: Number | None) -> str:
    """ "1.234.567" or "1.234.567,50"."""
    if amount is None:
        return "–"
    written = write_number(amount, 2)
    return write_number(amount, 2, 2) if "," in written else written


@register.filter
def percent(value: Number | None) -> str:
    """ "62,50"."""
    return "–" if value is None else write_percent(value)


@register.filter
def points(value: Number | None) -> str:
    """A difference with its sign: "+3,20", "−1,00"."""
    return "–" if value is None else ("+" if value > 0 else "") + write_percent(value)


@register.filter
def bar(value: Number | None) -> str:
    """The length of a bar out of 100, as HTML writes numbers: "62.50"."""
    return f"{float(min(max(value or 0, 0), 100)):.2f}"

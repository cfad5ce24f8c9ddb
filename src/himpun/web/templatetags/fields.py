"""The one form field of Himpun's pages: label, control, hint, error, and what was typed kept.

{% field %} is an input or, with `lines`, a textarea; {% choice %} a select around its options; {% tick %} a checkbox or
radio around its words; {% group %} a fieldset of those. Their common words:

- `id` where it is not "id_" and the name (in {% filters %} the name); `css` further classes of the control;
- `value` where it is not what was typed (`typed.data`), `error` where it is not the field's own (`typed.errors`);
- `hint`, `aside` (said after the label), `optional` (an aside that it may be left empty), `starred` (must be filled);
- `wrap` the class of the div around it all, None for no div; `inner` that of a div around the control and its words;
- `hidden_label` for a label that only screen readers say, `live_hint` for a hint that changes while one types,
  `error_first` for an error above a long control.

Every other word becomes an attribute of the control: True stands alone, None and "" are left out, `data_x` is data-x.
Inside {% filters %} a field has nothing to refuse, so it has no place for an error. See decision 22.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.template import Context, Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, Token, token_kwargs
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
_TYPED: Any = object()
"""Stands for what was typed."""
_FILTERING = "_filtering"
"""What fields inside {% filters %} take for granted, in the context."""
_ASKING = "_asking"
"""And what their selects do besides."""
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
NOTHING = mark_safe("")
_STANDING_ALONE = frozenset({"checked", "disabled", "readonly", "required", "multiple", "autofocus"})
"""Attributes that are there or not, whatever their value."""


@register.simple_tag(takes_context=True)
def field(context: Context, name: str, label: str, *, value: Any = _TYPED, lines: int = 0, **words: Any) -> SafeString:
    """An input, or a textarea of so many `lines`; one of `type` "file" or "password" never shows what was given.

    A `type` "date" is typed as people here write it, whatever language the browser speaks: 31/12/2026 (docs: decision 22).
    A file has a button of our own for the same reason.
    """
    is_date, is_file = words.get("type") == "date", words.get("type") == "file"
    if is_date:
        words = {"placeholder": "31/12/2026", "inputmode": "numeric", "autocomplete": "off", **words, "type": "text"}
    made = _Field.of(context, name, label, words)
    kept = None if words.get("type") in ("file", "password") else _kept(context, name, value)
    if is_date:
        kept = _as_written(kept)
    if is_file:
        return made.around(file_button(made.id, format_html("<input{}>", made.attributes("form-control"))))
    if lines:
        return made.around(format_html("<textarea{}>{}</textarea>", made.attributes("form-control", rows=lines), kept))
    return made.around(format_html("<input{}>", made.attributes("form-control", type="text", value=kept)))


@register.simple_block_tag(takes_context=True)
def choice(context: Context, content: str, name: str, label: str, **words: Any) -> SafeString:
    """A select; its options are what the tag holds."""
    made = _Field.of(context, name, label, {**(context.get(_ASKING) or {}), **words})
    return made.around(format_html("<select{}>{}</select>", made.attributes("form-select"), mark_safe(content)))


@register.simple_block_tag
def tick(content: str, name: str, value: Any = None, *, chosen: Any = None, **words: Any) -> SafeString:
    """A box (or `type` "radio") with its words beside it, ticked where `chosen` is its value or holds it.

    `css` is of its label; without a value a browser sends "on".
    """
    css = f"form-check {words.pop('css', '')}".strip()
    if chosen is not None:
        words["checked"] = value == chosen if isinstance(chosen, str) else value in chosen
    given = {"class": "form-check-input", "type": "checkbox", "name": name, "value": value, **words}
    said = mark_safe(content.strip())
    return format_html(
        '<label class="{}"><input{}> <span class="form-check-label">{}</span></label>', css, _written(given), said
    )


@register.simple_block_tag(takes_context=True)
def group(
    context: Context, content: str, name: str, legend: str, *, css: str = "", disabled: Any = False
) -> SafeString:
    """Ticks that answer one question; `name` is where what is wrong with the answer stands."""
    given = {"class": css, "disabled": disabled, "aria-describedby": f"err_{name}"}
    return format_html(
        '<fieldset{}><legend class="form-label">{}</legend>{}<div class="field-error" id="err_{}">{}</div></fieldset>',
        _written(given),
        legend,
        mark_safe(content),
        name,
        _error_of(context, name),
    )


@register.simple_block_tag(takes_context=True)
def upload(
    context: Context, content: str, submit: str, *, address: str = "", disabled: Any = False, **words: Any
) -> SafeString:
    """The form that sends a file to be looked at before anything of it is taken; it holds its fields.

    `css` is of its button, `words` are its attributes. What is shown of the file, parts/wrong_cells.html and the plan, is the page's.
    """
    given = {"class": "card card-body mb-3", "method": "post", "action": address, "enctype": "multipart/form-data"}
    button = {"class": f"btn {words.pop('css', 'btn-outline-primary')}", **words}
    return format_html(
        '<form{}><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<fieldset{}>{}<div class="mt-2"><button{}>{}</button></div></fieldset></form>',
        _written(given),
        context["csrf_token"],
        _written({"disabled": disabled}),
        mark_safe(content),
        _written(button),
        submit,
    )


@register.filter
def only_if(value: Any, condition: Any) -> Any:
    """The value where the condition holds, else "": what was typed into one of two fields of one name."""
    return value if condition else ""


@register.simple_block_tag
def words(content: str) -> SafeString:
    """HTML kept for a field by `as`: {% words as hint %}…{% endwords %}."""
    return mark_safe(content.strip())


_FILTERS: dict[str, Any] = {
    "submit": "Tampilkan", "inline": False, "auto": False, "css": "", "grid": "filters", "about": "",
}  # fmt: skip


@register.tag
def filters(parser: Parser, token: Token) -> Node:
    """{% filters "Cari" %}fields{% endfilters %}: the form that chooses what a list shows, asked by GET.

    Words: `inline` in a page's head, its labels for screen readers only, else a card whose `grid` is a class;
    `auto` asks as soon as something is chosen, so that an inline form needs its button without JavaScript alone;
    `css` further classes; `about` what a screen reader calls it; with "" to submit it brings its own button.
    """
    bits = token.split_contents()[1:]
    submit = parser.compile_filter(bits.pop(0)) if bits and "=" not in bits[0] else None
    words = token_kwargs(bits, parser)
    if bits or set(words) - set(_FILTERS):
        raise TemplateSyntaxError(f"filters does not know {bits or sorted(set(words) - set(_FILTERS))}.")
    nodes = parser.parse(("endfilters",))
    parser.delete_first_token()
    return _Filters(nodes, words if submit is None else {"submit": submit, **words})


class _Filters(Node):
    """A form of filters; its fields read the context for what they take for granted."""

    def __init__(self, nodelist: NodeList, words: dict[str, FilterExpression]) -> None:
        self.nodelist, self.words = nodelist, words

    def render(self, context: Context) -> SafeString:
        words = _FILTERS | {name: one.resolve(context) for name, one in self.words.items()}
        granted: dict[str, Any] = {"wrap": None, "hidden_label": True} if words["inline"] else {"wrap": ""}
        asking = {"data_submit_on_change": True} if words["auto"] else {}
        with context.push(**{_FILTERING: granted, _ASKING: asking}):
            fields = self.nodelist.render(context)
        return _inline(fields, **words) if words["inline"] else _card(fields, **words)


def _inline(fields: SafeString, *, submit: str, auto: bool, css: str, about: str, **_: Any) -> SafeString:
    button = format_html('<button class="btn btn-outline-secondary">{}</button>', submit) if submit else NOTHING
    if auto:
        button = format_html("<noscript>{}</noscript>", button)
    given = {"class": f"d-flex gap-2 d-print-none {css}".strip(), "role": "search", "aria-label": about}
    return format_html("<form{}>{}{}</form>", _written(given), fields, button)


def _card(fields: SafeString, *, submit: str, css: str, grid: str, about: str, **_: Any) -> SafeString:
    given = {"class": f"card card-body mb-3 d-print-none {css}".strip(), "role": "search", "aria-label": about}
    button = '<div><button class="btn btn-outline-secondary w-100">{}</button></div>'
    return format_html(
        '<form{}><div class="{}">{}{}</div></form>',
        _written(given),
        grid,
        fields,
        format_html(button, submit) if submit else NOTHING,
    )


@dataclass(frozen=True)
class _Field:
    """What a field shows around its control."""

    name: str
    label: str
    id: str
    error: Any
    hint: Any
    aside: Any
    css: str
    wrap: str | None
    inner: str | None
    starred: bool
    hidden_label: bool
    live_hint: bool
    error_first: bool
    has_error: bool
    others: Mapping[str, Any]

    @classmethod
    def of(cls, context: Context, name: str, label: str, words: dict[str, Any]) -> "_Field":
        """Take a field's own words out of `words`; the rest are attributes."""
        filtering = context.get(_FILTERING)
        others = (filtering or {}) | words
        is_optional = others.pop("optional", False)
        return cls(
            name,
            label,
            others.pop("id", f"id_{name}" if filtering is None else name),
            others.pop("error", None) if "error" in words else _error_of(context, name),
            others.pop("hint", ""),
            others.pop("aside", "(boleh kosong)" if is_optional else ""),
            others.pop("css", ""),
            others.pop("wrap", "mb-3"),
            others.pop("inner", None),
            bool(others.pop("starred", False)),
            bool(others.pop("hidden_label", False)),
            bool(others.pop("live_hint", False)),
            bool(others.pop("error_first", False)),
            filtering is None,
            others,
        )

    @property
    def stem(self) -> str:
        """What the ids of its hint and its error end with."""
        return self.id.removeprefix("id_")

    def attributes(self, css: str, **defaults: Any) -> SafeString:
        """The control's attributes, with which words describe it and whether it is refused."""
        described = [f"err_{self.stem}"] if self.has_error else []
        described += [f"hint_{self.stem}"] if self.hint else []
        wrong = " is-invalid" if self.error else ""
        given = {"class": f"{css}{' ' if self.css else ''}{self.css}{wrong}", "id": self.id, "name": self.name}
        given |= defaults | dict(self.others)
        given |= {"aria-describedby": " ".join(described), "aria-invalid": "true" if self.error else ""}
        return _written(given)

    def around(self, control: SafeString) -> SafeString:
        """The whole field."""
        said = self._error() + control + self._hint() if self.error_first else control + self._hint() + self._error()
        if self.inner is not None:
            said = format_html("<div{}>{}</div>", _written({"class": self.inner}), said)
        whole = self._label() + said
        return whole if self.wrap is None else format_html("<div{}>{}</div>", _written({"class": self.wrap}), whole)

    def _label(self) -> SafeString:
        css = "visually-hidden" if self.hidden_label else f"form-label{' required' if self.starred else ''}"
        aside = format_html(' <span class="text-secondary fw-normal">{}</span>', self.aside) if self.aside else NOTHING
        return format_html('<label class="{}" for="{}">{}{}</label>', css, self.id, self.label, aside)

    def _hint(self) -> SafeString:
        if not self.hint:
            return NOTHING
        live = mark_safe(' aria-live="polite"') if self.live_hint else NOTHING
        return format_html('<div class="form-hint" id="hint_{}"{}>{}</div>', self.stem, live, self.hint)

    def _error(self) -> SafeString:
        if not self.has_error:
            return NOTHING
        return format_html('<div class="field-error" id="err_{}">{}</div>', self.stem, self.error or "")


def _kept(context: Context, name: str, value: Any) -> Any:
    if value is not _TYPED:
        return "" if value is None else value
    data = getattr(context.get("typed"), "data", None)
    return data.get(name, "") if data else ""


def _as_written(day: Any) -> Any:
    """A date as people write it: "31/12/2026"; what was typed stays as it was typed."""
    if isinstance(day, str):
        found = _ISO_DAY.fullmatch(day.strip())
        return "/".join(reversed(found.groups())) if found else day
    return f"{day:%d/%m/%Y}" if day else ""


def file_button(of: str, control: SafeString) -> SafeString:
    """A file's input with a button that says what it does in Indonesian; it works without JavaScript, which adds the name."""
    return format_html(
        '<div class="file-field">{}<label class="btn btn-outline-secondary" for="{}">Pilih berkas</label>'
        '<span class="file-name" data-file-name aria-hidden="true"></span></div>',
        control,
        of,
    )


def _error_of(context: Context, name: str) -> str:
    errors = getattr(context.get("typed"), "errors", None)
    return str(errors.get(name, "")) if errors else ""


def _written(attributes: Mapping[str, Any]) -> SafeString:
    """Attributes as HTML, each after a space; only `value` stands also where it is empty."""
    found = []
    for name, value in attributes.items():
        if name in _STANDING_ALONE:
            value = bool(value)
        if value is None or value is False or (value == "" and name != "value"):
            continue
        shown = "" if value is True else f'="{conditional_escape(value)}"'
        found.append(f" {name.replace('_', '-')}{shown}")
    return mark_safe("".join(found))

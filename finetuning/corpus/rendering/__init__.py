"""Writes a manual in a format: the same manual gives the same bytes.

    render(manual, Format.PDF) -> bytes

What may enter: a module for a format, with a function from `Manual` to bytes; it is named in `render`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from finetuning.corpus.blocks import Format
from plant.errors import ServiceUnavailable

if TYPE_CHECKING:
    from finetuning.corpus.blocks import Manual


def render(manual: Manual, kind: Format) -> bytes:
    """Returns a manual's file.

    Raises:
        ServiceUnavailable: For a PDF where reportlab is not installed: it comes with what development needs.
    """
    if kind is Format.PDF:
        try:
            from finetuning.corpus.rendering.pdf import to_pdf
        except ImportError as error:
            raise ServiceUnavailable(
                "PDFs are written with reportlab, which is not installed.",
                hint="pip install reportlab, or leave PDF out: --formats md,html,docx.",
            ) from error
        return to_pdf(manual)
    if kind is Format.DOCX:
        from finetuning.corpus.rendering.docx import to_docx

        return to_docx(manual)
    if kind is Format.HTML:
        from finetuning.corpus.rendering.html import to_html

        return to_html(manual).encode()
    from finetuning.corpus.rendering.markdown import to_markdown

    return to_markdown(manual).encode()

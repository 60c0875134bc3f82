"""What the Director sends after a round: two pages, as Word to edit and as PDF, from the same content."""

from jwp.gender.note.content import Note, note_of
from jwp.gender.note.pdf import as_pdf
from jwp.gender.note.word import as_word

__all__ = ["Note", "as_pdf", "as_word", "note_of"]

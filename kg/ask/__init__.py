"""Questions and their answers."""

from kg.ask.answer import Answer
from kg.ask.parameters import (
    Parameter,
    bind_question,
    list_commands,
    needs_value,
    read_parameters,
)
from kg.ask.question import Question, ask_question, find_question, list_questions
from kg.ask.render import ROW_FORMATS, TRIPLE_FORMATS, render_answer
from kg.ask.table import render_table

__all__ = [
    "ROW_FORMATS",
    "TRIPLE_FORMATS",
    "Answer",
    "Parameter",
    "Question",
    "ask_question",
    "bind_question",
    "find_question",
    "list_commands",
    "list_questions",
    "needs_value",
    "read_parameters",
    "render_answer",
    "render_table",
]

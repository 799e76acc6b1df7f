"""Questions and their answers, and the description of one thing."""

from kg.ask.answer import Answer
from kg.ask.describe import Description, Passage, describe_node, render_description
from kg.ask.parameters import Parameter, bind_question, needs_value, read_parameters
from kg.ask.question import Question, ask_question, find_question, list_questions
from kg.ask.render import ROW_FORMATS, TRIPLE_FORMATS, render_answer
from kg.ask.table import render_table

__all__ = [
    "ROW_FORMATS",
    "TRIPLE_FORMATS",
    "Answer",
    "Description",
    "Parameter",
    "Passage",
    "Question",
    "ask_question",
    "bind_question",
    "describe_node",
    "find_question",
    "list_questions",
    "needs_value",
    "read_parameters",
    "render_answer",
    "render_description",
    "render_table",
]

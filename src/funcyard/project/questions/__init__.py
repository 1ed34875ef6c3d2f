"""The interactive questions: asked in order, each answer checked by the rules of the spec.

What comes out is the spec that the same answers in a file would give. How a question looks is the
asker's matter; which are asked, with which defaults, and what is wrong with an answer, is decided
here. Questions that a spec has answered already are not asked.
"""

from __future__ import annotations

from funcyard.project.questions.asking import Asker
from funcyard.project.questions.driver import QUESTIONS, Question, ask

__all__ = ["QUESTIONS", "Asker", "Question", "ask"]

"""What a file really is: decided by its content, in a child process with limits, before anything is kept."""

from webapp.attachments.inspection.process import inspect
from webapp.attachments.inspection.verdicts import Accepted, Candidate

__all__ = ["Accepted", "Candidate", "inspect"]

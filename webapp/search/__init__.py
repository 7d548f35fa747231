"""Search: full text over subjects, messages and file names, inside what the viewer may see, the newest first."""

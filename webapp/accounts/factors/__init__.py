"""The second step of signing in: codes of an authenticator app, recovery codes, and what is between the two steps."""

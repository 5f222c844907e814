"""People: joining, signing in, sessions, invitations, tokens, and what each role may do."""

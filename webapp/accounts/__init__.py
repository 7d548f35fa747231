"""Who is acting: users, stores, members, customers, their passwords and sessions."""

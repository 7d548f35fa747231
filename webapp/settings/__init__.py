"""Platform settings kept in the database: what an admin may change while Parley runs."""

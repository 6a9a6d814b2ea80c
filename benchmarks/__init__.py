"""What the program costs and how well it reads: every number and picture of the README comes from here."""

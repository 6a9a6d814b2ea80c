"""Numbers: what a sheet's digits say together, and how they are decided where the form of every number is known."""

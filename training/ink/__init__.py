"""The ink network: the pages that it learns from, what it shall say of them, its training, its file."""

"""What turns ink into digits: bodies are classified, weighed against each other, and put into lines.

`recognizer` goes the whole way for one frame; it remembers nothing.
"""
